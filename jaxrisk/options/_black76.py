r"""Black-76: price and greeks of European options on a forward, undiscounted.

.. math::
    c = F\,N(d_1) - K\,N(d_2), \qquad
    d_{1,2} = \frac{\ln(F/K)}{v} \pm \frac{v}{2}, \qquad v = \sigma\sqrt{T}

Source: Black (1976), The pricing of commodity contracts. All arguments broadcast; an
option of no deviation v, expired or of no volatility, is worth what exercise gives. No
price, greek or gradient of them is NaN there, at the strike or away from it. What is
infinite at the strike of an option of no deviation (gamma, theta) is given as zero.
Every greek is differentiable in turn: the slope of delta in the forward is gamma.

A Deribit option is settled in coin: its price in coin is this one over F.
"""

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr
from jaxtyping import Array, Bool, Float

from .._numerics import safe_divide


Values = Float[Array, "*#option"]
Flags = Bool[Array, "*#option"]
Broadcast = Float[Array, "*option"]

_FAR = 40.0
"""Of ln(F/K)/v: beyond it the normal density is zero in float64, and in float32."""
_DENSITY_AT_ZERO = 0.3989422804014327


@jax.jit
def black76_price(
    forward: Values, strike: Values, time: Values, volatility: Values, is_call: Flags
) -> Broadcast:
    """What the option is worth at its expiry's forward, undiscounted.

    Args:
        forward: Forward F of the option's expiry, above zero [USD].
        strike: Strike K, above zero [USD].
        time: Time to expiry T, not below zero [year].
        volatility: Volatility sigma, not below zero [ratio].
        is_call: Whether it is a call.

    Returns:
        Price [USD]. Its derivatives are the functions below, not those of the
        formula's terms, which cancel where the deviation is small.
    """
    return _price(forward, strike, time, volatility, is_call)


@jax.jit
def black76_delta(
    forward: Values, strike: Values, time: Values, volatility: Values, is_call: Flags
) -> Broadcast:
    """Slope of the price in the forward; arguments as of `black76_price`.

    Returns:
        Delta [coin]: from 0 to 1 of a call, from -1 to 0 of a put. Expired at the
        strike: one half.
    """
    d1 = _standardized(forward, strike, _deviation(time, volatility))[0]
    return ndtr(d1) - jnp.where(is_call, 0, 1)


@jax.jit
def black76_gamma(
    forward: Values, strike: Values, time: Values, volatility: Values
) -> Broadcast:
    """Slope of delta in the forward, of calls and puts alike [coin/USD]."""
    deviation = _deviation(time, volatility)
    d1 = _standardized(forward, strike, deviation)[0]
    return safe_divide(_density(d1), forward * deviation, otherwise=0.0)


@jax.jit
def black76_vega(
    forward: Values, strike: Values, time: Values, volatility: Values
) -> Broadcast:
    """Slope of the price in volatility [USD per 1.00 of volatility]."""
    d1 = _standardized(forward, strike, _deviation(time, volatility))[0]
    return forward * _density(d1) * _root(time)


@jax.jit
def black76_theta(
    forward: Values, strike: Values, time: Values, volatility: Values
) -> Broadcast:
    """Slope of the price in the time to expiry, not below zero [USD/year]."""
    d1 = _standardized(forward, strike, _deviation(time, volatility))[0]
    half = safe_divide(volatility, 2 * _root(time), otherwise=0.0)
    return forward * _density(d1) * half


@jax.jit
def black76_vanna(
    forward: Values, strike: Values, time: Values, volatility: Values
) -> Broadcast:
    """Slope of delta in volatility, of calls and puts alike [coin per 1.00]."""
    deviation = _deviation(time, volatility)
    d1 = _standardized(forward, strike, deviation)[0]
    # Minus phi d2 over sigma, which has a limit at the strike: no division by sigma.
    density = _density(d1)
    lean = safe_divide(density * (d1 - deviation / 2), deviation, otherwise=0.0)
    return _root(time) * (density / 2 - lean)


@jax.jit
def black76_charm(
    forward: Values, strike: Values, time: Values, volatility: Values
) -> Broadcast:
    """What delta changes by as a year passes, of calls and puts alike [coin/year].

    As time passes, the time to expiry falls: this is minus the slope of delta in it. A
    call out of the money loses delta, so its charm is below zero.
    """
    d1, d2 = _standardized(forward, strike, _deviation(time, volatility))
    return safe_divide(_density(d1) * d2, 2 * time, otherwise=0.0)


@jax.jit
def black76_volga(
    forward: Values, strike: Values, time: Values, volatility: Values
) -> Broadcast:
    """Slope of vega in volatility [USD per 1.00 of volatility, squared]."""
    d1, d2 = _standardized(forward, strike, _deviation(time, volatility))
    bend = safe_divide(_density(d1) * d1 * d2, volatility, otherwise=0.0)
    return forward * _root(time) * bend


@jax.custom_jvp
def _price(
    forward: Values, strike: Values, time: Values, volatility: Values, is_call: Flags
) -> Broadcast:
    d1, d2 = _standardized(forward, strike, _deviation(time, volatility))
    sign = jnp.where(is_call, 1, -1).astype(d1.dtype)
    worth = sign * (forward * ndtr(sign * d1) - strike * ndtr(sign * d2))
    # Rounding of two numbers of the size of the strike may leave less than nothing.
    return jnp.maximum(worth, 0)


@_price.defjvp
def _price_jvp(
    at: tuple[Array, Array, Array, Array, Array],
    along: tuple[Array, Array, Array, Array, Array],
) -> tuple[Array, Array]:
    forward, strike, time, volatility, is_call = at
    d2 = _standardized(forward, strike, _deviation(time, volatility))[1]
    of_strike = jnp.where(is_call, 0, 1) - ndtr(d2)
    slope = (
        black76_delta(*at) * along[0]
        + of_strike * along[1]
        + black76_theta(*at[:4]) * along[2]
        + black76_vega(*at[:4]) * along[3]
    )
    return _price(forward, strike, time, volatility, is_call), slope


def _deviation(time: Values, volatility: Values) -> Broadcast:
    """Standard deviation v of the log price at expiry."""
    return volatility * _root(time)


def _root(time: Values) -> Values:
    """Square root with slope zero at zero, where the root's own is infinite."""
    is_zero = time == 0
    return jnp.where(is_zero, 0, jnp.sqrt(jnp.where(is_zero, 1, time)))


def _standardized(
    forward: Values, strike: Values, deviation: Values
) -> tuple[Broadcast, Broadcast]:
    """d1 and d2; far from the strike of a small deviation, ends without a slope."""
    moneyness = jnp.log(forward / strike)
    is_far = jnp.abs(moneyness) >= _FAR * deviation
    near = safe_divide(moneyness, jnp.where(is_far, 1, deviation), otherwise=0.0)
    ratio = jnp.where(is_far, _FAR * jnp.sign(moneyness), near)
    return ratio + deviation / 2, ratio - deviation / 2


def _density(d1: Broadcast) -> Broadcast:
    return _DENSITY_AT_ZERO * jnp.exp(-(d1**2) / 2)

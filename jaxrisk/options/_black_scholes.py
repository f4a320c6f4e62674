r"""Black-Scholes on a spot with a rate and a yield: Black-76 on its forward.

.. math:: F = S\,e^{(r-q)T}, \qquad c = e^{-rT}\, c_{76}(F, K, T, \sigma)

Source: Black and Scholes (1973), The pricing of options and corporate liabilities;
Merton (1973), Theory of rational option pricing, for the yield. What is said of an
option without deviation in Black-76 holds here. All arguments broadcast.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ._black76 import (
    black76_charm,
    black76_delta,
    black76_gamma,
    black76_price,
    black76_vanna,
    black76_vega,
)


Values = Float[Array, "*#option"]
Flags = Bool[Array, "*#option"]
Broadcast = Float[Array, "*option"]


@jax.jit
def black_scholes_price(
    spot: Values,
    strike: Values,
    time: Values,
    volatility: Values,
    rate: Values,
    dividend: Values,
    is_call: Flags,
) -> Broadcast:
    """What the option is worth now.

    Args:
        spot: Price S of the underlying, above zero [USD].
        strike: Strike K, above zero [USD].
        time: Time to expiry T, not below zero [year].
        volatility: Volatility sigma, not below zero [ratio].
        rate: Riskless rate r [log a year].
        dividend: Yield q of the underlying [log a year].
        is_call: Whether it is a call.

    Returns:
        Price [USD].
    """
    forward = _forward(spot, time, rate, dividend)
    worth = black76_price(forward, strike, time, volatility, is_call)
    return jnp.exp(-rate * time) * worth


@jax.jit
def black_scholes_delta(
    spot: Values,
    strike: Values,
    time: Values,
    volatility: Values,
    rate: Values,
    dividend: Values,
    is_call: Flags,
) -> Broadcast:
    """Slope of the price in the spot [coin]; arguments as of the price."""
    forward = _forward(spot, time, rate, dividend)
    delta = black76_delta(forward, strike, time, volatility, is_call)
    return jnp.exp(-dividend * time) * delta


@jax.jit
def black_scholes_gamma(
    spot: Values,
    strike: Values,
    time: Values,
    volatility: Values,
    rate: Values,
    dividend: Values,
) -> Broadcast:
    """Slope of delta in the spot, of calls and puts alike [coin/USD]."""
    forward = _forward(spot, time, rate, dividend)
    gamma = black76_gamma(forward, strike, time, volatility)
    return jnp.exp((rate - 2 * dividend) * time) * gamma


@jax.jit
def black_scholes_vega(
    spot: Values,
    strike: Values,
    time: Values,
    volatility: Values,
    rate: Values,
    dividend: Values,
) -> Broadcast:
    """Slope of the price in volatility [USD per 1.00 of volatility]."""
    forward = _forward(spot, time, rate, dividend)
    return jnp.exp(-rate * time) * black76_vega(forward, strike, time, volatility)


@jax.jit
def black_scholes_vanna(
    spot: Values,
    strike: Values,
    time: Values,
    volatility: Values,
    rate: Values,
    dividend: Values,
) -> Broadcast:
    """Slope of delta in volatility [coin per 1.00 of volatility]."""
    forward = _forward(spot, time, rate, dividend)
    vanna = black76_vanna(forward, strike, time, volatility)
    return jnp.exp(-dividend * time) * vanna


@jax.jit
def black_scholes_charm(
    spot: Values,
    strike: Values,
    time: Values,
    volatility: Values,
    rate: Values,
    dividend: Values,
    is_call: Flags,
) -> Broadcast:
    """What delta changes by as a year passes [coin/year].

    Minus the slope of delta in the time to expiry, with the forward's and the
    discount's; unlike in Black-76 that of a call and of a put differ, by the yield.
    """
    forward = _forward(spot, time, rate, dividend)
    at = (forward, strike, time, volatility)
    carried = black76_gamma(*at) * forward * (rate - dividend)
    delta = black76_delta(*at, is_call)
    moved = dividend * delta + black76_charm(*at) - carried
    return jnp.exp(-dividend * time) * moved


def _forward(spot: Values, time: Values, rate: Values, dividend: Values) -> Broadcast:
    return spot * jnp.exp((rate - dividend) * time)

"""Implied volatility on the host, in float64, to the last digits that a price has.

Works on the out-of-the-money part of a price as a share of the root of forward times
strike, as Jaeckel (2015), Let's be rational, does; the search itself is a bracketed
Newton search in the logarithm of that share, which is concave in the volatility.
"""

import numpy as np
from jaxtyping import Bool, Float64
from scipy.special import erfcx, log_ndtr


Values = Float64[np.ndarray, " option"]
Flags = Bool[np.ndarray, " option"]

_LARGEST = 40.0  # deviation beyond which every option is worth its bound in float64
_ROUNDS = 100
_ROOT_TWO = np.sqrt(2.0)


def host_price(
    forward: Values, strike: Values, time: Values, volatility: Values, is_call: Flags
) -> Values:
    """`black76_price` in float64 without a device [USD]; arguments as there."""
    deviation = volatility * np.sqrt(time)
    moneyness = np.log(forward / strike)
    share = np.exp(_log_share(-np.abs(moneyness), deviation))
    return _intrinsic(forward, strike, is_call) + np.sqrt(forward * strike) * share


def implied_volatility(
    price: Values, forward: Values, strike: Values, time: Values, is_call: Flags
) -> Values:
    """Volatility at which Black-76 gives a price.

    Args:
        price: Undiscounted price [USD].
        forward: Forward of the option's expiry [USD].
        strike: Strike [USD].
        time: Time to expiry [year].
        is_call: Whether it is a call.

    Returns:
        Volatility [ratio]; 0 where the price is what exercise gives; NaN where no
        volatility gives it: below exercise, at or above the forward of a call or the
        strike of a put, expired, or not a number.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        below = -np.abs(np.log(forward / strike))
        extra = price - _intrinsic(forward, strike, is_call)
        share = extra / np.sqrt(forward * strike)
        # The most that an option can be worth above exercise, in the same shares.
        possible = (extra >= 0) & (share < np.exp(below / 2)) & (time > 0)
        has_some = possible & (extra > 0)
        deviation = np.full(price.shape, np.nan)
        deviation[possible] = 0.0
        deviation[has_some] = _search(np.log(share[has_some]), below[has_some])
        return deviation / np.sqrt(time)


def _search(target: Values, below: Values) -> Values:
    """Deviation at which the log share is `target`: Newton, kept in a bracket."""
    low, high = np.zeros(target.size), np.full(target.size, _LARGEST)
    # The inflection of the share in the deviation, from which Newton goes one way.
    at = np.clip(np.sqrt(2 * np.abs(below)), 1e-3, _LARGEST / 2)
    for _ in range(_ROUNDS):
        value = _log_share(below, at)
        low, high = (
            np.where(value < target, at, low),
            np.where(value < target, high, at),
        )
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            slope = np.exp(_log_density(below, at) - value)
            newton = at - (value - target) / slope
        inside = (newton > low) & (newton < high)
        step = np.where(inside, newton, (low + high) / 2)
        done = np.abs(step - at) <= 4e-16 * at
        at = step
        if done.all():
            break
    return at


def _log_share(below: Values, deviation: Values) -> Values:
    r"""Log of :math:`e^{x/2} N(x/v + v/2) - e^{-x/2} N(x/v - v/2)`, for x not above 0.

    By scaled tails where the two terms are alike and small, so that nothing cancels.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where(below == 0, 0.0, below / deviation)
        up, down = ratio + deviation / 2, ratio - deviation / 2
        # N(z) = erfcx(-z/root 2) exp(-z^2/2)/2, and both exponentials are one.
        bulk = -(ratio**2 + deviation**2 / 4) / 2
        tails = erfcx(-up / _ROOT_TWO) - erfcx(-down / _ROOT_TWO)
        small = bulk + np.log(tails / 2)
        first = below / 2 + log_ndtr(up)
        second = -below / 2 + log_ndtr(down)
        large = first + np.log1p(-np.exp(np.minimum(second - first, 0)))
    return np.where(up < 0, np.where(ratio > -1e8, small, -np.inf), large)


def _log_density(below: Values, deviation: Values) -> Values:
    """Log of the slope of the share in the deviation."""
    ratio = below / deviation
    return -(ratio**2 + deviation**2 / 4) / 2 - np.log(2 * np.pi) / 2


def _intrinsic(forward: Values, strike: Values, is_call: Flags) -> Values:
    return np.maximum(np.where(is_call, forward - strike, strike - forward), 0.0)

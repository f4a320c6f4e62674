"""Volatility of the hour, in units of the usual one, that jumps do not move."""

import numpy as np
from jaxtyping import Float64

from ._estimate import CalibrationError


def local_scale(
    returns: Float64[np.ndarray, "asset step"], *, half_window: int = 84
) -> Float64[np.ndarray, " step"]:
    r"""Volatility around each step, one for all assets, of mean square one.

    Bipower variation, the products of neighbouring absolute returns, of the
    `half_window` steps on either side, without those in which the step's own return
    has a part: a jump is a factor of two products only, so that it hardly moves the
    estimate. Assets count alike, each in units of its own bipower variation over all
    steps. This is the stress and calm of a market in which all volatilities have one
    multiplier, as in the engine's regimes.

    Source: Barndorff-Nielsen and Shephard (2004), Power and bipower variation with
    stochastic volatility and jumps; Lee and Mykland (2008), Jumps in financial
    markets.

    Args:
        returns: Log-returns over equal steps, without gaps in the array.
        half_window: Steps on either side; 84 hours make a week.

    Raises:
        CalibrationError: If there are fewer than four windows of steps, or prices
            stand still for a whole window.
    """
    count = returns.shape[1]
    if count < 8 * half_window:
        raise CalibrationError(
            f"local volatility needs {8 * half_window} steps for windows of "
            f"{half_window} steps on either side, and there are {count}. Choose a "
            "shorter half_window, or more data."
        )
    size = np.abs(returns)
    product = size[:, 1:] * size[:, :-1]
    product = (product / product.mean(axis=1, keepdims=True)).mean(axis=0)
    total = np.append(0.0, np.cumsum(product))
    step = np.arange(count)
    # Products are of steps (i, i + 1): own ones are step - 1 and step.
    before = np.clip(step - 1, 0, None)
    first = np.clip(before - half_window, 0, None)
    after = np.clip(step + 1, None, product.size)
    last = np.clip(after + half_window, None, product.size)
    summed = total[before] - total[first] + total[last] - total[after]
    variance = summed / (before - first + last - after)
    if not (variance > 0).all():
        raise CalibrationError(
            f"prices stand still for {half_window} steps on either side of step "
            f"{int(np.argmin(variance))}, so there is no volatility around it. Leave "
            "these steps out, or choose a longer half_window."
        )
    return np.sqrt(variance / variance.mean())

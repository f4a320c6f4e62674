"""Volatility of the hour, in units of the usual one, that jumps do not move."""

import numpy as np
from jaxtyping import Float64

from ._estimate import CalibrationError


def local_scale(
    returns: Float64[np.ndarray, "asset step"], *, half_window: int = 84
) -> Float64[np.ndarray, " step"]:
    r"""Volatility around each step, one for all assets, of mean square one.

    Squared medians of three neighbouring absolute returns, over `half_window` of them
    on either side, without those in which the step's own return has a part. A single
    jump is never the middle one of three, so that it does not enter. Assets count
    alike, each in units of its own mean over all steps. This is the stress and calm of
    a market in which all volatilities have one multiplier, as in the engine's regimes.

    Source: Andersen, Dobrev and Schaumburg (2012), Jump-robust volatility estimation
    using nearest neighbor truncation; Lee and Mykland (2008), Jumps in financial
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
    triples = np.lib.stride_tricks.sliding_window_view(np.abs(returns), 3, axis=1)
    square = np.median(triples, axis=2) ** 2
    square = (square / square.mean(axis=1, keepdims=True)).mean(axis=0)
    total = np.append(0.0, np.cumsum(square))
    step = np.arange(count)
    # Triple i is of steps i to i + 2: a step's own ones are the three up to its place.
    before = np.clip(step - 2, 0, None)
    first = np.clip(before - half_window, 0, None)
    after = np.clip(step + 1, None, square.size)
    last = np.clip(after + half_window, None, square.size)
    summed = total[before] - total[first] + total[last] - total[after]
    variance = summed / (before - first + last - after)
    if not (variance > 0).all():
        raise CalibrationError(
            f"prices stand still for {half_window} steps on either side of step "
            f"{int(np.argmin(variance))}, so there is no volatility around it. Leave "
            "these steps out, or choose a longer half_window."
        )
    return np.sqrt(variance / variance.mean())


def spread_of(returns: Float64[np.ndarray, " step"], asset: str) -> float:
    """Standard deviation of a step, from the middle half of one asset's returns.

    Raises:
        CalibrationError: If half of the returns are the same.
    """
    low, high = np.quantile(returns, [0.25, 0.75])
    if not high > low:
        raise CalibrationError(
            f"{asset}: half of its {returns.size:,} returns are the same, so it has "
            "no volatility to fit. Choose a longer step, or a liquid asset."
        )
    return float((high - low) / 1.349)

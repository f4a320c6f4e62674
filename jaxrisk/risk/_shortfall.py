"""Probability of loss, value at risk and expected shortfall, from counts and ranks.

Losses are positive, and `level` is the confidence level (0.99).
"""

import functools
import math

import numpy as np
from jaxtyping import Float64, Int
from scipy import stats

from ._estimate import CONFIDENCE, Estimate, Z, bounded, normal
from ._ranks import Ranks


def probability(events: Int[np.ndarray, "*shape"], count: int) -> Estimate:
    r"""Share of paths on which something happens.

    .. math:: \frac{\hat p + z^2/2n \mp z \sqrt{\hat p (1-\hat p)/n + z^2/4n^2}}
        {1 + z^2/n}

    The interval of Wilson (1927); where nothing (everything) happened, its outer end is
    the exact one-sided bound 1 - 0.05^(1/n), about 3/n: the rule of three. The standard
    error is Wilson's half-width over z, which is not zero when no event was seen.

    Args:
        events: Paths with the event.
        count: All paths n.

    Returns:
        Probabilities [ratio]; NaN with interval [0, 1] without a path.
    """
    if count == 0:
        unknown, ones = np.full(events.shape, np.nan), np.ones(events.shape)
        return bounded(unknown, unknown, low=0 * ones, high=ones)
    share = events / count
    shrink = 1 + Z**2 / count
    center = (share + Z**2 / (2 * count)) / shrink
    error = np.sqrt(share * (1 - share) / count + (Z / (2 * count)) ** 2) / shrink
    bound = (1 - CONFIDENCE) ** (1 / count)
    low, high = center - Z * error, center + Z * error
    low = np.where(events == 0, 0.0, np.where(events == count, bound, low))
    high = np.where(events == count, 1.0, np.where(events == 0, 1 - bound, high))
    return bounded(share, error, low=low, high=high)


def value_at_risk(losses: Ranks, level: float) -> Estimate:
    r"""Loss that is not exceeded with probability `level` (losses positive).

    .. math:: \mathrm{VaR}_\alpha = \min \{x : F_n(x) \ge \alpha\}
        = x_{(\lceil n\alpha \rceil)}

    The interval needs no distribution: it lies between the order statistics at the
    2.5 % and 97.5 % quantiles of Binomial(n, level) (David and Nagaraja 2003, section
    7.1). The standard error is its half-width over 1.96. Where there are too few paths
    for an upper order statistic, the upper end and the error are infinite; where an
    order statistic is known between bounds only, the interval reaches to the outer one,
    and the value is NaN.

    Args:
        losses: Of all paths, known about this level [USD].
        level: Confidence level alpha [ratio].

    Returns:
        The value at risk [USD]; NaN without a path.
    """
    count = losses.count
    if count == 0:
        return bounded(np.nan, np.nan, low=np.nan, high=np.nan)
    lower, upper = _ends(count, level)
    low, _ = losses.bounds(lower)
    _, high = losses.bounds(upper)
    value = losses.known(_rank(count, level))
    return bounded(value, (high - low) / (2 * Z), low=low, high=high)


def expected_shortfall(losses: Ranks, level: float) -> Estimate:
    r"""Mean loss in the worst 1 - `level` of cases; coherent, and never below VaR.

    .. math:: \mathrm{ES}_\alpha = \mathrm{VaR}_\alpha
        + \frac{1}{n (1-\alpha)} \sum_i (x_i - \mathrm{VaR}_\alpha)^+

    Rockafellar and Uryasev (2002), theorem 10, which counts only the right share of an
    atom at VaR. The standard error is that of its influence function,

    .. math:: \sqrt{\mathrm{var}((X - \mathrm{VaR}_\alpha)^+) / n} \,/\, (1-\alpha),

    infinite where the sample is too small to bound VaR from above. Where VaR is known
    between bounds only, the value is NaN.

    Args:
        losses: Of all paths, known about this level [USD].
        level: Confidence level alpha [ratio].

    Returns:
        The expected shortfall [USD]; NaN without a path.
    """
    count = losses.count
    if count == 0:
        return bounded(np.nan, np.nan, low=np.nan, high=np.nan)
    at_risk = losses.known(_rank(count, level))
    total, squares = losses.excess(at_risk)
    mean, error = total / count, np.inf
    if np.isfinite(at_risk) and np.isfinite(value_at_risk(losses, level).high):
        variance = (squares - count * mean**2) / (count - 1)
        error = math.sqrt(max(variance, 0.0) / count) / (1 - level)
    return normal(at_risk + mean / (1 - level), error)


def shortfall_scores(
    losses: Float64[np.ndarray, " path"], *, level: float
) -> Float64[np.ndarray, " path"]:
    r"""One number a path whose mean is ES: VaR + (x - VaR)^+ / (1 - level) [USD].

    Lets the shortfalls of two runs on the same draws be compared path by path.
    """
    at_risk = Ranks.of(losses).known(_rank(losses.size, level))
    return at_risk + np.maximum(losses - at_risk, 0) / (1 - level)


@functools.cache
def _ends(count: int, level: float) -> tuple[int, int]:
    """Ranks of the ends of the interval: the same for all losses of as many paths."""
    tail = (1 - CONFIDENCE) / 2
    lower, upper = stats.binom.ppf([tail, 1 - tail], count, level)
    return int(lower), int(upper) + 1


def _rank(count: int, level: float) -> int:
    """Rank, from the smallest, of VaR: ceil(n level), forgiving its rounding error."""
    return min(count, math.ceil(count * level - 1e-9 * count))

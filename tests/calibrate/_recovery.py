"""Whether estimates are as far from the truth as their errors say."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float64
from scipy import stats

from jaxrisk.calibrate import Estimate, Fit


FALSE_ALARM = 1e-3
"""Chance that the largest of all scores of a right fit is refused."""


def score(estimate: Estimate, truth: float) -> float:
    """Standard errors from the truth, on the scale on which the interval is even."""
    if estimate.low > 0 and np.isclose(
        estimate.low * estimate.high, estimate.value**2, rtol=1e-9
    ):
        return float(np.log(estimate.value / truth) * estimate.value / estimate.error)
    return (estimate.value - truth) / estimate.error


def assert_recovered(fits: Sequence[Fit], truth: Mapping[str, float]) -> None:
    """Scores of mean zero and spread one, none of them too large.

    The largest of all is compared with the normal bound for their number; means and
    spreads with bounds that one parameter of a right fit passes once in 400 and once
    in 100 times.
    """
    scores = scores_of(fits, truth)
    seeds = len(fits)
    worst = float(stats.norm.isf(FALSE_ALARM / (2 * scores.size)))
    told = dict(zip(truth, scores.T, strict=True))
    for name, row in told.items():
        assert np.abs(row).max() < worst, (name, row)
        assert abs(row.mean()) < 3 / np.sqrt(seeds), (name, row.mean())
        assert 0.6 < row.std(ddof=1) < 1.5, (name, row.std(ddof=1))


def scores_of(
    fits: Sequence[Fit], truth: Mapping[str, float]
) -> Float64[np.ndarray, "seed parameter"]:
    """Scores of every fit and parameter."""
    return np.array(
        [
            [score(fit.parameters[name], value) for name, value in truth.items()]
            for fit in fits
        ]
    )


def assert_p_values_even(fits: Sequence[Fit]) -> None:
    """P-values of right fits are uniform; this fails once in a thousand times."""
    values = [fit.goodness.p_value for fit in fits]
    assert stats.kstest(values, "uniform").pvalue > FALSE_ALARM, sorted(values)

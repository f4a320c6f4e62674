"""Are the errors right? Over many seeds, z-scores are standard and intervals cover.

300 replicates of 4,000 losses each. For a right estimator the mean of 300 z-scores has
a standard error of .058 and their standard deviation one of .041: the bounds below are
five of them away, plus the skewness that 4,000 draws leave. Coverage of 300 intervals
varies by .0126, and the bound is 4.5 of them below .95. Over fresh seeds a right
estimator fails one of these tests less than once in 1,000 times; the seeds are fixed.
"""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from jaxrisk.risk import (
    Estimate,
    Moments,
    Ranks,
    expected_shortfall,
    probability,
    ratio_of_means,
    value_at_risk,
)


REPLICATES = 300
PATHS = 4000
LEVEL = 0.95
SHARES = {"lognormal": 1.0, "zero inflated": 0.2}
"""Probability of a loss; a loss is lognormal with a standard deviation of 1."""


def draw(seed: int, share: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.lognormal(size=PATHS) * (rng.random(PATHS) < share)


def true_var(share: float) -> float:
    return math.exp(float(stats.norm.ppf(1 - (1 - LEVEL) / share)))


def true_es(share: float) -> float:
    beyond = float(stats.norm.cdf(1 - math.log(true_var(share))))
    return share * math.exp(0.5) * beyond / (1 - LEVEL)


def mean_of(losses: np.ndarray) -> Estimate:
    return Moments.of(losses[None]).estimate()


def es_of(losses: np.ndarray) -> Estimate:
    return expected_shortfall(Ranks.of(losses), LEVEL)


def var_of(losses: np.ndarray) -> Estimate:
    return value_at_risk(Ranks.of(losses), LEVEL)


def large_loss(losses: np.ndarray) -> Estimate:
    return probability(np.count_nonzero(losses > 3, keepdims=True), PATHS)


def paired_ratio(losses: np.ndarray) -> Estimate:
    noise = np.random.default_rng(int(1e6 * losses.sum())).normal(1, 0.1, PATHS)
    return ratio_of_means(losses * noise, losses)


CASES: dict[str, tuple[Callable[[np.ndarray], Estimate], Callable[[float], float]]] = {
    "mean": (mean_of, lambda share: share * math.exp(0.5)),
    "probability": (
        large_loss,
        lambda share: share * float(stats.norm.sf(math.log(3))),
    ),
    "value at risk": (var_of, true_var),
    "expected shortfall": (es_of, true_es),
    "paired ratio": (paired_ratio, lambda _: 1.0),
}


@pytest.mark.parametrize("share", SHARES.values(), ids=SHARES)
@pytest.mark.parametrize("case", CASES)
def test_standard_errors_are_standard_and_intervals_cover(
    case: str, share: float
) -> None:
    estimator, truth = CASES[case][0], CASES[case][1](share)
    found = [estimator(draw(seed, share)) for seed in range(REPLICATES)]
    scores = np.array([(each.value - truth) / each.standard_error for each in found])
    covered = np.mean([each.low <= truth <= each.high for each in found])
    assert 0.8 < scores.std() < 1.25
    assert abs(scores.mean()) < 0.3
    assert covered > 0.95 - 4.5 * math.sqrt(0.95 * 0.05 / REPLICATES)


def test_a_standard_error_that_is_a_quarter_too_small_would_be_noticed() -> None:
    found = [mean_of(draw(seed, 1.0)) for seed in range(REPLICATES)]
    scores = [(e.value - math.exp(0.5)) / (0.75 * e.standard_error) for e in found]
    assert np.std(scores) > 1.25

"""The test of fit keeps its size although parameters were fitted, and has power."""

import numpy as np
import pytest
from jaxtyping import Float64
from scipy import stats

from jaxrisk.calibrate import Goodness
from jaxrisk.calibrate._goodness import goodness_of_levels


def _normal(shock: Float64[np.ndarray, " step"]) -> Goodness:
    mean, sd = shock.mean(), shock.std()
    standard = (shock - mean) / sd
    scores = np.stack([standard / sd, (standard**2 - 1) / sd], axis=1)
    return goodness_of_levels(stats.norm.cdf(standard)[None], scores, test="a normal")


def test_a_right_model_is_refused_at_the_nominal_rate() -> None:
    draws = np.random.default_rng(1).normal(0.3, 2.0, (500, 3000))
    p_values = [_normal(draw).p_value for draw in draws]
    refused = np.mean(np.array(p_values) < 0.05)
    assert abs(refused - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 500)
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3


def test_assets_that_depend_on_each_other_do_not_count_twice() -> None:
    draws = np.random.default_rng(2).normal(size=(400, 2, 3000))
    draws[:, 1] = 0.8 * draws[:, 0] + 0.6 * draws[:, 1]
    refused = 0
    for draw in draws:
        mean, sd = draw.mean(axis=1, keepdims=True), draw.std(axis=1, keepdims=True)
        one, two = standard = (draw - mean) / sd
        # They span the scores of a normal law of two assets.
        squares = [one**2 - 1, two**2 - 1, one * two - np.mean(one * two)]
        scores = np.stack([one, two, *squares], axis=1)
        level = stats.norm.cdf(standard)
        refused += goodness_of_levels(level, scores, test="two").p_value < 0.05
    assert abs(refused / 400 - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("degrees", [4.0, 8.0])
def test_fat_tails_are_not_normal(degrees: float) -> None:
    draws = np.random.default_rng(4).standard_t(degrees, (20, 5000))
    assert np.mean([_normal(draw).p_value < 0.05 for draw in draws]) > 0.9

"""The law of a step: density, slopes, and the engine's own shocks."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from jaxrisk.calibrate._elliptical import Elliptical
from jaxrisk.calibrate._pairs import matrix_of

from .markets import CALM, VOLATILITY, engine_market


RETURNS = np.random.default_rng(1).normal(0, 0.01, (3, 40))


def law(parameters: np.ndarray, *, is_normal: bool) -> Elliptical:
    degrees = np.inf if is_normal else float(np.exp(parameters[6]))
    return Elliptical(np.exp(parameters[:3]), matrix_of(parameters[3:6], 3), degrees)


def test_density_is_that_of_scipy() -> None:
    one = Elliptical(np.array([0.01, 0.02, 0.03]), CALM, 3.5)
    normal = Elliptical(one.scale, CALM, np.inf)
    shape, zero = CALM * np.outer(one.scale, one.scale), np.zeros(3)
    multivariate_t: Any = stats.multivariate_t
    known = multivariate_t.logpdf(RETURNS.T, zero, shape, 3.5)
    assert one.log_density(RETURNS) == pytest.approx(known)
    multivariate_normal: Any = stats.multivariate_normal
    known = multivariate_normal.logpdf(RETURNS.T, zero, shape)
    assert normal.log_density(RETURNS) == pytest.approx(known)


@pytest.mark.parametrize("is_normal", [False, True])
def test_scores_are_slopes(is_normal: bool) -> None:
    at = np.array([-4.6, -4.5, -4.4, 0.3, 0.2, 0.5, np.log(3.0)])[: 6 + (not is_normal)]
    step = 1e-5
    slopes = [
        (
            law(at + move, is_normal=is_normal).log_density(RETURNS)
            - law(at - move, is_normal=is_normal).log_density(RETURNS)
        )
        / (2 * step)
        for move in step * np.eye(at.size)
    ]
    one = law(at, is_normal=is_normal)
    assert one.scores(RETURNS) == pytest.approx(np.array(slopes), abs=1e-6)
    chance = np.linspace(0, 1, 40)
    assert one.slope(RETURNS, chance) == pytest.approx(one.scores(RETURNS) @ chance)


def test_impossible_correlations_have_no_density() -> None:
    one = law(np.array([0, 0, 0, 0.9, 0.9, -0.9, 1.0]), is_normal=False)
    assert np.isnan(one.log_density(RETURNS)).all()


@pytest.mark.parametrize("degrees", [4.0, np.inf])
def test_returns_of_the_engine_have_this_law(degrees: float) -> None:
    """Fails for a right engine once in 10,000 seeds."""
    (panel,) = engine_market(paths=1, steps=20_000, degrees=degrees)
    sd = np.array(list(VOLATILITY.values())) / np.sqrt(8760)
    unit = Elliptical(np.ones(3), CALM, degrees)
    one = Elliptical(sd / unit.sd, CALM, degrees)
    assert stats.kstest(one.radial(panel.returns), "uniform").pvalue > 1e-4
    wrong = Elliptical(sd / unit.sd * 1.05, CALM, degrees)
    assert stats.kstest(wrong.radial(panel.returns), "uniform").pvalue < 1e-4

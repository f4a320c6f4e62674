"""Fits of the engine's own paths: estimates miss by as much as their errors say.

Of z-scores, with one path of the engine for a seed: none is so large that one of so
many normals is once in a thousand times; the mean over seeds is within three of its
errors; the spread is near one. Seeds are fixed.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from jaxrisk.calibrate import (
    Fit,
    Panel,
    fit_correlation,
    fit_regimes,
    fit_student_t,
    fit_volatility,
)

from .markets import (
    CALM,
    MULTIPLIER,
    STRESS,
    VOLATILITY,
    correlation_truth,
    engine_market,
    regimes_truth,
    z_scores,
)


SEEDS = 20
YEAR = 8_760


def assert_calibrated(scores: np.ndarray, *, least: float = 0.6) -> None:
    """Z-scores [seed, parameter] are those of right errors."""
    seeds = len(scores)
    assert np.abs(scores).max() < stats.norm.isf(5e-4 / scores.size)
    assert np.abs(scores.mean(axis=0)).max() < 3 / np.sqrt(seeds)
    spread = scores.std(axis=0)
    assert least < spread.min()
    assert spread.max() < 1.5


def assert_uniform(fits: list[Fit]) -> None:
    """P-values of a right model are uniform."""
    p_values = [fit.goodness.p_value for fit in fits]
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3


def scores_of(
    markets: list[Panel], fitted: Callable[[Panel], Fit], truth: dict[str, float]
) -> tuple[np.ndarray, list[Fit]]:
    fits = [fitted(market) for market in markets]
    return np.array([z_scores(fit, truth) for fit in fits]), fits


def student_t_truth(degrees: float) -> dict[str, float]:
    volatility = {f"volatility.{name}": value for name, value in VOLATILITY.items()}
    return {"degrees_of_freedom": degrees} | volatility | correlation_truth(CALM)


def both_regimes(share: float) -> tuple[float, dict[str, float]]:
    """Volatility in units of the calm one, and correlations, over both regimes."""
    variance = 1 - share + share * MULTIPLIER**2
    mixed = ((1 - share) * CALM + share * MULTIPLIER**2 * STRESS) / variance
    return float(np.sqrt(variance)), correlation_truth(mixed)


def test_regimes_of_a_few_paths_are_found() -> None:
    rates = (100.0, 300.0)
    markets = engine_market(paths=4, steps=3_000, rates=rates)
    scores, _ = scores_of(
        markets,
        lambda market: fit_regimes(market, innovation="gaussian"),
        regimes_truth(np.inf, rates),
    )
    assert np.abs(scores).max() < stats.norm.isf(5e-4 / scores.size)
    assert 0.5 < np.sqrt(np.mean(scores**2)) < 1.5


def test_degrees_of_freedom_of_many_paths_are_found() -> None:
    markets = engine_market(paths=SEEDS, steps=2_000, degrees=4.0)
    scores, fits = scores_of(markets, fit_student_t, student_t_truth(4.0))
    assert_calibrated(scores)
    assert_uniform(fits)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [2.6, 4.0, 12.0])
def test_degrees_of_freedom_of_a_year_are_found(degrees: float) -> None:
    markets = engine_market(paths=40, steps=YEAR, degrees=degrees, seed=2)
    scores, fits = scores_of(markets, fit_student_t, student_t_truth(degrees))
    assert_calibrated(scores)
    assert_uniform(fits)


@pytest.mark.slow
@pytest.mark.parametrize("degrees", [6.0, np.inf])
def test_regimes_of_a_year_are_found(degrees: float) -> None:
    rates = (60.0, 180.0)
    innovation = "student_t" if degrees < np.inf else "gaussian"
    markets = engine_market(paths=SEEDS, steps=YEAR, degrees=degrees, rates=rates)
    scores, fits = scores_of(
        markets,
        lambda market: fit_regimes(market, innovation=innovation),
        regimes_truth(degrees, rates),
    )
    assert_calibrated(scores)
    assert_uniform(fits)


def test_volatility_and_correlations_of_independent_returns_are_found() -> None:
    markets = engine_market(paths=30, steps=3_000, degrees=8.0)
    scores, fits = scores_of(markets, fit_correlation, correlation_truth(CALM))
    assert_calibrated(scores)
    assert_uniform(fits)
    scores, fits = scores_of(
        markets,
        lambda market: fit_volatility(market, "A"),
        {"volatility": VOLATILITY["A"]},
    )
    assert_calibrated(scores)
    assert_uniform(fits)


def test_volatility_and_correlations_over_regimes_are_found() -> None:
    """Errors of independent returns would be too small here.

    Of 150 spells of stress: with 45 the mean of 400 z-scores is -0.15, with 150 zero.
    """
    markets = engine_market(paths=40, steps=YEAR, degrees=8.0, rates=(200.0, 600.0))
    factor, correlation = both_regimes(0.25)
    scores, _ = scores_of(markets, fit_correlation, correlation)
    assert_calibrated(scores)
    scores, fits = scores_of(
        markets,
        lambda market: fit_volatility(market, "B"),
        {"volatility": VOLATILITY["B"] * factor},
    )
    assert_calibrated(scores)
    plain = [
        fit["volatility"]
        * np.std(market.returns[1] ** 2)
        / np.mean(market.returns[1] ** 2)
        for fit, market in zip(fits, markets, strict=True)
    ]
    errors = [fit.parameters["volatility"].error for fit in fits]
    assert np.mean(errors) > 1.5 * np.mean(plain) / (2 * np.sqrt(YEAR))

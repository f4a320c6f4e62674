"""Two regimes: which is calm, missing steps, and what is refused."""

import time

import numpy as np
import pytest

from jaxrisk.calibrate import (
    CalibrationError,
    Panel,
    correlation_matrix,
    fit_regimes,
    stress_chances,
)
from jaxrisk.calibrate._regime_law import Layout, Observed, RegimeLaw

from .markets import CALM, STRESS, engine_market, panel, regimes_truth, z_scores


RATES = (100.0, 300.0)


@pytest.fixture(scope="module")
def market() -> Panel:
    (one,) = engine_market(paths=1, steps=4_000, rates=RATES)
    return one


@pytest.mark.parametrize("degrees", [5.0, np.inf])
def test_slopes_are_those_of_the_likelihood(degrees: float) -> None:
    (one,) = engine_market(paths=1, steps=300, degrees=5.0, rates=RATES)
    law = RegimeLaw(
        np.array([0.004, 0.005, 0.007]), 1.8, CALM, STRESS, degrees, (120.0, 250.0)
    )
    elapsed = np.full(300, 1 / 8760)
    elapsed[[50, 51, 90]] *= 5
    observed, layout = Observed(one.returns, elapsed), Layout(3, degrees == np.inf)
    at, step = law.parameters, 1e-5
    assert layout.law(at).parameters == pytest.approx(at)
    slopes = [
        (
            observed.likelihood(at + move, layout)[0]
            - observed.likelihood(at - move, layout)[0]
        )
        / (2 * step)
        for move in step * np.eye(at.size)
    ]
    assert observed.likelihood(at, layout)[1] == pytest.approx(slopes, abs=1e-4)


def test_names_of_regimes_do_not_change_the_likelihood() -> None:
    (one,) = engine_market(paths=1, steps=300, rates=RATES)
    law = RegimeLaw(np.full(3, 0.006), 1.8, CALM, STRESS, 5.0, (120.0, 250.0))
    observed, layout = Observed(one.returns, np.full(300, 1 / 8760)), Layout(3, False)
    value = observed.likelihood(law.parameters, layout)[0]
    swapped = observed.likelihood(law.swapped().parameters, layout)[0]
    assert swapped == pytest.approx(value)


def test_calm_is_the_regime_of_the_lower_volatility() -> None:
    """Though the path is in stress for most of the time."""
    (stressed,) = engine_market(paths=1, steps=4_000, rates=(300.0, 100.0), seed=4)
    fit = fit_regimes(stressed, innovation="gaussian")
    assert fit["volatility_multiplier"] == pytest.approx(2.1, abs=0.15)
    assert correlation_matrix(fit) == pytest.approx(CALM, abs=0.08)
    stress = correlation_matrix(fit, "stress.correlation")
    assert stress == pytest.approx(STRESS, abs=0.08)


def test_missing_steps_do_not_change_what_is_found(market: Panel) -> None:
    random = np.random.default_rng(0)
    returns = market.returns.copy()
    returns[0, random.random(4_000) < 0.3] = np.nan
    returns[:, 1_000:1_200] = np.nan
    fit = fit_regimes(
        Panel(market.assets, market.end, returns, 3600.0), innovation="gaussian"
    )
    assert fit.window.observations == np.isfinite(returns).all(axis=0).sum()
    # Fails for a right fit once in 1,000 seeds.
    assert np.abs(z_scores(fit, regimes_truth(np.inf, RATES))).max() < 4


def test_chances_of_stress_follow_volatility(market: Panel) -> None:
    fit = fit_regimes(market, innovation="gaussian")
    chance = stress_chances(market, fit)
    share = fit["enter_stress_per_year"] / (
        fit["enter_stress_per_year"] + fit["leave_stress_per_year"]
    )
    assert chance.mean() == pytest.approx(share, abs=0.1)
    size = np.mean(market.returns**2, axis=0)
    assert size[chance > 0.9].mean() > 3 * size[chance < 0.1].mean()


def test_one_asset_is_enough() -> None:
    (one,) = engine_market(paths=1, steps=5_000, rates=(50.0, 150.0), seed=3)
    fit = fit_regimes(one.of("B"), innovation="gaussian")
    assert fit["volatility.B"] == pytest.approx(0.6, abs=0.03)
    assert "degrees_of_freedom" not in fit.parameters


@pytest.mark.parametrize("innovation", ["gaussian", "student_t"])
def test_returns_of_one_regime_are_refused(innovation: str) -> None:
    degrees = np.inf if innovation == "gaussian" else 5.0
    (one,) = engine_market(paths=1, steps=3_000, degrees=degrees)
    with pytest.raises(
        CalibrationError, match=r"as well by one|less than|no regime|direction"
    ):
        fit_regimes(one, innovation=innovation)


def test_fat_tails_are_not_taken_for_regimes() -> None:
    (one,) = engine_market(paths=1, steps=6_000, degrees=4.0)
    with pytest.raises(CalibrationError, match="steps of 3600 s, which is no regime"):
        fit_regimes(one, innovation="gaussian")


def test_a_few_crashes_are_no_regime() -> None:
    returns = np.random.default_rng(0).normal(0, 0.005, (2, 4_000))
    returns[:, 2_000:2_012] *= 20
    with pytest.raises(CalibrationError, match="no regime but a few returns"):
        fit_regimes(panel(returns), innovation="gaussian")


def test_an_innovation_of_no_known_kind_is_refused(market: Panel) -> None:
    with pytest.raises(CalibrationError, match="'cauchy' is not known"):
        fit_regimes(market, innovation="cauchy")


@pytest.mark.slow
def test_six_assets_over_two_years_take_less_than_twenty_seconds() -> None:
    random = np.random.default_rng(0)
    correlation = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    moves = np.linalg.cholesky(correlation) @ random.normal(size=(6, 20_000))
    stress = (np.arange(20_000) // 150) % 4 == 0
    mixing = np.sqrt(3 / random.chisquare(5, 20_000))
    returns = 0.006 * moves * np.where(stress, 2.0, 1.0) * mixing
    start = time.perf_counter()
    fit = fit_regimes(panel(returns))
    assert time.perf_counter() - start < 20
    assert fit["volatility_multiplier"] == pytest.approx(2, abs=0.1)

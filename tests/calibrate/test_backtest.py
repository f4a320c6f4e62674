"""Tests of value at risk: their size, their power, and that nobody looks ahead."""

from dataclasses import dataclass

import numpy as np
import pytest
from jaxtyping import Float64
from scipy import special, stats

from jaxrisk.calibrate import CalibrationError
from jaxrisk.calibrate._backtest import (
    LEVELS,
    backtest,
    christoffersen_conditional,
    christoffersen_independence,
    kupiec,
)
from jaxrisk.calibrate._forecaster import (
    AbstractForecaster,
    ConstantStudentT,
    ExponentialStudentT,
    Historical,
)
from jaxrisk.calibrate._regime_forecaster import TwoRegimesStudentT


FORECASTERS = (
    Historical(),
    ConstantStudentT(),
    ExponentialStudentT(),
    TwoRegimesStudentT(),
)


@dataclass(frozen=True)
class Normal(AbstractForecaster):
    """A normal law of a volatility that it is told."""

    volatility: float

    def quantiles(
        self, seen: Float64[np.ndarray, " day"], chance: Float64[np.ndarray, " level"]
    ) -> Float64[np.ndarray, " level"]:
        del seen
        return self.volatility * special.ndtri(chance)


def _p_values(
    forecaster: AbstractForecaster, histories: Float64[np.ndarray, "history day"]
) -> Float64[np.ndarray, "history level test"]:
    return np.array(
        [
            [
                [
                    found.coverage.p_value,
                    found.independence.p_value,
                    found.conditional.p_value,
                ]
                for found in backtest(forecaster, returns, window=20)
            ]
            for returns in histories
        ]
    )


@pytest.fixture(scope="module")
def right() -> Float64[np.ndarray, "history level test"]:
    histories = np.random.default_rng(1).normal(0, 0.03, (300, 620))
    return _p_values(Normal(0.03), histories)


def test_a_right_model_is_refused_at_the_nominal_rate(
    right: Float64[np.ndarray, "history level test"],
) -> None:
    refused = np.mean(right < 0.05, axis=0)
    # Four errors: nine rates of a right model leave it once in 1,800 seeds.
    reach = 4 * np.sqrt(0.05 * 0.95 / right.shape[0])
    assert (refused < 0.05 + reach).all(), refused
    # Simulated p-values break ties, so their size is exact; Kupiec's is of a count.
    assert (refused[:, 1:] > 0.05 - reach).all(), refused
    assert (refused[:, 0] > 0.01).all(), refused


def test_p_values_of_independence_are_even(
    right: Float64[np.ndarray, "history level test"],
) -> None:
    assert stats.kstest(right[:, 0, 1], "uniform").pvalue > 1e-3


def test_a_volatility_too_small_is_refused() -> None:
    histories = np.random.default_rng(2).normal(0, 0.03, (50, 620))
    p_values = _p_values(Normal(0.02), histories)
    assert np.mean(p_values[:, :, 0] < 0.05) > 0.95
    assert np.mean(p_values[:, :, 2] < 0.05) > 0.9


def test_a_volatility_too_large_is_refused() -> None:
    histories = np.random.default_rng(3).normal(0, 0.03, (50, 620))
    assert np.mean(_p_values(Normal(0.05), histories)[:, 0, 0] < 0.05) > 0.95


def test_exceedances_that_cluster_are_refused() -> None:
    draw = np.random.default_rng(4)
    swing = np.where(np.arange(620) % 200 < 40, 2.5, 0.6)
    histories = 0.03 * swing * draw.normal(size=(50, 620))
    p_values = _p_values(Normal(0.03), histories)
    assert np.mean(p_values[:, 0, 1] < 0.05) > 0.7


def test_kupiecs_ratio_is_the_published_one() -> None:
    """Five exceedances in 250 days at 99 %: 1.957 (Jorion, Value at Risk, ch. 6)."""
    exceeded = np.arange(250) % 50 == 0
    found = kupiec(exceeded, 0.99)
    assert found.statistic == pytest.approx(1.957, abs=1e-3)
    # By the binomial law: five or more, or none, whose ratio of 5.02 is larger.
    law = stats.binom(250, 0.01)
    assert found.p_value == pytest.approx(law.sf(4) + law.cdf(0), rel=1e-9)


def test_conditional_coverage_is_coverage_and_independence() -> None:
    exceeded = np.random.default_rng(5).random(500) < 0.06
    both = christoffersen_conditional(exceeded, 0.95).statistic
    apart = (
        kupiec(exceeded, 0.95).statistic
        + christoffersen_independence(exceeded, 0.95).statistic
    )
    assert both == pytest.approx(apart)


def test_no_exceedance_at_all_has_ratios() -> None:
    never = np.zeros(200, bool)
    assert kupiec(never, 0.99).statistic == pytest.approx(-400 * np.log(0.99))
    assert christoffersen_independence(never, 0.99).statistic == 0


@pytest.mark.parametrize("forecaster", FORECASTERS, ids=lambda one: type(one).__name__)
def test_the_future_changes_no_forecast(forecaster: AbstractForecaster) -> None:
    returns = 0.03 * np.random.default_rng(6).standard_t(4, 230)
    changed, window, day = returns.copy(), 120, 60
    changed[window + day :] *= -3
    before = [
        found.value_at_risk for found in backtest(forecaster, returns, window=120)
    ]
    after = [found.value_at_risk for found in backtest(forecaster, changed, window=120)]
    for old, new in zip(before, after, strict=True):
        # The forecast of the first changed day is still of unchanged days.
        np.testing.assert_array_equal(old[: day + 1], new[: day + 1])
    assert any((old != new).any() for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("forecaster", FORECASTERS, ids=lambda one: type(one).__name__)
def test_forecasts_cover_independent_days(forecaster: AbstractForecaster) -> None:
    returns = 0.03 * np.random.default_rng(7).standard_t(5, 700)
    found = backtest(forecaster, returns, window=400)
    assert [one.level for one in found] == list(LEVELS)
    for one in found:
        np.testing.assert_array_equal(one.exceeded, returns[400:] < -one.value_at_risk)
        assert one.coverage.p_value > 1e-3
        assert one.expected == pytest.approx(300 * (1 - one.level))


def test_two_regimes_know_which_one_it_is() -> None:
    draw = np.random.default_rng(11)
    stress = np.arange(900) // 90 % 2
    returns = 0.02 * np.where(stress, 3.0, 1.0) * draw.standard_t(8, 900)
    law = TwoRegimesStudentT().after(returns)
    assert isinstance(law, TwoRegimesStudentT)
    assert law.fit is not None
    (in_stress,) = law.quantiles(returns, np.array([0.01]))
    (in_calm,) = law.quantiles(returns[:810], np.array([0.01]))
    # A day on the edge of a spell of 90 belongs to the other one in 90.
    assert in_calm == pytest.approx(0.02 * stats.t.ppf(0.01, 8), rel=0.25)
    assert in_stress == pytest.approx(0.06 * stats.t.ppf(0.01, 8), rel=0.25)


def test_two_regimes_are_fitted_again_after_so_many_days() -> None:
    returns = 0.02 * np.random.default_rng(12).standard_t(5, 200)
    first = TwoRegimesStudentT(refit_days=3).after(returns)
    ages = [first.age]
    for _ in range(4):
        first = first.after(returns)
        ages.append(first.age)
    assert ages == [0, 1, 2, 0, 1]


def test_the_student_t_comes_back() -> None:
    returns = 0.03 * np.random.default_rng(8).standard_t(5, 20_000)
    chance = np.array([0.01, 0.05])
    found = ConstantStudentT().quantiles(returns, chance)
    assert found == pytest.approx(0.03 * stats.t.ppf(chance, 5), rel=0.03)


def test_the_weighted_volatility_follows_the_market() -> None:
    draw = np.random.default_rng(9)
    calm = 0.01 * draw.normal(size=300)
    chance = np.array([0.01])
    stress = np.append(calm, 0.05 * draw.normal(size=40))
    low, high = (
        float(ExponentialStudentT().quantiles(seen, chance)[0])
        for seen in (calm, stress)
    )
    assert high < 3 * low < 0


@pytest.mark.parametrize(
    ("returns", "word"),
    [
        (np.append(np.ones(500), np.nan), "return 500 of 501 is missing"),
        (np.ones(450), "leave 85 days to forecast"),
    ],
)
def test_gaps_and_short_histories_are_refused(
    returns: Float64[np.ndarray, " day"], word: str
) -> None:
    with pytest.raises(CalibrationError, match=word):
        backtest(Historical(), returns)

"""Correlations: of steps, of times that differ, and what the grid hides."""

import numpy as np
import pytest

from jaxrisk.calibrate import (
    CalibrationError,
    Panel,
    correlation_matrix,
    fit_asynchronous_correlation,
    fit_correlation,
    fit_volatility,
    panel_of,
)
from jaxrisk.data.prices import PriceSeries

from .markets import CALM, START, engine_market, panel, price_series


def brownian(seed: int, *, correlation: float = 0.8) -> list[PriceSeries]:
    """Two prices, each seen at its own random times, every 30 minutes on average.

    Sixty days of a walk by minutes; the times do not depend on the prices.
    """
    random = np.random.default_rng(seed)
    count = 60 * 1440
    one, other = random.normal(0, 2e-4, (2, count))
    other = correlation * one + np.sqrt(1 - correlation**2) * other
    minutes = START + np.arange(count) * np.timedelta64(60, "s")
    series = []
    for name, moves in (("A", one), ("B", other)):
        seen = np.flatnonzero(random.random(count) < 1 / 30)
        series.append(price_series(name, minutes[seen], np.exp(moves.cumsum()[seen])))
    return series


def test_a_grid_of_asynchronous_prices_is_biased_and_overlaps_are_not() -> None:
    """The overlaps' mean fails for a right estimator once in 370 sets of seeds."""
    fits = [fit_asynchronous_correlation(brownian(seed)) for seed in range(30)]
    overlaps = np.array([fit["correlation.A.B"] for fit in fits])
    bias = np.array([fit["epps_bias.A.B"] for fit in fits])
    error = overlaps.std() / np.sqrt(30)
    assert abs(overlaps.mean() - 0.8) < 3 * error < 0.03
    assert bias.mean() < -0.1
    assert np.median([fit.goodness.p_value for fit in fits]) < 1e-3
    z = (overlaps - 0.8) / [fit.parameters["correlation.A.B"].error for fit in fits]
    assert 0.6 < z.std() < 1.5
    assert np.abs(z).max() < 4


def test_the_bias_is_the_grid_less_the_overlaps() -> None:
    series = brownian(1)
    fit = fit_asynchronous_correlation(series)
    grid = fit_correlation(panel_of(series))
    assert grid["correlation.A.B"] == pytest.approx(
        fit["correlation.A.B"] + fit["epps_bias.A.B"], abs=0.01
    )


def test_prices_of_equal_times_have_no_bias() -> None:
    (market,) = engine_market(paths=1, steps=2_000)
    price = np.exp(np.cumsum(market.returns, axis=1))
    series = [
        price_series(name, market.end, row)
        for name, row in zip("ABC", price, strict=True)
    ]
    fit = fit_asynchronous_correlation(series)
    assert fit["epps_bias.A.B"] == pytest.approx(0, abs=1e-9)
    assert fit.goodness.p_value > 0.5
    grid = fit_correlation(market)
    assert fit["correlation.A.C"] == pytest.approx(grid["correlation.A.C"], abs=0.01)


def test_overlaps_are_summed_as_their_definition_says() -> None:
    one, other = brownian(3)
    fit = fit_asynchronous_correlation([one, other])
    cut = []
    for series in (one, other):
        inside = (series.time >= fit.window.start) & (series.time <= fit.window.end)
        cut.append((series.time[inside], np.diff(np.log(series.price[inside]))))
    (time, x), (other_time, y) = cut
    overlap = (time[:-1, None] < other_time[None, 1:]) & (
        time[1:, None] > other_time[None, :-1]
    )
    direct = x @ overlap @ y / np.sqrt(np.sum(x**2) * np.sum(y**2))
    assert fit["correlation.A.B"] == pytest.approx(direct)


def test_pairs_use_the_steps_that_both_have() -> None:
    (market,) = engine_market(paths=1, steps=2_000)
    returns = market.returns.copy()
    returns[0, :500] = np.nan
    returns[1, 1_500:] = np.nan
    fit = fit_correlation(Panel(market.assets, market.end, returns, 3600.0))
    both = market.returns[:2, 500:1_500]
    plain = np.sum(both[0] * both[1]) / np.sqrt(np.prod(np.sum(both**2, axis=1)))
    share = fit["shrinkage"]
    values = correlation_matrix(fit)[np.triu_indices(3, 1)]
    assert fit["correlation.A.B"] == pytest.approx(
        (1 - share) * plain + share * values.mean(), abs=1e-6
    )


def test_few_steps_are_shrunk_and_closer_to_the_truth() -> None:
    random = np.random.default_rng(0)
    truth = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    root, miss, plain = np.linalg.cholesky(truth), 0.0, 0.0
    for _ in range(20):
        returns = root @ random.normal(size=(6, 60))
        fit = fit_correlation(panel(returns))
        assert 0 < fit["shrinkage"] <= 1
        second = returns @ returns.T
        raw = second / np.sqrt(np.outer(np.diag(second), np.diag(second)))
        miss += np.sum((correlation_matrix(fit) - truth) ** 2)
        plain += np.sum((raw - truth) ** 2)
    assert miss < 0.7 * plain


def test_a_matrix_of_patches_is_made_positive_definite() -> None:
    random = np.random.default_rng(0)
    returns = np.full((3, 120), np.nan)
    shared = random.normal(size=120)
    for part, (one, other, sign) in enumerate([(0, 1, 1), (1, 2, 1), (0, 2, -1)]):
        at = slice(40 * part, 40 * part + 40)
        returns[one, at] = shared[at]
        returns[other, at] = sign * shared[at] + random.normal(0, 0.1, 40)
    fit = fit_correlation(panel(returns))
    assert np.linalg.eigvalsh(correlation_matrix(fit))[0] > 0


def test_correlations_that_change_halfway_are_found() -> None:
    (market,) = engine_market(paths=1, steps=4_000)
    assert fit_correlation(market).goodness.p_value > 0.01
    returns = market.returns.copy()
    returns[2, :2_000] *= -1
    changed = Panel(market.assets, market.end, returns, 3600.0)
    assert fit_correlation(changed).goodness.p_value < 1e-6


def test_what_has_no_correlation_is_refused() -> None:
    (market,) = engine_market(paths=1, steps=100)
    with pytest.raises(CalibrationError, match="A is one asset"):
        fit_correlation(market.of("A"))
    returns = market.returns.copy()
    returns[0, 50:], returns[1, :40] = np.nan, np.nan
    with pytest.raises(CalibrationError, match="A and B share 10 steps"):
        fit_correlation(Panel(market.assets, market.end, returns, 3600.0))
    with pytest.raises(CalibrationError, match="one asset has none"):
        fit_asynchronous_correlation(brownian(1)[:1])


def test_the_matrix_of_the_engine_is_found() -> None:
    (market,) = engine_market(paths=1, steps=20_000)
    assert correlation_matrix(fit_correlation(market)) == pytest.approx(CALM, abs=0.03)


def test_volatility_grows_with_the_root_of_time_or_the_test_says_no() -> None:
    (market,) = engine_market(paths=1, steps=8_000)
    assert fit_volatility(market, "A").goodness.p_value > 0.01
    returns = market.returns.copy()
    returns[0, 1:] += 0.3 * returns[0, :-1]
    moving = Panel(market.assets, market.end, returns, 3600.0)
    assert fit_volatility(moving, "A").goodness.p_value < 1e-6

"""Fits of real prices: figures that later versions have to find again."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import (
    CalibrationError,
    Panel,
    fit_asynchronous_correlation,
    fit_correlation,
    fit_garch,
    fit_regimes,
    fit_student_t,
    fit_volatility,
    panel_of,
)
from jaxrisk.data.prices import PriceSeries, read_prices


ASSETS = ("BTC", "ETH", "AAVE", "CRV", "LDO")
YEAR = (np.datetime64("2022-10-31"), np.datetime64("2023-10-31"))


def binance(shared_data: Path) -> list[PriceSeries]:
    folder = shared_data / "binance_1h_2021_2023"
    return [read_prices(folder / f"{name}USDT_1h.csv.gz")[0] for name in ASSETS]


def coingecko(shared_data: Path, *names: str) -> list[PriceSeries]:
    folder = shared_data / "coingecko_hourly_2021_2023"
    return [read_prices(folder / f"{name}_usd.csv.gz")[0] for name in names]


@pytest.fixture(scope="module")
def year(shared_data: Path) -> Panel:
    """The year to October 2023, hourly."""
    return panel_of(binance(shared_data), start=YEAR[0], end=YEAR[1])


def test_an_hour_without_a_candle_is_two_missing_returns(year: Panel) -> None:
    """Binance was closed on 24 March 2023, from 13:00 to 14:00."""
    assert year.window.observations == 8_758
    (at,) = np.flatnonzero(np.diff(year.end) > np.timedelta64(1, "h"))
    assert year.end[at] == np.datetime64("2023-03-24T13:00")
    assert year.end[at + 1] == np.datetime64("2023-03-24T16:00")


def test_volatilities_of_the_year(year: Panel) -> None:
    found = {name: fit_volatility(year, name) for name in ASSETS}
    values = [found[name]["volatility"] for name in ASSETS]
    assert values == pytest.approx([0.44, 0.51, 0.81, 0.98, 1.12], abs=0.01)
    assert 0.03 < found["ETH"].parameters["volatility"].error < 0.08
    assert found["ETH"].goodness.p_value > 0.01


def test_hourly_returns_have_two_to_four_degrees_together(year: Panel) -> None:
    fit = fit_student_t(year)
    assert 2 < fit["degrees_of_freedom"] < 3
    assert fit.parameters["degrees_of_freedom"].error < 0.3


def test_hourly_returns_of_ether_alone_have_no_variance(year: Panel) -> None:
    with pytest.raises(CalibrationError, match=r"ETH have 1\.9"):
        fit_student_t(year.of("ETH"))


def test_correlations_of_the_year(year: Panel) -> None:
    fit = fit_correlation(year)
    assert fit["correlation.BTC.ETH"] == pytest.approx(0.85, abs=0.02)
    assert fit["correlation.CRV.LDO"] == pytest.approx(0.53, abs=0.03)


def test_coingeckos_hourly_prices_look_less_correlated_than_they_are(
    shared_data: Path,
) -> None:
    series = coingecko(shared_data, "WETH", "WBTC", "stETH")
    fit = fit_asynchronous_correlation(series)
    assert fit.goodness.p_value < 1e-6
    assert fit["epps_bias.WETH.WBTC"] < -0.08
    # Binance's, of one clock and the same time, and a grid of four hours agree.
    end = series[0].time[-1]
    candles = panel_of(binance(shared_data)[:2], end=end)
    together = fit_correlation(candles)["correlation.BTC.ETH"]
    assert fit["correlation.WETH.WBTC"] == pytest.approx(together, abs=0.06)


def test_regimes_of_two_years(shared_data: Path) -> None:
    panel = panel_of(binance(shared_data), step_seconds=4 * 3600.0)
    fit = fit_regimes(panel)
    assert fit["volatility.ETH"] == pytest.approx(0.38, abs=0.03)
    assert fit["volatility_multiplier"] == pytest.approx(2.4, abs=0.2)
    assert 3 < fit["degrees_of_freedom"] < 4
    assert 40 < fit["enter_stress_per_year"] < 120
    assert 50 < fit["leave_stress_per_year"] < 150
    assert fit["stress.correlation.BTC.ETH"] > fit["correlation.BTC.ETH"]
    assert fit.bic < fit_student_t(panel).bic - 500


def test_regimes_do_not_catch_all_clustering_of_ether(shared_data: Path) -> None:
    panel = panel_of(binance(shared_data)[1:2], step_seconds=4 * 3600.0)
    garch = fit_garch(panel, "ETH")
    assert garch["alpha"] + garch["beta"] == pytest.approx(1, abs=1e-3)
    assert garch.bic < fit_regimes(panel).bic

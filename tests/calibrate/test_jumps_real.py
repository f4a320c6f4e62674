"""Real prices: fits are of the right order, and refuse what they cannot tell."""

from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import (
    CalibrationError,
    ExponentialStudentT,
    Historical,
    Panel,
    backtest,
    fit_common_jumps,
    fit_merton,
    fit_peg,
    local_scale,
    log_basis,
    panel_of,
)
from jaxrisk.data import check_prices, read_prices


def _panel(folder: Path, *assets: str, step_seconds: float) -> Panel:
    series = [
        read_prices(folder / "binance_1h_2021_2023" / f"{asset}USDT_1h.csv.gz")[0]
        for asset in assets
    ]
    return panel_of(series, step_seconds=step_seconds).complete()


def test_hourly_jumps_of_eth_imitate_swings_of_volatility(shared_data: Path) -> None:
    """Thousands a year, fewer once volatility may swing: and still refused."""
    eth = _panel(shared_data, "ETH", step_seconds=3600.0)
    plain = fit_merton(eth)
    local = fit_merton(eth, scale=local_scale(eth.returns))
    assert 1000 < plain["intensity"] < 5000
    assert local["intensity"] < 0.7 * plain["intensity"]
    assert local.log_likelihood > plain.log_likelihood + 500
    assert 0.005 < plain["sd"] < 0.03
    assert plain.goodness.p_value < 1e-6


def test_value_at_risk_of_eth_holds_with_swings_alone(shared_data: Path) -> None:
    """Four years of days from 2017: weighted volatility passes where history fails."""
    (eth,) = read_prices(
        shared_data / "binance_1h_2017_2021" / "Binance_ETHUSDT_1h.csv.gz"
    )
    (returns,) = panel_of([eth], step_seconds=86_400.0).complete().returns
    weighted = backtest(ExponentialStudentT(), returns)
    assert 800 < weighted[0].exceeded.size < 1100
    for one in weighted:
        assert one.coverage.p_value > 1e-3
        assert 0.4 * one.expected < one.exceeded.sum() < 2 * one.expected
    # The days of a sample are as likely again only if nothing changes.
    history = backtest(Historical(), returns)[0].value_at_risk
    assert np.ptp(weighted[0].value_at_risk) > 2 * np.ptp(history)


@pytest.mark.slow
def test_fat_tails_and_swings_leave_no_common_jumps_of_days(shared_data: Path) -> None:
    """A thousand days do not show a common source beside Student-t shocks."""
    days = _panel(shared_data, "ETH", "BTC", "AAVE", "CRV", step_seconds=86_400.0)
    scale = local_scale(days.returns, half_window=10)
    with pytest.raises(CalibrationError, match="a common source raises"):
        fit_common_jumps(days, scale=scale, degrees_of_freedom=4.0)


@pytest.mark.slow
def test_hours_of_stablecoins_do_not_tell_volatility(shared_data: Path) -> None:
    """What CoinGecko's hours of USDC show is noise, and steps that look like jumps."""
    folder = shared_data / "coingecko_hourly_2021_2023"
    (usdc,) = read_prices(folder / "USDC_usd.csv.gz")
    assert check_prices(usdc).ticks.size == 0
    time, basis = log_basis(usdc)
    year = slice(0, 8760)
    with pytest.raises(CalibrationError, match="is not told"):
        fit_peg(time[year], basis[year], subject=("USDC", "USD"))


@pytest.mark.slow
def test_medians_of_days_of_usdt_return_in_weeks(shared_data: Path) -> None:
    folder = shared_data / "coingecko_hourly_2021_2023"
    (usdt,) = read_prices(folder / "USDT_usd.csv.gz")
    time, basis = log_basis(usdt)
    day, place = np.unique(time.astype("datetime64[D]"), return_inverse=True)
    middle = np.array([np.median(basis[place == k]) for k in range(day.size)])
    fit = fit_peg(day.astype("datetime64[ns]"), middle, subject=("USDT", "USD"))
    speed = fit.parameters["speed"]
    assert 10 < speed.low < speed.value < speed.high < 60
    assert fit["volatility"] < 0.01
    assert 0.98 < fit["floor"] < 1

"""Real price files: read whole, alike between vendors, known oddities found."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import check_prices, read_prices


@pytest.mark.parametrize(
    ("folder", "known", "files"),
    [
        ("binance_1h_2017_2021", "cryptodatadownload", 2),
        ("binance_1h_2021_2023", "ticker_candles", 11),
        ("coingecko_hourly_2021_2023", "coingecko_symbols", 11),
    ],
)
def test_real_files_are_read_whole(
    shared_data: Path, folder: str, known: str, files: int
) -> None:
    paths = sorted((shared_data / folder).glob("*.csv.gz"))
    assert len(paths) == files
    for path in paths:
        (series,) = read_prices(path)
        rows = gzip.decompress(path.read_bytes()).strip().count(b"\n")
        assert series.source.format == known
        assert series.price.size + series.repeats.time.size == rows
        assert path.name.removeprefix("Binance_").startswith(series.asset)
        assert np.datetime64("2017-08-17") <= series.time[0]
        assert series.time[-1] < np.datetime64("2023-12-31")


def test_two_vendors_agree_on_the_price_of_bitcoin(shared_data: Path) -> None:
    """Candles are stamped at their opening: an hour later both tell the same price."""
    (candles,) = read_prices(shared_data / "binance_1h_2021_2023" / "BTCUSDT_1h.csv.gz")
    (points,) = read_prices(
        shared_data / "coingecko_hourly_2021_2023" / "WBTC_usd.csv.gz"
    )
    hour = np.timedelta64(1, "h")
    month = (points.time >= np.datetime64("2021-06-01")) & (
        points.time < np.datetime64("2021-07-01")
    )

    def misfit(delay: np.timedelta64) -> float:
        known = candles.time + delay
        at = np.searchsorted(known, points.time[month], side="right") - 1
        return float(np.std(np.log(points.price[month] / candles.price[at])))

    assert misfit(hour) < 0.7 * misfit(0 * hour)


def test_old_and_new_luna_are_two_assets(shared_data: Path) -> None:
    folder = shared_data / "binance_1h_2021_2023"
    (luna,) = read_prices(folder / "LUNAUSDT_1h.csv.gz")
    check = check_prices(luna)
    (at,) = check.breaks
    assert luna.time[at] == np.datetime64("2022-05-31T06:00")
    assert luna.place(int(at)) == "line 9667"
    for asset in ("BTC", "ETH", "AAVE", "BNB", "CRV", "LDO", "USDC", "WBTC"):
        (series,) = read_prices(folder / f"{asset}USDT_1h.csv.gz")
        assert check_prices(series).warnings() == ()


def test_the_bad_ticks_in_coingeckos_ust_are_found(shared_data: Path) -> None:
    """On 2022-03-25 UST stood at 0.09 USD for two rows; it lost its peg in May."""
    (ust,) = read_prices(shared_data / "coingecko_hourly_2021_2023" / "UST_usd.csv.gz")
    assert [ust.place(int(at)) for at in check_prices(ust).ticks] == [
        "line 2726",
        "line 2727",
    ]

"""Price files: every format is recognized, and its prices come out as they went in."""

import gzip
import json
import logging
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaxrisk.data import PRICE_FORMATS, DataError, check_prices, read_prices


START = 1_704_067_200  # 2024-01-01, [s]
TIMES = np.datetime64("2024-01-01", "ns") + np.arange(3) * np.timedelta64(1, "h")
PRICES = (2281.87, 2285.5, 2270.01)
ROWS = [(START + 3600 * hour, price) for hour, price in enumerate(PRICES)]
KLINES = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
    "taker_buy_volume,taker_buy_quote_volume,ignore\n"
)


def klines(scale: int) -> str:
    return "".join(
        f"{t * scale},1.0,9.0,1.0,{p},5.1,{(t + 3600) * scale - 1},7,8,9,10,0\n"
        for t, p in ROWS
    )


def dates(pattern: str) -> list[str]:
    return [pd.Timestamp(t, unit="s").strftime(pattern) for t, _ in ROWS]


DAYS = dates("%Y-%m-%d %H:%M:%S")
# Name of the file, format, asset, quote, text: each in the exact shape of its vendor.
EXAMPLES = {
    "defillama": (
        "chart.json",
        "defillama",
        ("ETH", "USD"),
        json.dumps(
            {
                "coins": {
                    "coingecko:ethereum": {
                        "symbol": "ETH",
                        "confidence": 0.99,
                        "prices": [{"timestamp": t, "price": p} for t, p in ROWS],
                    }
                }
            }
        ),
    ),
    "coingecko": (
        "ethereum_market_chart.json",
        "coingecko",
        ("ETHEREUM", "USD"),
        json.dumps(
            {
                "prices": [[t * 1000, p] for t, p in ROWS],
                "market_caps": [[t * 1000, 1e11] for t, _ in ROWS],
                "total_volumes": [[t * 1000, 1e9] for t, _ in ROWS],
            }
        ),
    ),
    "coingecko, symbols": (
        "stETH_usd.csv",
        "coingecko_symbols",
        ("stETH", "USD"),
        "symbol,timestamp,USD_price\n"
        + "\n".join(f"stETH,{t * 1000},{p}" for t, p in ROWS),
    ),
    "coingecko, site": (
        "eth-usd-max.csv",
        "coingecko_csv",
        ("ETH", "USD"),
        "snapped_at,price,market_cap,total_volume\n"
        + "".join(f"{day} UTC,{p},1.0,\n" for day, p in zip(DAYS, PRICES, strict=True)),
    ),
    "binance, spot, ms": (
        "ETHUSDT-1h-2024-01.csv",
        "binance",
        ("ETH", "USDT"),
        klines(1000),
    ),
    "binance, spot, us": (
        "ETHFDUSD-1h-2025-01.csv",
        "binance",
        ("ETH", "FDUSD"),
        klines(1_000_000),
    ),
    "binance, futures": (
        "ETHUSDT-1h-2024-01.csv",
        "binance",
        ("ETH", "USDT"),
        KLINES + klines(1000),
    ),
    "cryptodatadownload": (
        "Binance_ETHUSDT_1h.csv",
        "cryptodatadownload",
        ("ETH", "USDT"),
        "https://www.CryptoDataDownload.com\n"
        "unix,date,symbol,open,high,low,close,Volume ETH,Volume USDT,tradecount\n"
        f"{ROWS[2][0] * 1000},{DAYS[2]},ETH/USDT,1,9,1,{PRICES[2]},5,6,7\n"
        f"{ROWS[1][0]}.0,2024-01-01 01-AM,ETH/USDT,1,9,1,{PRICES[1]},5,6,NULL\n"
        f"{ROWS[0][0]}.0,2024-01-01 12-AM,ETH/USDT,1,9,1,{PRICES[0]},5,6,NULL\n",
    ),
    "candles with a ticker": (
        "any.csv",
        "ticker_candles",
        ("ETH", "USDT"),
        "date,open,high,low,close,volume,ticker\n"
        + "".join(
            f"{day},1,9,1,{p},5,ETHUSDT\n" for day, p in zip(DAYS, PRICES, strict=True)
        ),
    ),
    "kaiko": (
        "kaiko_cbse_eth-usd_1h.csv",
        "kaiko",
        ("ETH", "USD"),
        "".join(f"{t * 1000},1,9,1,{p},5\n" for t, p in ROWS)
        + f"{(START + 10800) * 1000},null,null,null,null,0\n",
    ),
    "ccxt": (
        "ETH-USDT.json",
        "ccxt",
        ("ETH", "USDT"),
        json.dumps([[t * 1000, 1, 9, 1, p, 5] for t, p in ROWS]),
    ),
    "plain, one price": (
        "weth.csv",
        "plain",
        ("WETH", "USD"),
        "time,price\n" + "".join(f"{t},{p}\n" for t, p in ROWS),
    ),
    "plain, dates": (
        "mine.csv",
        "plain",
        ("WETH", "USD"),
        "# from our own index\nDate,WETH\n"
        + "".join(
            f"{day},{p}\n"
            for day, p in zip(dates("%Y-%m-%dT%H:%M:%SZ"), PRICES, strict=True)
        ),
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_file_is_recognized_and_its_prices_are_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, example: str, packed: bool
) -> None:
    name, known, asset, text = EXAMPLES[example]
    path = tmp_path / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    with caplog.at_level(logging.INFO, "jaxrisk"):
        (series,) = read_prices(path)
    assert f"read as {known}" in caplog.text
    assert (series.source.format, series.asset, series.quote) == (known, *asset)
    assert series.time.dtype == np.dtype("datetime64[ns]")
    np.testing.assert_array_equal(series.time, TIMES)
    np.testing.assert_array_equal(series.price, PRICES)
    lines = text.split("\n")
    if series.column.has_lines:
        found = [lines[row - 1] for row in series.column.row]
        assert all(str(p) in line for p, line in zip(PRICES, found, strict=True))
    assert len(read_prices(path, known)) == 1


def test_every_format_has_an_example() -> None:
    assert {known for _, known, _, _ in EXAMPLES.values()} | {"parquet"} == set(
        PRICE_FORMATS
    )


def test_a_column_for_each_asset_gives_a_series_for_each(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        f"timestamp,WETH,LDO\r\n{START},2300,\r\n\r\n{START + 60},2301,1.5\r\n"
    )
    weth, ldo = read_prices(path)
    assert (weth.asset, ldo.asset) == ("WETH", "LDO")
    np.testing.assert_array_equal(weth.price, [2300, 2301])
    np.testing.assert_array_equal(ldo.price, [1.5])
    assert (weth.blanks, ldo.blanks) == (0, 1)
    assert ldo.place(0) == "line 4"


def test_symbols_of_one_file_are_kept_apart(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    rows = [f"{name},{t * 1000},{p}" for t, p in ROWS for name in ("WETH", "DAI")]
    path.write_text("symbol,timestamp,USD_price\n" + "\n".join(rows))
    series = read_prices(path)
    assert [one.asset for one in series] == ["WETH", "DAI"]
    assert [one.repeats.time.size for one in series] == [0, 0]
    assert series[1].column.row.tolist() == [3, 5, 7]


def test_of_rows_with_one_time_the_first_stays_and_the_others_are_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "weth.csv"
    hours = (2, 0, 1, 1, 0)
    rows = [f"{START + 3600 * h},{10 + n}" for n, h in enumerate(hours)]
    path.write_text("time,price\n" + "\n".join([*rows, f"{START},11"]))
    (series,) = read_prices(path)
    np.testing.assert_array_equal(series.time, TIMES)
    np.testing.assert_array_equal(series.price, [11, 12, 10])
    assert series.repeats.column.row.tolist() == [6, 7, 5]
    assert series.repeats.differs.tolist() == [True, False, True]


def test_parquet_gives_what_csv_gives(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="Parquet needs the extra 'data'")
    frame = pd.DataFrame({"WETH": PRICES, "LDO": [1.5, None, 1.6]}, index=TIMES)
    frame.to_parquet(tmp_path / "prices.parquet")
    weth, ldo = read_prices(tmp_path / "prices.parquet")
    np.testing.assert_array_equal(weth.time, TIMES)
    np.testing.assert_array_equal(weth.price, PRICES)
    assert (ldo.price.size, ldo.blanks, ldo.place(1)) == (2, 1, "LDO[2]")
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match="is damaged Parquet"):
        read_prices(tmp_path / "cut.parquet")


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(path: Path) -> None:
        raise ImportError("Unable to find a usable engine")

    monkeypatch.setattr(pd, "read_parquet", absent)
    (tmp_path / "prices.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataError, match=r"pip install 'jaxrisk\[data\]'"):
        read_prices(tmp_path / "prices.parquet")


def test_a_zip_is_read_as_it_comes_from_the_exchange(tmp_path: Path) -> None:
    path = tmp_path / "ETHUSDT-1h-2024-01.zip"
    with zipfile.ZipFile(path, "w") as folder:
        folder.writestr("ETHUSDT-1h-2024-01.csv", klines(1000))
    (series,) = read_prices(path)
    assert series.asset == "ETH"
    np.testing.assert_array_equal(series.price, PRICES)
    (tmp_path / "cut.zip").write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match="not a whole zip"):
        read_prices(tmp_path / "cut.zip")
    with zipfile.ZipFile(path, "a") as folder:
        folder.writestr("ETHUSDT-1h-2024-02.csv", klines(1000))
    with pytest.raises(DataError, match="is a zip of 2 files"):
        read_prices(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    example=st.sampled_from(sorted(EXAMPLES)),
    start=st.integers(0, 400),
    size=st.integers(0, 40),
    put=st.one_of(
        st.sampled_from(["", ",", '"', "\n", "null", "-", "[", "{}", "true", "1e400"]),
        st.text(max_size=4),
    ),
)
def test_a_file_changed_anywhere_is_read_or_refused_in_words(
    tmp_path: Path, example: str, start: int, size: int, put: str
) -> None:
    name, _, _, text = EXAMPLES[example]
    path = tmp_path / name
    changed = text[:start] + put + text[start + size :]
    path.write_bytes(changed.encode(errors="replace"))
    try:
        series = read_prices(path)
    except DataError:
        return
    for one in series:
        check_prices(one).warnings()
        assert np.all(np.isfinite(one.price) & (one.price > 0))
        assert np.all(np.diff(one.time) > np.timedelta64(0))

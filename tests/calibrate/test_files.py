"""Files of a calibration: named, cut, and refused where they would mislead."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, Choice, Files, read_files


START = np.datetime64("2023-01-01T00:00:00", "s")
HOUR = np.timedelta64(3600, "s")
BOOK = Path(__file__).resolve().parents[2] / "configs" / "aave_v3_ethereum_book.csv.gz"
TOKENS = {
    "WETH": ("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", 10**18),
    "WBTC": ("0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599", 10**8),
    "USDC": ("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 10**6),
    "USDT": ("0xdAC17F958D2ee523a2206206994597C13D831ec7", 10**6),
    "DAI": ("0x6B175474E89094C44Da98b954EedeAC495271d0F", 10**18),
}

Read = Callable[..., Files]


@pytest.fixture
def warnings() -> list[str]:
    """What `read_files` warned of."""
    return []


@pytest.fixture
def read(warnings: list[str]) -> Read:
    """Read files with a choice."""

    def read_with(*paths: Path, **choice: object) -> Files:
        chosen = Choice(**{"names": {}, **choice})  # pyright: ignore[reportArgumentType]
        return read_files(paths, chosen, warn=warnings.append)

    return read_with


def prices(path: Path, **columns: np.ndarray) -> Path:
    """A plain table of hourly prices."""
    rows = [",".join(["time", *columns])]
    for hour, values in enumerate(zip(*columns.values(), strict=True)):
        rows.append(
            ",".join([f"{START + hour * HOUR}Z", *(f"{v:.6g}" for v in values)])
        )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def wave(level: float = 1000.0, hours: int = 60) -> np.ndarray:
    """Prices that go up and down by a percent."""
    return level * (1 + 0.01 * np.sin(1.7 * np.arange(hours)))


def quotes(path: Path, *pairs: tuple[str, str]) -> Path:
    """One ladder of three sales for every pair of tokens."""
    rows = ["src,dst,in_amount,out_amount,price,price_impact,timestamp"]
    for sold, got in pairs:
        (source, unit), (target, other) = TOKENS[sold], TOKENS[got]
        for place, size in enumerate((1, 10, 100)):
            proceeds = size * 2000 * (1 - 1e-5 * size)
            rows.append(
                f"{source},{target},{size * unit},{round(proceeds * other)},"
                f"{proceeds / size},0.0,{1700439323 + place}"
            )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_prices_come_under_the_names_of_the_config(read: Read, tmp_path: Path) -> None:
    path = prices(tmp_path / "both.csv", ETH=wave(), LINK=wave(10.0))
    files = read(path, names={"ETH": "WETH"})
    assert [one.asset for one in files.prices] == ["WETH", "LINK"]
    assert files.prices[0].price == pytest.approx(wave(), rel=1e-5)
    (record,) = files.records
    assert (record.name, record.holds) == ("both.csv", "prices")
    assert len(record.sha256) == 64


def test_assets_that_are_not_chosen_are_left_out(read: Read, tmp_path: Path) -> None:
    path = prices(tmp_path / "both.csv", ETH=wave(), LINK=wave(10.0))
    files = read(path, names={"ETH": "WETH"}, assets=("WETH",))
    assert [one.asset for one in files.prices] == ["WETH"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"assets": ("WETHH",)}, "no file has asset WETHH. Known are ETH; correct"),
        ({"names": {"BTC": "WBTC"}}, "no file has symbol BTC. Known are ETH; correct"),
    ],
)
def test_a_name_that_is_in_no_file_is_refused(
    read: Read, tmp_path: Path, choice: dict[str, object], said: str
) -> None:
    with pytest.raises(CalibrationError, match=said):
        read(prices(tmp_path / "one.csv", ETH=wave()), **choice)


def test_the_window_cuts_both_ends(read: Read, tmp_path: Path) -> None:
    path = prices(tmp_path / "one.csv", ETH=wave())
    start, end = START + 10 * HOUR, START + 50 * HOUR
    (series,) = read(path, start=start, end=end).prices
    assert series.time[0] == start
    assert series.time[-1] == end
    assert series.price == pytest.approx(wave()[10:51], rel=1e-5)
    assert series.place(0) == "line 12"


def test_an_empty_window_is_refused(read: Read, tmp_path: Path) -> None:
    path = prices(tmp_path / "one.csv", ETH=wave())
    with pytest.raises(CalibrationError, match="ETH has 0 prices in the window"):
        read(path, start=START + 100 * HOUR)


def test_two_files_of_one_asset_are_refused(read: Read, tmp_path: Path) -> None:
    one = prices(tmp_path / "one.csv", ETH=wave())
    other = prices(tmp_path / "other.csv", WETH=wave())
    read(one, other)
    with pytest.raises(CalibrationError, match=r"other.csv and .*one.csv both give"):
        read(one, other, names={"ETH": "WETH"})


def test_two_assets_in_one_series_are_refused_but_for_one_side(
    read: Read, tmp_path: Path, warnings: list[str]
) -> None:
    both = np.concatenate([wave(1.0, 40), wave(500.0, 40)])
    path = prices(tmp_path / "luna.csv", LUNA=both)
    with pytest.raises(CalibrationError, match="LUNA seems to be two assets"):
        read(path)
    assert any("another asset" in warning for warning in warnings)
    (series,) = read(path, start=START + 40 * HOUR).prices
    assert series.price.min() > 400


@pytest.mark.parametrize("cut", [False, True])
def test_bad_ticks_are_told_and_cut_if_asked(
    read: Read, tmp_path: Path, warnings: list[str], cut: bool
) -> None:
    spoilt = wave()
    spoilt[30] *= 3
    files = read(prices(tmp_path / "one.csv", ETH=spoilt), cut_ticks=cut)
    (series,) = files.prices
    assert series.price.size == 60 - cut
    assert (series.price.max() > 2000) is not cut
    assert any("line 32" in warning for warning in warnings)


def test_there_is_one_ladder_an_asset_in_the_first_dollar(
    read: Read, tmp_path: Path
) -> None:
    pairs = [
        *(("WETH", "DAI"), ("WETH", "USDC"), ("WETH", "USDT")),
        *(("WBTC", "DAI"), ("WBTC", "USDT"), ("WETH", "WBTC"), ("USDT", "USDC")),
    ]
    path = quotes(tmp_path / "quotes.csv", *pairs)
    files = read(path)
    kept = {ladder.asset: ladder.quote for ladder in files.ladders}
    assert kept == {"WETH": "USDC", "WBTC": "USDT"}
    assert files.records[0].holds == "quotes"
    (only,) = read(path, names={"WETH": "ETH"}, assets=["ETH"]).ladders
    assert (only.asset, only.quote) == ("ETH", "USDC")


def test_a_file_of_another_kind_is_refused(read: Read) -> None:
    with pytest.raises(CalibrationError, match="no prices, quotes or options"):
        read(BOOK)

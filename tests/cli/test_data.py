"""`jaxrisk data check`: what it says, and how it ends."""

from pathlib import Path

from .conftest import Jaxrisk


HEADER = "date,open,high,low,close,volume,ticker\n"


def candles(path: Path, *closes: float) -> Path:
    rows = [
        f"2024-01-{day:02} 00:00:00,1,9,1,{close},5,ETHUSDT"
        for day, close in enumerate(closes, start=1)
    ]
    path.write_text(HEADER + "\n".join(rows))
    return path


def test_check_says_what_a_file_holds(jaxrisk: Jaxrisk, tmp_path: Path) -> None:
    said = jaxrisk("data", "check", str(candles(tmp_path / "e.csv", 1, 2, 3)))
    assert said.exit_code == 0
    assert "ticker_candles (recognized)" in said.stdout
    assert "3 prices (in USDT, taken as USD), 1 to 3" in said.stdout
    assert "2024-01-01 00:00 to 2024-01-03 00:00" in said.stdout
    assert "step     1 d (100 % of pauses)\n" in said.stdout
    assert said.stderr == ""


def test_check_warns_and_ends_well(jaxrisk: Jaxrisk, tmp_path: Path) -> None:
    path = candles(tmp_path / "e.csv", *[1.0] * 9, *[500.0] * 9)
    said = jaxrisk("data", "check", str(path))
    assert said.exit_code == 0
    assert (
        f"warning: {path}: ETH, line 11, 2024-01-10 00:00: 500 after 1" in said.stderr
    )


def test_one_unusable_file_ends_with_2_after_the_others_are_told(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    bad = candles(tmp_path / "bad.csv", 1, -2)
    good = candles(tmp_path / "good.csv", 1, 2)
    said = jaxrisk("data", "check", str(bad), str(good))
    assert said.exit_code == 2
    assert f"error: {bad}: line 3, column 'close': '-2' is not a price" in said.stderr
    assert str(good) in said.stdout


def test_a_format_can_be_forced_and_must_exist(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    path = str(candles(tmp_path / "e.csv", 1, 2))
    said = jaxrisk("data", "check", path, "--format", "plain")
    assert "plain (as asked)" in said.stdout
    said = jaxrisk("data", "check", path, "--format", "plian")
    assert said.exit_code == 2
    assert "Known: defillama" in said.stderr

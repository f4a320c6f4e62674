"""`jaxrisk data check`: what it says, and how it ends."""

import gzip
from pathlib import Path

import pytest

from jaxrisk.data import FILE_FORMATS
from tests.data import depth_files, option_files

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


OPTIONS = option_files.csv_text(
    [option_files.snapshot_row(quote) for quote in option_files.quotes()]
)
QUOTES = depth_files.oneinch(depth_files.QUOTES)


@pytest.mark.parametrize(
    ("text", "known", "told"),
    [
        (OPTIONS, "deribit_snapshot", "  BTC: 16 options (8 calls), 0 rows left out"),
        (QUOTES, "oneinch_quotes", "  WETH for USDC: 4 quotes in 2 ladders"),
        (
            depth_files.books(depth_files.book(), depth_files.book(seconds=1)),
            "tardis_book_snapshot",
            "  ETH for USDT: 10 quotes in 2 ladders, every 1 s",
        ),
    ],
)
def test_options_and_quotes_are_told_with_their_format(
    jaxrisk: Jaxrisk, tmp_path: Path, text: str, known: str, told: str
) -> None:
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    about = FILE_FORMATS[known].about
    for words, how in (((), "recognized"), (("--format", known), "as asked")):
        said = jaxrisk("data", "check", str(path), *words)
        assert said.exit_code == 0, said.stderr
        lines = said.stdout.splitlines()
        assert lines[:2] == [str(path), f"  format     {known} ({how}): {about}"]
        assert lines[2].startswith(told)
        assert all(line.startswith("    ") for line in lines[3:])


def test_another_format_than_that_of_the_file_is_refused(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    path = tmp_path / "options.csv"
    path.write_text(OPTIONS)
    said = jaxrisk("data", "check", str(path), "--format", "oneinch_quotes")
    assert said.exit_code == 2
    assert f"error: {path}: line 1: column 'src' is missing." in said.stderr
    assert said.stdout == ""


def test_a_broken_option_file_ends_with_2(jaxrisk: Jaxrisk, tmp_path: Path) -> None:
    row = option_files.snapshot_row(option_files.quotes()[0])
    path = tmp_path / "options.csv"
    path.write_text(option_files.csv_text([row | {"strike": -8000}]))
    said = jaxrisk("data", "check", str(path))
    assert said.exit_code == 2
    assert "line 2, column 'strike': '-8000' is not a strike above 0" in said.stderr
    path.write_text(OPTIONS[:-40])
    said = jaxrisk("data", "check", str(path))
    assert said.exit_code == 2
    assert "The file is cut off here" in said.stderr


def test_a_file_that_no_format_knows_is_told_what_was_tried(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    path = tmp_path / "users.csv"
    path.write_text("name,age\nAda,36\n")
    said = jaxrisk("data", "check", str(path))
    assert said.exit_code == 2
    assert (
        f"error: {path}: no known file of prices, positions, reserves, options or "
        "quotes starts with 'name,age Ada,36'. Name its format if it is one of "
    ) in said.stderr
    assert all(name in said.stderr for name in FILE_FORMATS)

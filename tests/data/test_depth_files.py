"""Files of quotes and books give ladders; bad ones a sentence that helps."""

import gzip
import logging
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import DataError
from jaxrisk.data.depth import Token, ladder_lines, read_depth

from . import bad_files
from .depth_files import BOOK_HEADER, HEADER, QUOTES, USDC, book, books, oneinch


def message(path: Path, text: str | bytes, known: str = "") -> str:
    return bad_files.message(path, text, read_depth, known)


def test_raw_amounts_are_scaled_and_sorted_into_ladders_by_time(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jaxrisk.data")
    path = tmp_path / "quotes.csv.gz"
    path.write_bytes(gzip.compress(oneinch(QUOTES).encode()))
    (ladder,) = read_depth(path)
    assert "read as oneinch_quotes" in caplog.text
    assert (ladder.asset, ladder.quote, ladder.ladders) == ("WETH", "USDC", 2)
    np.testing.assert_array_equal(ladder.ladder, [0, 0, 0, 1])
    np.testing.assert_array_equal(ladder.sold, [1, 10, 100, 2])
    np.testing.assert_array_equal(ladder.proceeds, [2000, 19990, 199_000, 4010])
    np.testing.assert_array_equal(ladder.mid, [2000, 2000, 2000, 2005])
    np.testing.assert_allclose(ladder.fall, [0, 0.0005, 0.005, 0], atol=1e-12)
    assert ladder.time[0] == np.datetime64("2023-11-20T00:15:23")
    lines = "\n".join(ladder_lines(ladder))
    assert "WETH for USDC: 4 quotes in 2 ladders, every 3.6e+03 s; 0 rows" in lines
    assert "100 WETH, 200,000 USDC, at a mean price 0.50% below the mid" in lines


def test_every_digit_of_a_raw_amount_counts(tmp_path: Path) -> None:
    """A type guessed from the column would be float64 before the scaling."""
    path = tmp_path / "quotes.csv"
    path.write_text(
        oneinch([("123456789012345678901234567", "1000000", "", 1700439323)])
    )
    (ladder,) = read_depth(path)
    assert ladder.sold[0] == 123456789.012345678901234567


def test_a_token_may_be_named_by_the_caller(tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    path.write_text(oneinch(QUOTES, f"0xabc,{USDC}"))
    (ladder,) = read_depth(path, tokens={"0xabc": Token("NEW", 18)})
    assert ladder.asset == "NEW"
    with pytest.raises(DataError, match=r"'price': '2000\.0' is not out_amount over"):
        read_depth(path, tokens={"0xabc": Token("NEW", 6)})


def test_selling_down_a_book_takes_one_bid_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    later = book(bid=1998, seconds=60, levels=3)
    path.write_text(books(later, book(), book(bid=2003, seconds=30)))
    (ladder,) = read_depth(path)
    assert (ladder.asset, ladder.quote) == ("ETH", "USDT")
    assert ladder.is_book
    assert (ladder.ladders, ladder.left_out) == (2, 1)  # the crossed book is no ladder
    np.testing.assert_array_equal(ladder.sold, [1, 3, 6, 10, 15, 1, 3, 6])
    np.testing.assert_array_equal(ladder.proceeds[:3], [1999, 5995, 11_986])
    np.testing.assert_array_equal(ladder.proceeds[5:], [1998, 5992, 11_980])
    np.testing.assert_array_equal(ladder.mid, [2000] * 5 + [1999.5] * 3)
    assert ladder.time[-1] - ladder.time[0] == np.timedelta64(60, "s")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, "0xdead", "column 'src': '0xdead' is an address whose decimals are not"),
        (2, "1.5", "'1.5' is no raw amount: a whole number above 0. Give raw amounts"),
        (2, "-1e18", "'-1e18' is no raw amount"),
        (2, '"1,000"', "'1,000' is not a number: it has a comma"),
        (3, "0", "column 'out_amount': '0' is no raw amount"),
        (3, "", "column 'out_amount': an empty cell is no raw amount"),
        (4, "-5", "column 'price': '-5' is not a price above 0"),
        (4, "0.0005", "column 'price': '0.0005' is not out_amount over in_amount, 19"),
        (6, "1700439323000", "'1700439323000' is a Unix time, and not in seconds"),
    ],
)
def test_a_bad_quote_is_named_with_line_column_and_value(
    tmp_path: Path, place: int, value: str, said: str
) -> None:
    lines = oneinch(QUOTES).splitlines()
    cells = lines[3].split(",")
    cells[place] = value
    lines[3] = ",".join(cells)
    text = message(tmp_path / "quotes.csv", "\n".join(lines))
    assert "line 4, column" in text
    assert said in text


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, "deribit", "'deribit' counts contracts, which are not coins"),
        (1, "ETHBTC", "'ETHBTC' is no pair in dollars"),
        (2, "1700439323000", "is a Unix time, and not in microseconds"),
        (7, "-3", "column 'bids[0].amount': '-3' is not a number above 0"),
        (6, "1,9", "has 25 fields"),
        (10, "1999.5", "'1999.0' is not above the next bids: levels are out of order"),
    ],
)
def test_a_bad_book_is_named_with_line_column_and_value(
    tmp_path: Path, place: int, value: str, said: str
) -> None:
    row = book()
    row[place] = value
    text = message(tmp_path / "books.csv", books(book(), row))
    assert "line 3" in text
    assert said in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (HEADER, "is empty: it has no quotes"),
        (BOOK_HEADER, "is empty: it has no quotes"),
        (oneinch(QUOTES)[:-30], "fields, the first row has 7. The file is cut off"),
        (gzip.compress(oneinch(QUOTES).encode())[:-9], "the gzip data end early"),
        ("time,price\n2020-06-01,1\n", "no known depth file starts with"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_says_so(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in message(tmp_path / "depth", text)


def test_a_format_that_does_not_fit_says_what_is_missing(tmp_path: Path) -> None:
    said = message(tmp_path / "depth", oneinch(QUOTES), "tardis_book_snapshot")
    assert "column 'exchange' is missing" in said
    with pytest.raises(ValueError, match="there is no depth format 'x'"):
        read_depth(tmp_path / "depth", "x")


def test_real_quotes_are_read_whole(shared_data: Path) -> None:
    ladders = read_depth(shared_data / "oneinch_quotes_2023" / "quotes.csv.gz")
    assert len(ladders) == 56
    assert sum(one.sold.size for one in ladders) == 19_278
    by_pair = {(one.asset, one.quote): one for one in ladders}
    ether = by_pair["WETH", "USDC"]
    assert (ether.ladders, ether.sold.size) == (17, 340)
    assert 1950 < ether.mid.min() < ether.mid.max() < 2060

"""Book files: what is written comes back; what is wrong is said."""

import dataclasses
import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaxrisk.data import BookLayout, DataError, read_book, write_book
from jaxrisk.lending._book import Book


LAYOUT = BookLayout(
    markets=("aave", "spark"),
    reserves=(("aave", "WETH"), ("aave", "USDC"), ("spark", "WETH"), ("spark", "DAI")),
    categories=(("aave", ""), ("aave", "ETH"), ("spark", "")),
)
HEADER = "account,market,e_mode,reserve,side,amount"
GOOD = (
    HEADER,
    "ann,aave,,WETH,collateral,12.5",
    "ann,aave,,USDC,debt,9000",
    "bob,aave,ETH,WETH,collateral,3",
    "cat,spark,,DAI,debt,1e-3",
)


def book_text(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows, f"# rows: {len(rows)}")) + "\n"


def write(folder: Path, text: str | bytes, name: str = "book.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def message(folder: Path, text: str | bytes, name: str = "book.csv") -> str:
    with pytest.raises(DataError) as caught:
        read_book(write(folder, text, name), LAYOUT)
    assert str(folder / name) in str(caught.value)
    return str(caught.value)


@st.composite
def book_fields(draw: st.DrawFn) -> dict[str, np.ndarray]:
    rows = draw(st.integers(1, 6))
    amount = st.floats(0, 1e12, allow_subnormal=False)
    category = draw(st.lists(st.integers(0, 2), min_size=rows, max_size=rows))
    market = np.asarray(category) // 2
    owner = np.asarray([0, 0, 1, 1])
    balances = np.asarray(
        draw(st.lists(amount, min_size=8 * rows, max_size=8 * rows))
    ).reshape(2, rows, 4) * (owner == market[:, None])
    balances[0, np.arange(rows), 2 * market] += 1
    members = draw(st.lists(st.integers(1, 9), min_size=rows, max_size=rows))
    wide = draw(st.integers(0, rows))
    width = draw(st.lists(st.floats(1e-3, 2), min_size=rows, max_size=rows))
    return {
        "account": np.asarray([f"né {number}" for number in range(rows)]),
        "spread": np.where(np.arange(rows) < wide, width, 0.0),
        "market": market.astype(np.int64),
        "category": np.asarray(category, np.int64),
        "members": np.asarray(members, float),
        "collateral": balances[0],
        "debt": balances[1],
    }


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fields=book_fields(), name=st.sampled_from(["book.csv", "book.csv.gz"]))
def test_what_is_written_is_read_back_bit_by_bit(
    tmp_path: Path, fields: dict[str, np.ndarray], name: str
) -> None:
    book = Book(**fields)
    path = tmp_path / name
    write_book(path, book, layout=LAYOUT, comments=("a comment, with a comma",))
    again, _ = read_book(path, LAYOUT)
    for field, values in dataclasses.asdict(book).items():
        np.testing.assert_array_equal(getattr(again, field), values, err_msg=field)
    first = path.read_bytes()
    write_book(path, book, layout=LAYOUT, comments=("a comment, with a comma",))
    assert path.read_bytes() == first


def test_rows_land_in_their_places_and_bare_debt_is_warned(tmp_path: Path) -> None:
    path = write(tmp_path, book_text(*GOOD[1:]).replace("\n", "\r\n"))
    book, warnings = read_book(path, LAYOUT)
    assert list(book.account) == ["ann", "bob", "cat"]
    assert list(book.market) == [0, 0, 1]
    assert list(book.category) == [0, 1, 2]
    assert book.collateral[0, 0] == 12.5
    assert book.debt[2, 3] == 1e-3
    assert len(warnings) == 1
    assert "'cat'" in warnings[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ann,aave,,WETHH,collateral,1", "column 'reserve'.*Did you mean 'WETH'"),
        ("ann,aave,,weth,collateral,1", "column 'reserve'.*Did you mean 'WETH'"),
        ("ann,aave,,DAI,collateral,1", "column 'reserve': 'DAI' is unknown"),
        ("ann,aavee,,WETH,collateral,1", "column 'market'.*Did you mean 'aave'"),
        ("ann,aave,ETHH,WETH,debt,1", "column 'e_mode'.*Did you mean 'ETH'"),
        ("ann,aave,,WETH,borrow,1", "column 'side': 'borrow' is unknown"),
        ("ann,aave,,WETH,debt,-1", "column 'amount': '-1' is not a number above 0"),
        ("ann,aave,,WETH,debt,0", "column 'amount'.*Remove the row"),
        ("ann,aave,,WETH,debt,nan", "column 'amount': 'nan'"),
        ("ann,aave,,WETH,debt,inf", "column 'amount': 'inf'"),
        ("ann,aave,,WETH,debt,1e999", "column 'amount': '1e999'"),
        ("ann,aave,,WETH,debt,", "column 'amount': ''"),
        ("ann,aave,,WETH,debt,$5", "column 'amount': '\\$5'"),
        (",aave,,WETH,debt,5", "column 'account': is empty"),
        ("ann,aave,,WETH,debt", "has 5 fields, the header has 6"),
        ("ann,aave,,WETH,collateral,1", "already has this balance in line 2"),
        ("ann,aave,ETH,WETH,debt,1", "account 'ann' has another e_mode in line 2"),
        ("ann,spark,,WETH,debt,1", "account 'ann' has another market in line 2"),
    ],
)
def test_a_wrong_row_is_named_with_its_line_its_value_and_a_remedy(
    tmp_path: Path, row: str, said: str
) -> None:
    text = book_text("ann,aave,,WETH,collateral,1", row)
    said_now = message(tmp_path, text)
    assert len(said_now.splitlines()) == 1
    assert "line 3" in said_now
    assert re.search(said, said_now)


def test_all_faults_are_listed_at_once_and_repeated_ones_counted(
    tmp_path: Path,
) -> None:
    rows = ["ann,aave,,WETHH,collateral,1"] * 30 + ["bob,aave,,USDC,debt,-5"]
    said = message(tmp_path, book_text(*rows))
    assert "line 2, column 'reserve': 'WETHH' is unknown (and in 29 more rows)" in said
    assert "line 32, column 'amount': '-5'" in said


def test_a_long_list_of_faults_is_cut_and_counted(tmp_path: Path) -> None:
    rows = [f"a{number},aave,,USDC,debt,-5" for number in range(50)]
    said = message(tmp_path, book_text(*rows))
    assert len(said.splitlines()) == 21
    assert said.endswith("and 30 more faults like these.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (HEADER + "\n# rows: 0\n", "is empty"),
        ("\n".join(GOOD) + "\n", "line 5: the file does not end with '# rows: N'"),
        ("\n".join((*GOOD, "# rows: 7")), "the file says '# rows: 7' and has 4 rows"),
        ("\n".join(GOOD)[:-13], "The file is cut off here"),
        (book_text(*GOOD[1:]).replace("side,", ""), "column 'side' is missing"),
        (book_text(*GOOD[1:]).replace("side", "sides"), "Did you mean 'side'"),
        (book_text(*GOOD[1:]).encode() + b"\xff\xfe", "line 7: byte 0xff is not UTF-8"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_says_so(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in message(tmp_path, text)


@pytest.mark.parametrize("kept", [3, 20, 40, -9, -1])
def test_a_gzip_file_with_bytes_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    whole = gzip.compress(book_text(*GOOD[1:]).encode())
    assert "cut off" in message(tmp_path, whole[:kept], "book.csv.gz")


def test_a_damaged_or_mistaken_gzip_file_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(book_text(*GOOD[1:]).encode()))
    whole[30] ^= 0xFF
    assert "is damaged" in message(tmp_path, bytes(whole), "book.csv.gz")
    assert "is not gzip" in message(tmp_path, book_text(*GOOD[1:]), "book.csv.gz")


def test_a_missing_file_is_an_error_in_the_users_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be read .*Check the path"):
        read_book(tmp_path / "absent.csv", LAYOUT)


def test_members_must_agree_in_all_rows_of_an_account(tmp_path: Path) -> None:
    rows = ("ann,aave,,WETH,collateral,1,5", "ann,aave,,USDC,debt,1,6")
    text = book_text(*rows, header=HEADER + ",members")
    assert "account 'ann' has another members in line 2" in message(tmp_path, text)


def test_a_name_that_csv_cannot_hold_is_not_written(tmp_path: Path) -> None:
    book, _ = read_book(write(tmp_path, book_text(*GOOD[1:])), LAYOUT)
    book = dataclasses.replace(book, account=np.asarray(["a,b", "bob", "cat"]))
    with pytest.raises(ValueError, match="cannot be written"):
        write_book(tmp_path / "out.csv", book, layout=LAYOUT)
    assert not (tmp_path / "out.csv").exists()


WIDE = HEADER + ",members,spread"


def test_rows_with_a_spread_come_first_whatever_their_order(tmp_path: Path) -> None:
    rows = ("ann,aave,,WETH,collateral,1,1,0", "bob,aave,,WETH,collateral,2,5,0.25")
    book, _ = read_book(write(tmp_path, book_text(*rows, header=WIDE)), LAYOUT)
    assert list(book.account) == ["bob", "ann"]
    assert list(book.spread) == [0.25, 0]
    assert list(book.members) == [5, 1]
    assert list(book.collateral[:, 0]) == [2, 1]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("bob,aave,,USDC,debt,1,5,-1", "'spread': '-1' is not a number of at least 0"),
        ("bob,aave,,USDC,debt,1,5,nan", "column 'spread': 'nan'"),
        ("bob,aave,,USDC,debt,1,0,0.5", "column 'members': '0' is not a number above"),
        ("ann,aave,,USDC,debt,1,5,0.6", "account 'ann' has another spread in line 2"),
        ("ann,aave,,USDC,debt,1,5", "has 7 fields, the header has 8"),
    ],
)
def test_a_wrong_spread_is_named(tmp_path: Path, row: str, said: str) -> None:
    text = book_text("ann,aave,,WETH,collateral,1,5,0.5", row, header=WIDE)
    said_now = message(tmp_path, text)
    assert len(said_now.splitlines()) == 1
    assert "line 3" in said_now
    assert said in said_now

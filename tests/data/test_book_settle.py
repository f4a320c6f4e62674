"""Which rows of a file are positions, and the book that they are."""

import json
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import DataError, read_book, read_positions, write_book
from jaxrisk.data.books import warnings_of

from .book_examples import (
    AAVE,
    DUNE,
    HELD,
    NEW,
    USDC,
    USER_RESERVES,
    balances,
    old_position,
    read,
    user_reserve,
)


def test_of_several_times_the_latest_counts(tmp_path: Path) -> None:
    later = DUNE + (
        "2023-08-01 00:00:00.000 UTC,0xaa,USDC,debt,0,0\n"
        "2023-07-01 00:00:00.000 UTC,0xaa,WETH,collateral,9,9\n"
    )
    positions = read(tmp_path, later, "dune.csv")
    assert balances(positions) == {("0xaa", "WETH", "collateral"): 1.2345678901234567}
    assert ("rows with a later row", 2) in [
        (one.reason, one.rows) for one in positions.left_out
    ]


def test_an_account_in_two_markets_is_one_in_each(tmp_path: Path) -> None:
    text = (
        "market,account,symbol,side,amount\n"
        "aave,0xaa,WETH,collateral,1\ncompound,0xaa,WETH,collateral,2\n"
        "aave,0xbb,WETH,collateral,3\n"
    )
    positions = read(tmp_path, text, "two.csv")
    assert positions.account == ("0xaa@aave", "0xaa@compound", "0xbb")
    assert positions.book().collateral.tolist() == [[1, 0], [0, 2], [3, 0]]


def test_positions_become_a_book_file_that_reads_back_bit_by_bit(
    tmp_path: Path,
) -> None:
    positions = read(tmp_path, AAVE, e_modes={"1": "ETH"})
    book = positions.book()
    path = tmp_path / "out.csv.gz"
    write_book(path, book, layout=positions.layout)
    back, warnings = read_book(path, positions.layout)
    assert warnings == ()
    np.testing.assert_array_equal(back.collateral, book.collateral)
    np.testing.assert_array_equal(back.debt, book.debt)
    np.testing.assert_array_equal(back.account, book.account)
    again = read_positions(path)
    assert again.origin.format == "jaxrisk"
    assert balances(again) == balances(positions)
    assert again.layout.categories == (("aave_v3", ""), ("aave_v3", "ETH"))


def test_names_that_a_config_does_not_have_are_listed_once(tmp_path: Path) -> None:
    positions = read(tmp_path, AAVE)
    layout = read(tmp_path, json.dumps(USER_RESERVES[3:4]), "one.json").layout
    with pytest.raises(DataError) as error:
        positions.book(layout)
    assert [fault.column for fault in error.value.faults] == [
        "data.userReserves[0].e_mode",
    ]
    assert "'1' is unknown (and in 1 more positions)" in str(error.value)


def test_debt_without_collateral_is_told(tmp_path: Path) -> None:
    records = [user_reserve("0xdd", "USDC", debt="1000000")]
    positions = read(tmp_path, json.dumps(records))
    assert positions.without("collateral") == 1
    assert "accounts owe without any collateral (the first is '0xdd')" in str(
        warnings_of(positions)
    )


def test_a_symbol_of_two_tokens_is_refused(tmp_path: Path) -> None:
    other = user_reserve("0xbb", "USDC", supply="1000000")
    other["reserve"]["underlyingAsset"] = USDC.replace("a0", "ff")
    with pytest.raises(DataError, match="is another token of USDC than"):
        read(tmp_path, json.dumps([USER_RESERVES[1], other]))
    mixed = [old_position(0, "LENDER", "WETH", HELD, used=True), NEW[0]]
    with pytest.raises(DataError, match="sides of two versions"):
        read(tmp_path, json.dumps({"positions": mixed}))


def test_supply_that_is_not_enabled_is_no_collateral_and_is_told(
    tmp_path: Path,
) -> None:
    positions = read(tmp_path, AAVE)
    left = {one.reason: one for one in positions.left_out}
    supply = left["supply that is not enabled as collateral"]
    assert (supply.rows, supply.amount) == (1, {"USDC": 5.0})
    assert left["zero balances"].rows == 1
    assert positions.accounts_gone == 1
    assert "1 rows are left out, supply" in warnings_of(positions)[0]
    assert positions.totals()["USDC"]["collateral"] == 0
    assert positions.dust == 1


@pytest.mark.parametrize("last", ["123456789012345678901", "123456789012345678902"])
def test_raw_amounts_of_a_table_are_compared_to_the_last_digit(
    tmp_path: Path, last: str
) -> None:
    """Both are one float64, and only one of them is the row before."""
    text = (
        "account,symbol,side,amount,decimals\n"
        "0xaa,WETH,collateral,123456789012345678901,18\n"
        f"0xaa,WETH,collateral,{last},18\n"
    )
    assert int(last) / 10**18 == 123456789012345678901 / 10**18
    if last.endswith("1"):
        positions = read(tmp_path, text, "raw.csv")
        assert [(one.reason, one.rows) for one in positions.left_out] == [
            ("rows that repeat another", 1)
        ]
    else:
        with pytest.raises(DataError, match="another amount of collateral in WETH"):
            read(tmp_path, text, "raw.csv")


def test_two_positions_of_an_account_may_differ_in_their_flags(tmp_path: Path) -> None:
    """With an id each they are parts, of which some are collateral."""
    parts = [
        old_position(0, "LENDER", "WETH", HELD, used=True),
        old_position(1, "LENDER", "WETH", HELD, used=False),
    ]
    positions = read(tmp_path, json.dumps({"positions": parts}))
    assert balances(positions) == {("0xaa", "WETH", "collateral"): 1.2345678901234567}

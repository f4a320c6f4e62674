"""Files of positions: recognized, exact, and the book that they are."""

import gzip
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jaxrisk.data import BOOK_FORMATS, read_positions
from jaxrisk.data.books import warnings_of

from .book_examples import (
    AAVE,
    AAVE_HEADER,
    DUNE,
    DUNE_COLUMNS,
    HELD,
    LIDO_V3,
    MESSARI_NEW,
    MESSARI_OLD,
    NEW,
    OLD,
    USER_RESERVES,
    balances,
    flattened,
    read,
    user_reserve,
)


ONE_LOAN = {
    ("0xaa", "WETH", "collateral"): 1.234567890123456789,
    ("0xaa", "USDC", "debt"): 1000.000001,
}


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("user_reserves.json", AAVE, "aave_v3"),
        ("bare.json", json.dumps(USER_RESERVES), "aave_v3"),
        (
            "pages.json",
            json.dumps(
                [
                    {"data": {"userReserves": USER_RESERVES[:2]}},
                    {"data": {"userReserves": USER_RESERVES[2:]}},
                ]
            ),
            "aave_v3",
        ),
        ("flat.csv", flattened(USER_RESERVES), "aave_v3"),
        ("quoted.csv", flattened(USER_RESERVES).replace("WETH", '"WETH"'), "aave_v3"),
        ("windows.csv", flattened(USER_RESERVES).replace("\n", "\r\n"), "aave_v3"),
        (
            "underscores.csv",
            flattened(USER_RESERVES).replace("user.id", "user_id", 1),
            "aave_v3",
        ),
        ("old.json", MESSARI_OLD, "messari"),
        ("new.json", MESSARI_NEW, "messari"),
    ],
)
def test_a_file_is_recognized_and_gives_its_loan(
    tmp_path: Path, name: str, text: str, known: str
) -> None:
    positions = read(tmp_path, text, name)
    assert positions.origin.format == known
    found = balances(positions)
    assert {key: found[key] for key in ONE_LOAN} == ONE_LOAN
    assert set(found) - set(ONE_LOAN) <= {("0xbb", "WETH", "collateral")}


@pytest.mark.parametrize(
    ("text", "version"), [(MESSARI_OLD, "2.0"), (MESSARI_NEW, "3")]
)
def test_the_version_of_a_messari_subgraph_is_told_and_its_supply_left_out(
    tmp_path: Path, text: str, version: str
) -> None:
    positions = read(tmp_path, text)
    assert f"{version} (" in positions.origin.about
    (supply,) = positions.left_out
    assert supply.amount == {"USDC": 7.0}
    assert positions.layout.markets == (
        ("aave_v3",) if text is MESSARI_NEW else ("lending",)
    )


def test_several_positions_of_one_market_add_up_and_one_counts_once(
    tmp_path: Path,
) -> None:
    text = json.dumps({"data": {"positions": [*NEW, NEW[2]]}})
    positions = read(tmp_path, text)
    assert balances(positions)["0xaa", "USDC", "debt"] == 1000.000001
    assert ("rows that repeat another", 1) in [
        (one.reason, one.rows) for one in positions.left_out
    ]


def test_input_tokens_may_be_a_list(tmp_path: Path) -> None:
    position = json.loads(json.dumps(OLD[0]))
    position["market"]["inputTokens"] = [position["market"].pop("inputToken")]
    positions = read(tmp_path, json.dumps({"data": {"positions": [position]}}))
    assert positions.totals()["WETH"]["collateral"] == int(HELD) / 10**18


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.integers(min_value=1, max_value=2**256 - 1),
    decimals=st.integers(min_value=0, max_value=36),
)
def test_a_raw_amount_is_the_float_that_is_nearest_to_the_exact_one(
    tmp_path: Path, raw: int, decimals: int
) -> None:
    row = f"0xaa,,T,{decimals},0x01,{raw},0,0,true\n"
    positions = read(tmp_path, AAVE_HEADER + row, "raw.csv")
    exact = Fraction(raw, 10**decimals)
    got = float(positions.amount[0])
    error = abs(Fraction(got) - exact)
    for near in (np.nextafter(got, 0), np.nextafter(got, np.inf)):
        assert error <= abs(Fraction(float(near)) - exact)


def test_two_debts_are_added_before_they_are_rounded(tmp_path: Path) -> None:
    """In float64 the sum of the halves would lose the 1: 2^53 + 1 + 1."""
    record = user_reserve("0xaa", "WETH", debt=str(2**53), stable="2")
    record["reserve"]["decimals"] = 0
    record["currentVariableDebt"] = str(2**53 + 1)
    record["currentStableDebt"] = "1"
    positions = read(tmp_path, json.dumps([record]))
    assert positions.amount.tolist() == [float(2**53 + 2)]


def test_dune_columns_may_have_any_name(tmp_path: Path) -> None:
    positions = read(tmp_path, DUNE, "dune.csv")
    assert positions.origin.format == "dune"
    assert balances(positions) == ONE_LOAN
    other = DUNE.replace("borrower", "wallet").replace("token_amount", "sum_of_x")
    columns = {"account": "wallet", "amount": "sum_of_x"}
    assert balances(read(tmp_path, other, "o.csv", columns=columns)) == ONE_LOAN
    named = read(tmp_path, DUNE, "d.csv", columns=DUNE_COLUMNS, market="aave_v3")
    assert named.layout.markets == ("aave_v3",)


def test_both_sides_may_be_columns_of_raw_amounts(tmp_path: Path) -> None:
    text = f"user,symbol,decimals,collateral,debt\n0xaa,WETH,18,{HELD},\n"
    text += "0xaa,USDC,6,,1000000001\n"
    assert balances(read(tmp_path, text, "wide.csv")) == ONE_LOAN


def test_an_amount_in_another_unit_is_noted_by_its_price(tmp_path: Path) -> None:
    rows = "".join(f"0x{k:02x},WETH,collateral,2.0,3600\n" for k in range(5))
    text = "account,symbol,side,amount,usd_amount\n" + rows
    assert warnings_of(read(tmp_path, text, "a.csv")) == ()
    text += "0xff,WETH,collateral,2e18,3600\n"
    (note,) = warnings_of(read(tmp_path, text, "b.csv"))
    assert note.startswith("line 7: 2e+18 WETH worth 3600 USD is more than 100 times")


def test_lido_columns_are_balances_and_what_none_explains_is_noted(
    tmp_path: Path,
) -> None:
    positions = read(tmp_path, LIDO_V3, "b2_v3.csv", e_modes={"1": "ETH"})
    assert balances(positions) == {
        ("0xaa", "wstETH", "collateral"): 10.0,
        ("0xaa", "cbETH", "collateral"): 1.0,
        ("0xaa", "USDC", "collateral"): 2600.0,
        ("0xaa", "WETH", "debt"): 1.0,
        ("0xaa", "USDC", "debt"): 1500.0,
    }
    assert positions.place[0].e_mode == "ETH"
    collateral, debt = positions.notes
    assert "700 USD, 2.9 % of all collateral" in collateral
    assert "14,000 USD, 81 % of all debt" in debt


def test_a_gzipped_file_is_read_and_a_format_can_be_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(flattened(USER_RESERVES).encode()))
    assert balances(read_positions(path, "aave_v3")) == balances(read(tmp_path, AAVE))
    with pytest.raises(ValueError, match="Did you mean 'aave_v3'"):
        read_positions(path, "aave_v4")
    with pytest.raises(ValueError, match="there is no field 'acount'"):
        read_positions(path, columns={"acount": "x"})
    assert set(BOOK_FORMATS) == {"jaxrisk", "aave_v3", "lido", "messari", "dune"}


def test_many_blocks_give_the_same_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [
        user_reserve(f"0x{number:04x}", "WETH", supply=str(number * 10**18))
        for number in range(1, 200)
    ]
    whole = read(tmp_path, flattened(records), "many.csv")
    monkeypatch.setattr("jaxrisk.data.books._csv.BLOCK", 700)
    monkeypatch.setattr("jaxrisk.data.books._csv.ROWS", 3)
    for text in (flattened(records), flattened(records).replace("WETH", '"WETH"')):
        parts = read(tmp_path, text, "parts.csv")
        np.testing.assert_array_equal(parts.row, np.arange(199) + 2)
        assert balances(parts) == balances(whole)

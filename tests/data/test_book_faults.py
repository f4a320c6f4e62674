"""Bad files of positions: refused with file, row, column, value and remedy."""

import gzip
import json
from pathlib import Path

import pytest

from jaxrisk.data import DataError, read_positions

from .bad_files import message
from .book_examples import (
    AAVE,
    DUNE,
    LIDO_V3,
    MESSARI_OLD,
    OLD,
    USER_RESERVES,
    flattened,
    user_reserve,
)


FLAT = flattened(USER_RESERVES)


def said(folder: Path, text: str | bytes, name: str, format: str = "") -> str:
    path = folder / name
    said = message(path, text, read_positions, format)
    return said.replace(f"{path}: ", "")


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("empty.csv", "", "is empty."),
        ("header.csv", FLAT.split("\n")[0] + "\n", "is empty: it has no position"),
        ("none.json", '{"data": {"userReserves": []}}', "is empty: it has no position"),
        ("zeros.json", json.dumps([user_reserve("0xa", "WETH")]), "is empty"),
        ("cut.json", AAVE[:-40], "the JSON ends early"),
        (
            "cut.csv",
            FLAT[:-40],
            "line 6: has 5 fields, the header has 9. The file is cut",
        ),
        (
            "latin.csv",
            FLAT.replace("0xbb", "0xb\u00e9").encode("latin1"),
            "byte 0xe9 is",
        ),
        ("gone.csv.gz", gzip.compress(FLAT.encode())[:-30], "is cut off: the gzip"),
        ("text.csv", "a,b\n1,2\n", "no known book starts with 'a,b 1,2'"),
        (
            "errors.json",
            '{"errors": [{"message": "indexing_error"}]}',
            "is an answer with errors: [{'message': 'indexing_error'}]",
        ),
        (
            "missing.csv",
            FLAT.replace("currentVariableDebt", "debts"),
            "line 1: column 'currentVariableDebt' is missing.",
        ),
        (
            "missing.json",
            AAVE.replace("currentVariableDebt", "debts", 1),
            "column 'data.userReserves[0].currentVariableDebt': is missing.",
        ),
        (
            "negative.csv",
            FLAT.replace(",900000000,", ",-900000000,"),
            "line 3, column 'currentVariableDebt': '-900000000' is below zero.",
        ),
        (
            "float.csv",
            FLAT.replace("1234567890123456789", "1.2345678901234568e+18"),
            "line 2, column 'currentATokenBalance': '1.2345678901234568e+18' is not a "
            "whole number.",
        ),
        (
            "comma.csv",
            FLAT.replace(",900000000,", ',"900,000,000",'),
            "line 3, column 'currentVariableDebt': '900,000,000' is not a number",
        ),
        (
            "commas.csv",
            FLAT.replace(",900000000,", ",900,000,000,"),
            "line 3: has 11 fields, the header has 9. Write numbers without thousands",
        ),
        (
            "huge.csv",
            FLAT.replace(",900000000,", f",{2**256},"),
            "is more than a token contract can hold",
        ),
        (
            "decimals.csv",
            FLAT.replace(",USDC,6,", ",USDC,six,"),
            "line 3, column 'reserve.decimals': 'six' is not a number of decimals",
        ),
        (
            "flag.csv",
            FLAT.replace("true", "yes"),
            "column 'usageAsCollateralEnabledOnUser': 'yes' is neither true nor false",
        ),
        (
            "unnamed.csv",
            FLAT.replace("0xbb", ""),
            "line 4, column 'account': is empty. Give the name of the account.",
        ),
        (
            "mode.csv",
            FLAT.replace("0xaa,1,USDC", "0xaa,2,USDC"),
            "line 3, column 'e_mode': account '0xaa' is in e-mode '2' here, and in '1'",
        ),
        (
            "twice.csv",
            FLAT + FLAT.split("\n")[1].replace("1234", "2234") + "\n",
            "line 7: account '0xaa' has another amount of collateral in WETH in line",
        ),
        (
            "wei.csv",
            FLAT + FLAT.split("\n")[1].replace("456789,", "456788,") + "\n",
            "line 7: account '0xaa' has another amount of collateral in WETH in line 2",
        ),
        (
            "flags.csv",
            FLAT + FLAT.split("\n")[1].replace("true", "false") + "\n",
            "line 7: account '0xaa' has this supply of WETH as collateral in line 2, ",
        ),
        (
            "flags.json",
            json.dumps(
                {"positions": [*OLD, {**OLD[0], "isCollateral": False}]},
            ),
            "column 'positions[3].isCollateral': '0xaa-0xc02aaa39b223fe8d0a0e5c4f27ead9"
            "083c756cc2-LENDER-0' was there before, with enabled 'true'.",
        ),
        (
            "null.json",
            MESSARI_OLD.replace("true", "null"),
            "column 'data.positions[0].isCollateral': does not say whether",
        ),
        (
            "side.json",
            MESSARI_OLD.replace("BORROWER", "SHORT"),
            "'SHORT' is no side of a position. Known: LENDER, COLLATERAL",
        ),
        (
            "page.json",
            MESSARI_OLD.replace('"balance": "7000000"', '"balance": "x"'),
            "column 'data.positions[1].balance': 'x' is not a number.",
        ),
        (
            "wrong.json",
            json.dumps({"userReserves": [*USER_RESERVES, "0xdd"]}),
            "column 'userReserves[5]': 0xdd is no object.",
        ),
        (
            "unit.csv",
            DUNE.replace("2023-07-30 14:54:59.000 UTC", "1690728899000"),
            "line 2, column 'block_time': '1690728899000' is a Unix time, and not in",
        ),
        (
            "day.csv",
            DUNE.replace(
                "2023-07-30 14:54:59.000 UTC,0xaa,USDC", "30/07/2023,0xaa,USDC"
            ),
            "line 3, column 'block_time': '30/07/2023' is no time",
        ),
        (
            "flow.csv",
            DUNE.replace("1000.000001", "-1000.000001"),
            "line 3, column 'token_amount': '-1000.000001' is below zero. These may be",
        ),
        (
            "nil.csv",
            DUNE.replace("1000.000001", ""),
            "line 3, column 'token_amount': an empty cell is not an amount.",
        ),
        (
            "under.csv",
            DUNE.replace("1000.000001", "1_000"),
            "line 3, column 'token_amount': '1_000' is not an amount.",
        ),
        (
            "sides.csv",
            DUNE.replace("collateral", "colateral"),
            "line 2, column 'side': 'colateral' is no side of a position. Did you mean",
        ),
        (
            "no_side.csv",
            DUNE.replace(",side,", ",what,"),
            "has neither columns amount and side, nor collateral and debt.",
        ),
        (
            "lido.csv",
            LIDO_V3.replace("1500000000.0", "-1.0"),
            "line 2, column 'usdc': '-1.0' is not a balance of at least 0.",
        ),
    ],
)
def test_a_bad_file_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str | bytes, sentence: str
) -> None:
    assert sentence in said(tmp_path, text, name)


def test_every_bad_row_is_in_the_report(tmp_path: Path) -> None:
    rows = "".join(
        f"0x{number:03x},,WETH,18,0x01,{'x' if number % 2 else 7},0,0,true\n"
        for number in range(100)
    )
    path = tmp_path / "bad.csv"
    path.write_text(FLAT.split("\n")[0] + "\n" + rows)
    with pytest.raises(DataError, match="and 30 more faults like these") as error:
        read_positions(path)
    lines = [fault.line for fault in error.value.faults]
    assert lines == [number + 2 for number in range(100) if number % 2]


def test_a_hopeless_file_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jaxrisk.data.books._csv.PATIENCE", 10)
    monkeypatch.setattr("jaxrisk.data.books._csv.BLOCK", 1000)
    rows = "0xaa,,WETH,18,0x01,x,0,0,true\n" * 1000
    path = tmp_path / "bad.csv"
    path.write_text(FLAT.split("\n")[0] + "\n" + rows)
    with pytest.raises(DataError) as error:
        read_positions(path)
    assert len(error.value.faults) < 50
    last = error.value.faults[-1].problem
    assert last == "has more than 10 faults; reading stopped here."


def test_a_format_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    assert "there is no list under 'positions'" in said(
        tmp_path, '{"a": 1}', "a.json", format="messari"
    )
    assert "is not CSV" in said(tmp_path, AAVE, "b.json", format="dune")
    assert "column 'amount' is missing" in said(tmp_path, DUNE, "c.csv", format="lido")


def test_a_file_that_ends_inside_quotes_is_cut(tmp_path: Path) -> None:
    text = FLAT.replace("WETH", '"WETH"')
    end = text.rindex('"WETH"') + 3
    assert "is not CSV: unexpected end of data" in said(tmp_path, text[:end], "q.csv")

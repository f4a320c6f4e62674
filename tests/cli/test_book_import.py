"""`jaxrisk book import` and `jaxrisk data reserves`: what they write and say."""

import json
from pathlib import Path

import pytest

from jaxrisk.config import load, load_book
from jaxrisk.config._yaml import read_tree
from jaxrisk.data import config_sections, read_positions, read_reserves

from .conftest import MINIMAL, Jaxrisk


DUNE = (
    "wallet,symbol,side,amount\n0xaa,WETH,collateral,2.5\n0xaa,USDC,debt,1000\n"
    "0xbb,WETH,collateral,4\n0xcc,USDC,debt,7\n"
)
REPORT = {
    "reserves": {
        "0x01": {
            "symbol": "WETH",
            "underlying": "0x01",
            "decimals": 18,
            "ltv": 8050,
            "liquidationThreshold": 8300,
            "liquidationBonus": 10500,
            "liquidationProtocolFee": 1000,
            "reserveFactor": 1500,
            "interestRateStrategy": "0x02",
            "oracleLatestAnswer": 181685499606,
            "oracleDecimals": 8,
            "eModeCategory": 1,
        }
    },
    "strategies": {
        "0x02": {
            "baseVariableBorrowRate": 0,
            "optimalUsageRatio": 8 * 10**26,
            "variableRateSlope1": 28 * 10**24,
            "variableRateSlope2": 8 * 10**26,
        }
    },
    "eModes": {
        "1": {
            "label": "ETH correlated",
            "ltv": 9000,
            "liquidationThreshold": 9300,
            "liquidationBonus": 10100,
        }
    },
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(DUNE)
    return path


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT))
    return path


def test_an_imported_book_is_the_book_of_a_config(
    jaxrisk: Jaxrisk, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "book.csv.gz"
    words = ("--columns", "account=wallet", "--market", "main", "--out", str(out))
    said = jaxrisk("book", "import", str(table), *words)
    assert said.exit_code == 0, said.stderr
    assert "dune (recognized)" in said.stdout
    assert "accounts   3, 1 without debt, 1 without collateral" in said.stdout
    assert "WETH                     6.500000                0.000000" in said.stdout
    assert "warning" in said.stderr
    assert "the first is '0xcc'" in said.stderr
    assert read_positions(out).layout.markets == ("main",)
    market = next(iter(load(MINIMAL).markets))
    words = ("--columns", "account=wallet", "--market", market, "--out", str(out))
    assert jaxrisk("book", "import", str(table), *words, "--force").exit_code == 0
    config = load(MINIMAL, ["book.accounts=null", f"book.file={json.dumps(str(out))}"])
    book = load_book(config)
    assert book.collateral.tolist() == [[2.5, 0], [4, 0], [0, 0]]
    assert book.debt.tolist() == [[0, 1000], [0, 0], [0, 7]]


def test_a_book_is_not_replaced_without_force(
    jaxrisk: Jaxrisk, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "book.csv"
    out.write_text("mine")
    words = ("book", "import", str(table), "--out", str(out))
    words = (*words, "--columns", "account=wallet")
    said = jaxrisk(*words)
    assert said.exit_code == 2
    assert "is there already" in said.stderr
    assert out.read_text() == "mine"
    assert jaxrisk(*words, "--force").exit_code == 0
    assert out.read_text().endswith("# rows: 4\n")
    again = jaxrisk("book", "import", str(out), "--out", str(tmp_path / "b.csv"))
    assert again.exit_code == 2
    assert "is a book of this package" in again.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--columns", "acount=wallet"), "there is no field 'acount'. Did you mean"),
        (("--columns", "account"), "'account' is no pair. Write NAME=VALUE."),
        (("--columns", "account=a,account=b"), "'account' is there twice"),
        (("--format", "dunes"), "there is no book format 'dunes'. Known: jaxrisk"),
        ((), "no known book starts with 'wallet,symbol,side,amount"),
        (("--format", "dune"), "Or name the column that it is: account=NAME."),
    ],
)
def test_a_mistake_ends_with_2_and_writes_nothing(
    jaxrisk: Jaxrisk,
    table: Path,
    tmp_path: Path,
    words: tuple[str, ...],
    sentence: str,
) -> None:
    out = tmp_path / "new" / "book.csv"
    said = jaxrisk("book", "import", str(table), "--out", str(out), *words)
    assert said.exit_code == 2
    assert sentence in said.stderr
    assert not out.parent.exists()


def test_check_tells_of_books_and_reserves(
    jaxrisk: Jaxrisk, table: Path, report: Path
) -> None:
    words = ("--columns", "account=wallet")
    said = jaxrisk("data", "check", str(table), str(report), *words)
    assert said.exit_code == 0, said.stderr
    assert "positions  4: 2 collateral, 2 debt" in said.stdout
    assert "aave_report (recognized)" in said.stdout
    assert "reserves   1, e-modes: 1 (ETH correlated)" in said.stdout
    said = jaxrisk("data", "check", str(report), "--format", "ui_pool")
    assert said.exit_code == 2
    assert "there is no list of reserves with names of fields" in said.stderr


def test_reserves_are_printed_as_the_sections_of_a_config(
    jaxrisk: Jaxrisk, report: Path, tmp_path: Path
) -> None:
    said = jaxrisk("data", "reserves", str(report), "--e-modes", "1=ETH")
    assert said.exit_code == 0, said.stderr
    written = tmp_path / "sections.yaml"
    written.write_text(said.stdout)
    wanted = config_sections(read_reserves(report), e_modes={"1": "ETH"})
    assert read_tree(written).plain() == wanted
    said = jaxrisk("data", "reserves", str(report), "--reserves", "WBTC")
    assert said.exit_code == 2
    assert "there is no reserve 'WBTC'" in said.stderr
    assert said.stdout == ""


def test_only_the_reserves_that_are_printed_are_warned_of(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    weth = REPORT["reserves"]["0x01"]
    other = weth | {"symbol": "WBTC", "interestRateStrategy": "0x09"}
    idle = other | {"symbol": "OLD", "isActive": False}
    path = tmp_path / "report.json"
    reserves = {"0x01": weth, "0x02": other, "0x03": idle}
    path.write_text(json.dumps(REPORT | {"reserves": reserves}))
    missing = f"{path}: WBTC: the file has no strategy 0x09; no rates."
    said = jaxrisk("data", "reserves", str(path))
    assert missing in said.stderr
    assert "OLD" not in said.stderr
    assert "OLD" in jaxrisk("data", "reserves", str(path), "--reserves", "OLD").stderr
    said = jaxrisk("data", "reserves", str(path), "--reserves", "WETH")
    assert said.exit_code == 0
    assert said.stderr == ""

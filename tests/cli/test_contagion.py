"""`jaxrisk contagion`."""

import csv
from pathlib import Path

import pytest

from .conftest import TINY, Jaxrisk


ENTITIES = (
    "obligations={entities: {fund: {cash_usd: 1e5, owes_usd: {maker: 5e5},"
    " hidden_usd: 5e4, hidden_log_sd: 1}, maker: {outside_usd: 6e5}}}"
)


def test_a_table_on_stdout_and_files_of_numbers_order_and_network(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    files = {name: tmp_path / name for name in ("found.csv", "who.csv", "net.svg")}
    said = jaxrisk(
        *("contagion", *TINY, "--seed", "3", "--fall", "0.3", "--level", "0.9"),
        *("--set", ENTITIES, "--out", str(files["found.csv"])),
        *("--order", str(files["who.csv"]), "--figure", str(files["net.svg"])),
    )
    assert said.exit_code == 0, said.stderr
    assert "An asset falls by 30% in the first step" in said.stdout
    assert "64 paths, seed 3, 3 runs" in said.stdout
    rows = list(csv.DictReader(files["found.csv"].read_text().splitlines()))
    assert [(row["market"], row["asset"]) for row in rows] == [
        ("aave_v3", "WETH"),
        ("aave_v3", "USDC"),
    ]
    volatile = rows[0]
    added = float(volatile["es_added"])
    assert added > 0
    ratio = added / (0.3 * float(volatile["collateral"]))
    assert float(volatile["coefficient"]) == pytest.approx(ratio, rel=1e-12)
    who = list(csv.DictReader(files["who.csv"].read_text().splitlines()))
    assert [row["who"] for row in who] == ["aave_v3", "fund", "maker"]
    # It owes what it cannot have; the other has all of it and a little less to spare.
    assert float(who[1]["fails"]) == 1
    for row in who:
        assert float(row["first_low"]) <= float(row["first"]) <= float(row["fails"])
    assert files["net.svg"].read_text().startswith("<svg")
    again = jaxrisk("contagion", *TINY, "--out", str(files["found.csv"]))
    assert again.exit_code == 2
    assert "is there already" in again.stderr


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--fall", "1"), "--fall 1: a price cannot fall by that"),
        (("--fall", "0"), "Give a share above 0 and below 1"),
        (("--level", "99"), "--level 99: a confidence level is a share"),
        (("--figure", "/nowhere/at/all.svg"), "does not exist"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk, words: tuple[str, ...], reason: str
) -> None:
    said = jaxrisk("contagion", *TINY, *words)
    assert said.exit_code == 2
    assert reason in said.stderr
    assert not said.stdout

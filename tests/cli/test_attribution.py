"""`jaxrisk attribution`."""

import csv
import json
from pathlib import Path

import pytest

from .conftest import TINY, Jaxrisk


def test_a_table_on_stdout_and_every_number_in_a_file(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    file = tmp_path / "found.csv"
    said = jaxrisk(
        "attribution", *TINY, "--seed", "3", "--out", str(file), "--log-json"
    )
    assert said.exit_code == 0, said.stderr
    assert "bad_debt_mean: expected bad debt" in said.stdout
    assert "Not in this config: dealers, perps." in said.stdout
    assert "64 paths, seed 3, 3 variants" in said.stdout
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 7 * 6
    found = {(row["measure"], row["mechanism"]): row for row in rows}
    liquidated = found["liquidated_mean", "liquidations"]
    assert float(liquidated["one_off"]) == float(liquidated["all_on"]) > 0
    absent = found["drawdown_mean", "dealers"]
    assert {float(absent[name]) for name in ("one_off", "one_off_se", "one_on")} == {0}
    assert found["price_sd", "price impact"]["one_on"] == ""
    events = [json.loads(line) for line in said.stderr.splitlines()]
    stages = [event for event in events if event["event"] == "progress"]
    assert stages[-1]["done"] == stages[-1]["total"] == 3 * 64
    again = jaxrisk("attribution", *TINY, "--out", str(file))
    assert again.exit_code == 2
    assert "is there already" in again.stderr
    assert not again.stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--asset", "DOGE"), "--asset DOGE: no such asset. Choose from"),
        (("--out", "/nowhere/at/all.csv"), "does not exist"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk, words: tuple[str, ...], reason: str
) -> None:
    said = jaxrisk("attribution", *TINY, *words)
    assert said.exit_code == 2
    assert reason in said.stderr
    assert not said.stdout

"""`jaxrisk profile`."""

import csv
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.config import load
from jaxrisk.risk import MOVES, system_profile
from jaxrisk.run import prepare

from .conftest import MINIMAL, Jaxrisk


def test_a_table_on_stdout_and_every_number_in_a_file(
    jaxrisk: Jaxrisk, tmp_path: Path
) -> None:
    file = tmp_path / "found.csv"
    said = jaxrisk("profile", MINIMAL, "--bump", "0.03", "--out", str(file))
    assert said.exit_code == 0, said.stderr
    lines = said.stdout.splitlines()
    assert lines[0].startswith("must be sold if WETH moves at once")
    assert lines[1].split() == ["move", "borrowers", "together"]
    assert "Sell nothing at any of these moves: dealers, perps." in said.stdout
    assert "differences over 0.03" in said.stdout
    # A line of each block has the same move: first the sales, then their slopes.
    assert sum(line.strip().startswith("-39.3 %") for line in lines) == 2
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == MOVES.size * 4
    expected = system_profile(prepare(load(MINIMAL)).system, 0, bump=0.03)
    borrowers = [row for row in rows if row["mechanism"] == "borrowers"]
    together = [row for row in rows if row["mechanism"] == "together"]
    flow = [float(row["flow_usd"]) for row in borrowers]
    np.testing.assert_array_equal(flow, expected.flow[0])
    assert max(flow) > 1e6
    bumped = [float(row["delta_bumps"]) for row in together]
    np.testing.assert_array_equal(bumped, expected.bumped.system_delta)
    assert {row["amplification_bumps"] for row in borrowers} == {""}
    again = jaxrisk("profile", MINIMAL, "--out", str(file))
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_collateral_of_dollars_can_be_asked_for(jaxrisk: Jaxrisk) -> None:
    said = jaxrisk("profile", MINIMAL, "--asset", "USDC")
    assert said.exit_code == 0, said.stderr
    assert said.stdout.startswith("must be sold if USDC moves at once")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--asset", "DOGE"), "--asset DOGE: no such asset. Choose from"),
        (("--out", "/nowhere/at/all.csv"), "does not exist"),
        (("--bump", "0"), "--bump"),
    ],
)
def test_a_mistake_is_told_before_anything_runs(
    jaxrisk: Jaxrisk, words: tuple[str, ...], reason: str
) -> None:
    said = jaxrisk("profile", MINIMAL, *words)
    assert said.exit_code == 2
    assert reason in said.stderr
    assert not said.stdout

"""`jaxrisk book compress`."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.config import layout_of, load
from jaxrisk.data import read_book, synthetic_book, write_book
from jaxrisk.data._aave_v3_ethereum import AAVE_V3_ETHEREUM
from jaxrisk.lending._exact_totals import exact_totals
from jaxrisk.run import prepare

from .conftest import MINIMAL, Jaxrisk


AAVE = str(Path(MINIMAL).with_name("aave_v3_ethereum.yaml"))
LATENCY = "keeper.latency_minutes=60"
QUICK = (
    *("--set", "horizon_days=1"),
    *("--set", "assets.WETH.volatility=3"),
    *("--set", "run.feedback_paths=0"),
)


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A synthetic book of 600 accounts."""
    path = tmp_path / "full.csv"
    layout = AAVE_V3_ETHEREUM.layout
    write_book(path, synthetic_book(5, 600), layout=layout, comments=["SYNTHETIC"])
    return path


def compressed(jaxrisk: Jaxrisk, full: Path, *more: str) -> tuple[Path, dict]:
    out = full.with_name("small.csv.gz")
    words = ("--cohorts", "40", "--book", str(full), "--out", str(out), *more)
    said = jaxrisk("book", "compress", AAVE, *words)
    assert said.exit_code == 0, said.stderr
    return out, json.loads(out.with_name("small.json").read_text())


@pytest.mark.parametrize(
    "change", ["book.cohort_health=spread", "book.cohort_health=mean", LATENCY]
)
def test_the_file_gives_the_cohorts_that_the_config_would_make(
    jaxrisk: Jaxrisk, full: Path, change: str
) -> None:
    out, _ = compressed(jaxrisk, full, "--check-paths", "0")
    own, _ = compressed(jaxrisk, full, "--check-paths", "0", "--set", change)
    made = prepare(load(AAVE, [change, f"book.file={full}", "book.cohorts=40"]))
    assert bool(made.book.spread.any()) == change.endswith("spread")
    for file in (out, own):
        read = prepare(load(AAVE, [change, f"book.file={file}", "book.cohorts=null"]))
        for name, values in dataclasses.asdict(made.book).items():
            np.testing.assert_array_equal(
                getattr(read.book, name), values, err_msg=name
            )


def test_totals_in_the_file_and_beside_it_are_those_of_the_book(
    jaxrisk: Jaxrisk, full: Path
) -> None:
    out, facts = compressed(jaxrisk, full, "--check-paths", "0")
    layout = layout_of(load(AAVE))
    before, after = (read_book(path, layout)[0] for path in (full, out))
    for side in ("collateral", "debt"):
        expected = exact_totals(getattr(before, side)).tolist()
        assert exact_totals(getattr(after, side)).tolist() == expected
        assert [total[side] for total in facts["totals"].values()] == expected
    assert facts["members"] == 600
    assert facts["check"] is None


@pytest.mark.slow
def test_errors_on_simulated_losses_are_measured_with_their_standard_errors(
    jaxrisk: Jaxrisk, full: Path
) -> None:
    _, facts = compressed(
        jaxrisk, full, "--check-paths", "128", "--paths", "3200", *QUICK
    )
    check = facts["check"]
    assert check["paths_with_cohorts"] == 3200
    assert 64 < check["paths_with_every_account"] <= 128
    for name, largest in (("liquidations", 0.1), ("bad_debt", 0.5), ("es99", 0.5)):
        assert 0 < abs(check[name]["relative_error"]) < largest
        assert 0 < check[name]["standard_error"] < largest


def test_a_book_with_fewer_borrowers_than_cohorts_has_no_error(
    jaxrisk: Jaxrisk, full: Path
) -> None:
    out = full.with_name("all.csv")
    words = ("--cohorts", "600", "--book", str(full), "--out", str(out))
    assert (
        jaxrisk("book", "compress", AAVE, *words, "--check-paths", "0").exit_code == 0
    )
    facts = json.loads(out.with_name("all.json").read_text())
    errors = [abs(error["largest_error"]) for error in facts["profile"].values()]
    assert max(errors) < 1e-12


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cohorts", "1"), "book.cohorts: cohorts (1) is too few for 2 categories"),
        (("--cohorts", "9", "--out", "small.txt"), "ends in .csv or .csv.gz"),
        (("--cohorts", "9", "--out", "full.csv"), "is the book itself"),
        (("--cohorts", "9", "--book", "absent.csv"), "there is no such file"),
    ],
)
def test_a_mistake_is_a_sentence_and_leaves_nothing(
    jaxrisk: Jaxrisk,
    full: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(full.parent)
    before = full.read_bytes()
    given = ("--book", "full.csv", "--out", "small.csv", "--check-paths", "0", *words)
    found = jaxrisk("book", "compress", AAVE, *given)
    assert found.exit_code == 2
    assert said in found.stderr
    assert [path.name for path in full.parent.iterdir()] == ["full.csv"]
    assert full.read_bytes() == before


def test_cohorts_are_not_compressed_again(jaxrisk: Jaxrisk, full: Path) -> None:
    out, _ = compressed(jaxrisk, full, "--check-paths", "0")
    words = (
        "--cohorts",
        "9",
        "--book",
        str(out),
        "--out",
        str(full.with_name("x.csv")),
    )
    said = jaxrisk("book", "compress", AAVE, *words)
    assert said.exit_code == 2
    assert "is of cohorts already" in said.stderr

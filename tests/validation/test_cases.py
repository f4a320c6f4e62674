"""The validation cases, and that they can fail."""

import dataclasses
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from jaxrisk.validate import CASES, Case, Verdict, as_records, format_rows, run_cases
from jaxrisk.validate._row import Check, SkipCase


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] if case.slow else [])
        for name, case in CASES.items()
    ],
)
def test_the_package_reproduces_the_known_numbers(name: str) -> None:
    # Monte Carlo rows allow three standard errors: a right engine fails a row once in
    # 370 seeds, and the seed is fixed.
    rows = run_cases([name])
    if all(row.verdict is Verdict.SKIP for row in rows):
        pytest.skip(rows[0].note)
    assert not [row for row in rows if row.failed], format_rows(rows)


@pytest.mark.parametrize("name", ["V14", "V15", "V16", "V19", "V21", "V23"])
def test_a_wrong_expected_value_fails(name: str) -> None:
    def tampered() -> Iterator[Check]:
        for check in CASES[name].run():
            wrong = check.expected * 1.01 + 0.01
            yield dataclasses.replace(check, expected=wrong)

    rows = run_cases([name], table={name: Case("tampered", tampered)})
    assert all(row.failed for row in rows if row.tolerance < 0.005 * abs(row.expected))
    assert any(row.failed for row in rows)


def test_a_monte_carlo_row_fails_beyond_three_standard_errors() -> None:
    right = Check("mean", 1.0, 1.029, 0.0, standard_error=0.01)
    assert right.passed
    assert not dataclasses.replace(right, measured=1.031).passed
    assert not dataclasses.replace(right, measured=math.nan).passed


def test_a_case_that_cannot_run_is_shown_as_skipped_and_not_as_passed() -> None:
    def absent() -> Iterator[Check]:
        raise SkipCase("real data is absent")
        yield

    (row,) = run_cases(table={"V17": Case("absent", absent)})
    assert row.verdict is Verdict.SKIP
    assert not row.passed
    assert not row.failed
    assert "0 passed, 0 failed, 1 skipped" in format_rows([row])


def test_an_absent_folder_skips_the_real_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAXRISK_DATA", str(tmp_path))
    (row,) = run_cases(["V17"])
    assert row.verdict is Verdict.SKIP
    assert "JAXRISK_DATA" in row.note


def test_an_unknown_case_names_the_nearest_one() -> None:
    with pytest.raises(
        ValueError, match=r"No validation case 'V144': did you mean V14\?"
    ):
        run_cases(["V144"])


def test_cases_run_in_the_order_of_the_table_whatever_the_order_of_names() -> None:
    names = [row.case for row in run_cases(["v16", "V14"])]
    assert names == sorted(names)
    assert set(names) == {"V14", "V16"}


def test_records_are_json_and_rows_name_every_column() -> None:
    rows = run_cases(["V14"])
    records = json.loads(json.dumps(as_records(rows), allow_nan=False))
    assert records[0]["verdict"] == "pass"
    assert {"case", "expected", "measured", "standard_error"} <= set(records[0])
    heading = format_rows(rows).splitlines()[0]
    assert heading.split()[:4] == ["case", "quantity", "expected", "measured"]

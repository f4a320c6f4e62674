"""Rows as text and as records."""

import dataclasses
import math
from collections.abc import Sequence

from ._row import Row, Verdict


_HEADINGS = (
    "case",
    "quantity",
    "expected",
    "measured",
    "se",
    "allowed",
    "verdict",
    "s",
)
_LEFT = {"case", "quantity", "verdict"}


def format_rows(rows: Sequence[Row]) -> str:
    """A table of the rows, their notes below it, and a closing line that counts."""
    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [
        max(len(line[column]) for line in cells) for column in range(len(_HEADINGS))
    ]
    lines = [
        "  ".join(
            cell.ljust(width) if heading in _LEFT else cell.rjust(width)
            for cell, width, heading in zip(line, widths, _HEADINGS, strict=True)
        ).rstrip()
        for line in cells
    ]
    notes = dict.fromkeys(f"{row.case}: {row.note}" for row in rows if row.note)
    return "\n".join([*lines, "", *notes, *([""] if notes else []), summary(rows)])


def summary(rows: Sequence[Row]) -> str:
    """How many rows passed, failed and were skipped."""
    count = {
        verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict
    }
    return (
        f"{count[Verdict.PASS]} passed, {count[Verdict.FAIL]} failed, "
        f"{count[Verdict.SKIP]} skipped; allowed: tolerance + 3 standard errors"
    )


def as_records(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Rows as plain dictionaries for JSON; what is not a number is None."""
    return [
        {name: _plain(value) for name, value in dataclasses.asdict(row).items()}
        for row in rows
    ]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.case,
        row.quantity,
        _number(row.expected),
        _number(row.measured),
        "-" if row.standard_error is None else f"{row.standard_error:.2g}",
        f"{row.tolerance:.2g}",
        row.verdict.value,
        f"{row.seconds:.1f}",
    )


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.7g}"


def _plain(value: object) -> object:
    if isinstance(value, Verdict):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

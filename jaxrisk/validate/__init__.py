"""Known numbers, beside what this package computes."""

from ._format import as_records, format_rows, summary
from ._row import Row, Verdict
from ._run import run_cases
from ._table import CASES, Case


__all__ = [
    "CASES",
    "Case",
    "Row",
    "Verdict",
    "as_records",
    "format_rows",
    "run_cases",
    "summary",
]

"""Run cases by name."""

import difflib
import time
from collections.abc import Mapping, Sequence

from ._row import Row, SkipCase, judge, skip
from ._table import CASES, Case


def run_cases(
    names: Sequence[str] | None = None, *, table: Mapping[str, Case] = CASES
) -> list[Row]:
    """Run validation cases, in the order of the table.

    Args:
        names: Numbers of cases, in any case of letters; all of them if None or empty.
        table: The cases to choose from.

    Returns:
        The rows of every case; a case that cannot run here has one row that says why.

    Raises:
        ValueError: If a name is not in the table.
    """
    wanted = {_known(name, table) for name in names or table}
    return [row for name in table if name in wanted for row in _rows(name, table[name])]


def _rows(name: str, case: Case) -> list[Row]:
    rows = []
    start = time.perf_counter()
    try:
        for check in case.run():
            now = time.perf_counter()
            rows.append(judge(name, check, seconds=now - start))
            start = now
    except SkipCase as reason:
        rows.append(skip(name, str(reason)))
    return rows


def _known(name: str, table: Mapping[str, Case]) -> str:
    if name.upper() in table:
        return name.upper()
    near = difflib.get_close_matches(name.upper(), table, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    raise ValueError(
        f"No validation case {name!r}: {hint}The cases are {', '.join(table)}."
    )

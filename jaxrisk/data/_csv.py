"""Some columns of a CSV file, and rows that are too short or too long."""

import csv
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Int64

from ._content import Content
from ._errors import SHOWN, Fault


def read_table(
    content: Content,
    places: Sequence[int],
    faults: list[Fault],
    *,
    as_text: bool = False,
) -> tuple[list[pd.Series], Int64[np.ndarray, " row"]]:
    """Some columns of a CSV file.

    Args:
        content: The file.
        places: Which columns, from 0.
        faults: Grows by the rows that have more or fewer fields than the first.
        as_text: Whether every cell stays the text that it is.

    Returns:
        The columns in the order of `places`, of numbers where every cell is one and of
        texts elsewhere; and the line of each row, from 1.
    """
    skipped = content.preamble + content.has_header
    nothing = [pd.Series(dtype=float) for _ in places], np.arange(0)
    ragged = _ragged(content)
    faults += ragged
    if ragged:
        return nothing
    try:
        frame = pd.read_csv(
            io.BytesIO(content.raw),
            names=list(range(len(content.header))),
            header=None,
            skiprows=skipped,
            usecols=sorted(set(places)),
            skip_blank_lines=False,
            low_memory=False,
            dtype=str if as_text else None,
        )
    except pd.errors.EmptyDataError:
        return nothing
    line = np.arange(len(frame)) + skipped + 1
    # A blank line is a row without a cell.
    filled = np.asarray(frame.notna()).any(axis=1)
    columns = [pd.Series(frame[place]) for place in places]
    if not filled.all():
        columns = [pd.Series(column[filled]) for column in columns]
    return columns, line[filled]


def _ragged(content: Content) -> list[Fault]:
    """Rows that have more or fewer fields than the first one."""
    fields = _fields_by_line(content.raw)
    fields[: content.preamble] = 0
    expected = len(content.header)
    rows = np.flatnonzero((fields != expected) & (fields > 0))
    last = int(np.flatnonzero(fields)[-1])
    faults = []
    for count, row in enumerate(rows[:SHOWN]):
        more = f" (the first of {rows.size:,})" if count == 0 and rows.size > 1 else ""
        problem = f"has {fields[row]} fields, the first row has {expected}{more}."
        remedy = "Write numbers without thousands separators, one row a line."
        if row == last and fields[row] < expected:
            remedy = "The file is cut off here: download it again."
        faults.append(Fault(int(row) + 1, "", problem, remedy))
    return faults


def _fields_by_line(raw: bytes) -> Int64[np.ndarray, " line"]:
    """Number of fields in each line; 0 for a blank one."""
    if b'"' in raw:
        lines = raw.decode().split("\n")
        return np.asarray([len(next(csv.reader([text]), [])) for text in lines])
    letters = np.frombuffer(raw.replace(b"\r\n", b"\n"), np.uint8)
    end = np.append(np.flatnonzero(letters == ord("\n")), letters.size)
    start = np.append(0, end[:-1] + 1)
    commas = np.flatnonzero(letters == ord(","))
    inside = np.searchsorted(commas, end) - np.searchsorted(commas, start)
    return np.where(end > start, inside + 1, 0)

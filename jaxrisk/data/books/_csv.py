"""Batches of a CSV file, few rows at a time: a book may have millions."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from .._errors import Fault, suggest
from ..prices._content import Content
from ._batch import Batch, Field


ROWS = 65_536  # of a batch
PATIENCE = 10_000  # faults after which nobody reads on


def csv_batches(
    content: Content, columns: Mapping[str, int], faults: list[Fault]
) -> Iterator[Batch]:
    """The rows of a CSV file.

    Args:
        content: The file.
        columns: Place of the column of each field.
        faults: Grows by rows that have more or fewer fields than the header.

    Yields:
        Batches with the cells of `columns`.
    """
    text = io.TextIOWrapper(io.BytesIO(content.raw), "utf-8", newline="")
    skipped = content.preamble + 1
    for _ in range(skipped):
        next(text)
    reader = csv.reader(text)
    names = {field: content.header[place] for field, place in columns.items()}
    while len(faults) < PATIENCE:
        try:
            rows = [(reader.line_num, row) for row in islice(reader, ROWS)]
        except csv.Error as error:
            line, problem = skipped + reader.line_num, f"is not CSV: {error}."
            faults.append(Fault(line, "", problem, "Save the file as plain CSV."))
            return
        if not rows:
            return
        good = _even(rows, len(content.header), skipped, faults)
        if not good:
            continue
        cells = list(zip(*(row for _, row in good), strict=True))
        yield Batch(
            cells={field: cells[place] for field, place in columns.items()},
            column=names,
            row=[line + skipped for line, _ in good],
        )
    problem = f"has more than {PATIENCE:,} faults; reading stopped here."
    faults.append(Fault(faults[-1].line, "", problem, "Mend those first."))


def columns_of(
    content: Content,
    fields: Sequence[Field],
    given: Mapping[str, str],
    faults: list[Fault],
) -> dict[str, int]:
    """Place of the column of each field that the file has.

    Args:
        content: The file.
        fields: What may be in it.
        given: Columns that the user names, by field.
        faults: Grows by the needed ones that it does not have.
    """
    found: dict[str, int] = {}
    for field in fields:
        named = field
        if field.name in given:
            named = Field(field.name, (given[field.name],))
        place = named.column_in(content.header)
        if place >= 0:
            found[field.name] = place
        elif named.needed:
            remedy = suggest(named.sources[0], content.header)
            if remedy.startswith("Known"):
                remedy += f" Name it with columns: {field.name}=NAME."
            problem = f"column '{named.sources[0]}' is missing."
            faults.append(Fault(content.preamble + 1, "", problem, remedy))
    return found


def _even(
    rows: list[tuple[int, list[str]]], width: int, skipped: int, faults: list[Fault]
) -> list[tuple[int, list[str]]]:
    """Rows with as many fields as the header; blank lines are passed over."""
    if {len(row) for _, row in rows} == {width}:
        return rows
    last = rows[-1][0]
    for line, row in rows:
        if row and len(row) != width:
            problem = f"has {len(row)} fields, the header has {width}."
            remedy = "Write numbers without thousands separators, one row a line."
            if line == last and len(rows) < ROWS and len(row) < width:
                remedy = "The file is cut off here: download it again."
            faults.append(Fault(line + skipped, "", problem, remedy))
    return [(line, row) for line, row in rows if len(row) == width]

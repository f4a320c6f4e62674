"""Batches of a CSV file, few rows at a time: a book may have millions."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from .._content import Content
from .._errors import Fault, suggest
from ._batch import Batch, Field


BLOCK = 1 << 22  # bytes of a batch
ROWS = 8192  # of a batch of a file with quotes
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
    start = 0
    for _ in range(content.preamble + 1):
        start = content.raw.find(b"\n", start) + 1 or len(content.raw)
    read = _quoted if b'"' in content.raw else _plain
    names = {field: content.header[place] for field, place in columns.items()}
    for cells, lines in read(content, start, faults):
        yield Batch(
            cells={field: cells[place] for field, place in columns.items()},
            column=names,
            row=lines,
        )
        if len(faults) >= PATIENCE:
            problem = f"has more than {PATIENCE:,} faults; reading stopped here."
            faults.append(Fault(lines[-1], "", problem, "Mend those first."))
            return


def _plain(
    content: Content, start: int, faults: list[Fault]
) -> Iterator[tuple[Sequence[Sequence[str]], Sequence[int]]]:
    """Columns and lines of a file without quotes, some megabytes at a time.

    A block whose lines have as many commas as the header is cut into cells at once: a
    list for each of millions of rows would take most of the time.
    """
    width, line = len(content.header), content.preamble + 2
    while start < len(content.raw):
        end = content.raw.find(b"\n", start + BLOCK) + 1 or len(content.raw)
        block = content.raw[start:end]
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        block = block.removesuffix(b"\n")
        text = block.decode()
        rows = text.count("\n") + 1
        if _is_even(block, width):
            cells = text.replace("\n", ",").split(",")
            yield (
                [cells[place::width] for place in range(width)],
                range(line, line + rows),
            )
        else:
            split = [
                (line + k, row.split(",")) for k, row in enumerate(text.split("\n"))
            ]
            is_last = end == len(content.raw)
            if good := _even(split, width, faults, is_last=is_last):
                yield (
                    list(zip(*(row for _, row in good), strict=True)),
                    [n for n, _ in good],
                )
        start, line = end, line + rows


def _quoted(
    content: Content, start: int, faults: list[Fault]
) -> Iterator[tuple[Sequence[Sequence[str]], Sequence[int]]]:
    """Columns and lines of any CSV file, in which a cell may have commas and lines."""
    width, skipped = len(content.header), content.preamble + 1
    text = io.TextIOWrapper(io.BytesIO(content.raw[start:]), "utf-8", newline="")
    reader = csv.reader(text, strict=True)
    while True:
        try:
            rows = [(reader.line_num + skipped, row) for row in islice(reader, ROWS)]
        except csv.Error as error:
            problem = f"is not CSV: {error}."
            remedy = "Save the file as plain CSV, or download it again."
            faults.append(Fault(skipped + reader.line_num, "", problem, remedy))
            return
        if not rows:
            return
        if good := _even(rows, width, faults, is_last=len(rows) < ROWS):
            yield (
                list(zip(*(row for _, row in good), strict=True)),
                [n for n, _ in good],
            )


def _is_even(block: bytes, width: int) -> bool:
    """Whether each line has as many commas as a row of `width` cells."""
    letters = np.frombuffer(block, np.uint8)
    ends = np.append(np.flatnonzero(letters == ord("\n")), letters.size)
    commas = np.searchsorted(np.flatnonzero(letters == ord(",")), ends)
    return bool(np.all(np.diff(commas, prepend=0) == width - 1))


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
            remedy += f" Or name the column that it is: {field.name}=NAME."
            problem = f"column '{named.sources[0]}' is missing."
            faults.append(Fault(content.preamble + 1, "", problem, remedy))
    return found


def _even(
    rows: list[tuple[int, list[str]]],
    width: int,
    faults: list[Fault],
    *,
    is_last: bool,
) -> list[tuple[int, list[str]]]:
    """Rows with as many cells as the header; blank lines are passed over."""
    last = max((line for line, row in rows if row and row != [""]), default=0)
    for line, row in rows:
        if len(row) != width and row and row != [""]:
            problem = f"has {len(row)} fields, the header has {width}."
            remedy = "Write numbers without thousands separators, one row a line."
            if is_last and line == last and len(row) < width:
                remedy = "The file is cut off here: download it again."
            faults.append(Fault(line, "", problem, remedy))
    return [(line, row) for line, row in rows if len(row) == width]

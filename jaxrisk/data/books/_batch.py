"""Rows of a file, column by column, as the texts that stand there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int64

from .._errors import Fault


@dataclass(frozen=True)
class Field:
    """Something that a format gives of each row.

    Attributes:
        name: What it is called here.
        sources: Where it may stand, as paths in a JSON record, the first that is there
            counts; columns of a flattened CSV are compared with these without case and
            punctuation, so that `user.id`, `user_id` and `userId` are one.
        needed: Whether a file without it is refused.
    """

    name: str
    sources: tuple[str, ...]
    needed: bool = True

    def column_in(self, header: Sequence[str]) -> int:
        """Place of the column that has this field; -1 if none has."""
        names = [plain(name) for name in header]
        for source in self.sources:
            if plain(source) in names:
                return names.index(plain(source))
        return -1


def plain(name: str) -> str:
    """A name without case and punctuation."""
    return re.sub(r"[\W_]+", "", name).casefold()


@dataclass(frozen=True)
class Batch:
    """Some rows of a file.

    Attributes:
        cells: Texts of each field; a field that the file does not have is absent.
        column: Name of the column of each field, or its path in a JSON record.
        row: Line of the file, from 1, or place in the list, from 0, of each row.
        at: Path of a JSON record, `{row}` for its place; empty if rows are lines.
    """

    cells: Mapping[str, Sequence[str]]
    column: Mapping[str, str]
    row: Sequence[int]
    at: str = ""

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.row)

    def texts(self, field: str) -> Sequence[str]:
        """The cells of a field; blanks if the file does not have it."""
        return self.cells.get(field) or [""] * len(self)

    def kinds(self, fields: Sequence[str]) -> tuple["Batch", Int64[np.ndarray, " row"]]:
        """One row of each kind, and the kind of every row.

        Rows are of one kind if these fields are equal. There are few kinds, so that
        what only depends on them is found once and not for every row.
        """
        columns = [self.texts(field) for field in fields]
        numbers: dict[tuple[str, ...], int] = {}
        kind = [
            numbers.setdefault(key, len(numbers)) for key in zip(*columns, strict=True)
        ]
        kinds = np.array(kind, np.int64)
        _, first = np.unique(kinds, return_index=True)
        rows = first.tolist()
        cells = {
            field: [texts[row] for row in rows] for field, texts in self.cells.items()
        }
        return replace(self, cells=cells, row=[self.row[row] for row in rows]), kinds

    def fault(self, index: int, field: str, problem: str, remedy: str) -> Fault:
        """What is wrong with one cell, with its place."""
        line, column = place_in(self.at, self.row[index], self.column.get(field, field))
        return Fault(line, column, problem, remedy)


def place_in(at: str, row: int, column: str) -> tuple[int, str]:
    """Line (0 if the file has none) and column of a cell, for messages."""
    if not at:
        return row, column
    return 0, f"{at.replace('{row}', str(row))}.{column}".removesuffix(".")

"""Where the numbers of a file come from: the file, its format, and the place in it."""

import enum
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int64


class Stamp(enum.StrEnum):
    """What the time of a row is."""

    INSTANT = "the time of the price"
    OPENING = "the opening of the candle, whose closing price it is"


@dataclass(frozen=True)
class Source:
    """A file, and what its times are.

    Attributes:
        path: The file.
        format: Name of its format, as `format=` takes it.
        stamp: What the times of the file are.
    """

    path: Path
    format: str
    stamp: Stamp = Stamp.INSTANT


@dataclass(frozen=True)
class Column:
    """Where in the file numbers stand, so that each can be found again.

    Attributes:
        name: Name of the column, or path in the document; `{row}` stands for the row
            where a file has no lines.
        row: Line of the file, from 1, or place in the list, from 0, of each number.
    """

    name: str
    row: Int64[np.ndarray, " row"]

    @property
    def has_lines(self) -> bool:
        """Whether `row` counts lines."""
        return "{row}" not in self.name

    def place(self, index: int) -> tuple[int, str]:
        """Line (0 if there are none) and column of a number."""
        row = int(self.row[index])
        if self.has_lines:
            return row, self.name
        return 0, self.name.replace("{row}", str(row))

    def taken(self, index: Int64[np.ndarray, " taken"]) -> "Column":
        """The same column with some rows, in the order of `index`."""
        return Column(self.name, self.row[index])

"""Prices of one asset, as a file gives them."""

import enum
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float64, Int64, Shaped


# What jaxtyping has no name for: datetime64[ns], UTC.
Times = Shaped[np.ndarray, " price"]


class Stamp(enum.StrEnum):
    """What the time of a row is."""

    INSTANT = "the time of the price"
    OPENING = "the opening of the candle, whose closing price it is"


@dataclass(frozen=True)
class Source:
    """Where prices come from.

    Attributes:
        path: The file.
        format: Name of its format, as `read_prices` takes it.
        stamp: What the times of the file are.
    """

    path: Path
    format: str
    stamp: Stamp = Stamp.INSTANT


@dataclass(frozen=True)
class Column:
    """Where in the file the prices stand, so that each can be found again.

    Attributes:
        name: Name of the column, or path in the document; `{row}` stands for the row
            where a file has no lines.
        row: Line of the file, from 1, or place in the list, from 0, of each price.
    """

    name: str
    row: Int64[np.ndarray, " row"]

    @property
    def has_lines(self) -> bool:
        """Whether `row` counts lines."""
        return "{row}" not in self.name

    def place(self, index: int) -> tuple[int, str]:
        """Line (0 if there are none) and column of a price."""
        row = int(self.row[index])
        if self.has_lines:
            return row, self.name
        return 0, self.name.replace("{row}", str(row))

    def taken(self, index: Int64[np.ndarray, " taken"]) -> "Column":
        """The same column with some rows, in the order of `index`."""
        return Column(self.name, self.row[index])


@dataclass(frozen=True)
class Repeats:
    """Rows whose time an earlier row of the file has; they are left out of a series.

    Attributes:
        column: Where they stand.
        time: Their times.
        price: Their prices [USD].
        differs: Whether the earlier row has another price.
    """

    column: Column
    time: Times
    price: Float64[np.ndarray, " price"]
    differs: Bool[np.ndarray, " price"]


@dataclass(frozen=True)
class PriceSeries:
    """Closing prices of one asset, at increasing times.

    Attributes:
        asset: Symbol, as the file or its name gives it.
        quote: What the prices are in: USD, or a stablecoin that is taken for it.
        source: The file, its format, and what its times are.
        time: Times, UTC, datetime64[ns], increasing.
        price: Closing prices [USD].
        column: Where in the file each price stands.
        repeats: Rows left out because their time was there before.
        blanks: Cells without a price, left out too.
    """

    asset: str
    quote: str
    source: Source
    time: Times
    price: Float64[np.ndarray, " price"]
    column: Column
    repeats: Repeats
    blanks: int

    def place(self, index: int) -> str:
        """Where in the file a price stands, for messages."""
        line, column = self.column.place(index)
        return f"line {line}" if line else column


def series_of(
    asset: tuple[str, str],
    source: Source,
    *,
    time: Int64[np.ndarray, " row"],
    price: Float64[np.ndarray, " row"],
    column: Column,
) -> PriceSeries:
    """Sort the rows of a file by time, each time once; of equal times the first row.

    Args:
        asset: Symbol and quote.
        source: The file.
        time: Nanoseconds since 1970, UTC.
        price: Closing prices [USD]; NaN where a cell is blank.
        column: Where the rows stand.
    """
    filled = np.flatnonzero(~np.isnan(price))
    order = filled[np.argsort(time[filled], kind="stable")]
    is_first = np.diff(time[order], prepend=-1) != 0
    first, again = order[is_first], order[~is_first]
    earlier = first[np.cumsum(is_first)[~is_first] - 1]
    return PriceSeries(
        asset=asset[0],
        quote=asset[1],
        source=source,
        time=time[first].view("datetime64[ns]"),
        price=price[first],
        column=column.taken(first),
        repeats=Repeats(
            column=column.taken(again),
            time=time[again].view("datetime64[ns]"),
            price=price[again],
            differs=price[again] != price[earlier],
        ),
        blanks=int(price.size - filled.size),
    )

"""Prices of one asset, as a file gives them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64, Shaped

from .._source import Column, Source


# What jaxtyping has no name for: datetime64[ns], UTC.
Times = Shaped[np.ndarray, " price"]


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

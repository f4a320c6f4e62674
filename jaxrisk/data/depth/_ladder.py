"""Quotes of one pair: ladders of sales, small to large, each at one time."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64, Shaped

from .._clock import clock
from .._source import Source


# What jaxtyping has no name for: datetime64[ns], UTC.
Times = Shaped[np.ndarray, " quote"]
Values = Float64[np.ndarray, " quote"]


@dataclass(frozen=True)
class QuoteLadder:
    """Sales of one asset for another, by ladder and size.

    Attributes:
        asset: Symbol of what is sold.
        quote: Symbol of what it is sold for.
        source: The file and its format.
        ladder: Number of the ladder: quotes asked together, or one book; from 0.
        time: Time of each quote, UTC, datetime64[ns].
        sold: Amounts sold [token].
        proceeds: What each whole sale brings [quote token].
        mid: Price of the ladder that sales are measured against [quote token/token]:
            the mid of a book; of quotes alone, the best mean price among them.
        is_book: Whether a ladder is all bids of a book, and not sizes that were asked.
        left_out: Rows of the file without a ladder, such as crossed books.
    """

    asset: str
    quote: str
    source: Source
    ladder: Int64[np.ndarray, " quote"]
    time: Times
    sold: Values
    proceeds: Values
    mid: Values
    is_book: bool = False
    left_out: int = 0

    @property
    def ladders(self) -> int:
        """Number of ladders."""
        return int(np.count_nonzero(np.diff(self.ladder, prepend=-1)))

    @property
    def worth(self) -> Values:
        """Amounts sold, at the mid [quote token]."""
        return self.sold * self.mid

    @property
    def fall(self) -> Values:
        """How far the mean price of each sale is below the mid [ratio]."""
        return 1 - self.proceeds / self.worth


def ladder_lines(ladder: QuoteLadder) -> list[str]:
    """What a person should know of the ladders of a pair, a line each."""
    largest = int(np.argmax(ladder.worth))
    span = (ladder.time[-1] - ladder.time[0]) / np.timedelta64(1, "h")
    pauses = np.diff(ladder.time[np.flatnonzero(np.diff(ladder.ladder, prepend=-1))])
    every = "" if not pauses.size else f", every {_seconds(np.median(pauses)):,.3g} s"
    return [
        f"{ladder.asset} for {ladder.quote}: {ladder.sold.size:,} quotes in "
        f"{ladder.ladders:,} ladders{every}; {ladder.left_out:,} rows left out",
        f"range     {clock(ladder.time[0])} to {clock(ladder.time[-1])}, {span:.3g} h",
        f"mid       {ladder.mid.min():,.6g} to {ladder.mid.max():,.6g} {ladder.quote}",
        f"sizes     {ladder.sold.min():,.3g} to {ladder.sold.max():,.6g} "
        f"{ladder.asset}",
        f"last      {ladder.sold[largest]:,.6g} {ladder.asset}, "
        f"{ladder.worth[largest]:,.0f} {ladder.quote}, at a mean price "
        f"{ladder.fall[largest]:.2%} below the mid; nothing is known beyond",
    ]


def _seconds(pause: np.timedelta64) -> float:
    return float(pause / np.timedelta64(1, "s"))

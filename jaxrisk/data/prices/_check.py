"""What a person should know of a price series before using it."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int64

from .._clock import clock, duration
from ._breaks import identity_breaks
from ._series import PriceSeries
from ._ticks import bad_ticks


GAP = 1.5  # steps; more time than that between two prices is a gap
SHOWN = 10  # warnings of one kind; the rest are counted


@dataclass(frozen=True)
class PriceCheck:
    """Findings in one series; places are into its prices.

    Attributes:
        series: What was checked.
        step: Median time between prices; zero if there is one price only.
        regular: Share of the times between prices that are the step, to one percent.
        gaps: Places of the prices after a gap.
        ticks: Places of bad ticks.
        breaks: Places of the first price of another asset.
    """

    series: PriceSeries
    step: np.timedelta64
    regular: float
    gaps: Int64[np.ndarray, " gap"]
    ticks: Int64[np.ndarray, " tick"]
    breaks: Int64[np.ndarray, " break"]

    @property
    def longest_gap(self) -> int:
        """Place of the price after the longest gap; there must be one."""
        time = self.series.time
        return int(self.gaps[np.argmax(time[self.gaps] - time[self.gaps - 1])])

    def warnings(self) -> tuple[str, ...]:
        """Sentences for what changes results if nobody looks at it."""
        return (
            *_listed(self.breaks, self._of_break),
            *_listed(self.ticks, self._of_tick),
            *self._of_repeats(),
        )

    def _of_break(self, at: int) -> str:
        series = self.series
        time, price = series.time, series.price
        pause = duration(time[at] - time[at - 1])
        return (
            f"{series.place(at)}, {clock(time[at])}: {price[at]:g} after "
            f"{price[at - 1]:g} {pause} before: another asset, or another unit. "
            "Use the file only on one side of it."
        )

    def _of_tick(self, at: int) -> str:
        series = self.series
        around = " and ".join(
            f"{series.price[near]:g}"
            for near in (at - 1, at + 1)
            if 0 <= near < series.price.size
        )
        return (
            f"{series.place(at)}, {clock(series.time[at])}: {series.price[at]:g} "
            f"beside {around} raises realized volatility by more than 10 %. "
            "A bad tick? Compare it with another source."
        )

    def _of_repeats(self) -> tuple[str, ...]:
        repeats = self.series.repeats
        places = np.flatnonzero(repeats.differs)
        if not places.size:
            return ()
        first = int(places[0])
        line, column = repeats.column.place(first)
        where = f"line {line}" if line else column
        return (
            f"{where}, {clock(repeats.time[first])}: {repeats.price[first]:g} differs "
            "from an earlier row of this time, which is kept (rows like this: "
            f"{places.size:,}). Correct one of them.",
        )


def _listed(
    places: Int64[np.ndarray, " place"], sentence: Callable[[int], str]
) -> tuple[str, ...]:
    said = tuple(sentence(int(place)) for place in places[:SHOWN])
    hidden = places.size - len(said)
    return (*said, f"and {hidden:,} more like these.") if hidden else said


def check_prices(series: PriceSeries) -> PriceCheck:
    """Look for gaps, for bad ticks, and for places where the asset changes."""
    pauses = np.diff(series.time)
    step = np.median(pauses) if pauses.size else np.timedelta64(0, "ns")
    near = np.abs(pauses / step - 1) < 0.01
    gaps = np.flatnonzero(pauses / step > GAP) + 1
    breaks = identity_breaks(series.price, gaps)
    # Volatility is that of one asset: each part between two breaks is judged alone.
    edges = [0, *breaks.tolist(), series.price.size]
    ticks = [
        start + bad_ticks(series.price[start:end])
        for start, end in itertools.pairwise(edges)
    ]
    return PriceCheck(
        series=series,
        step=step,
        regular=float(np.mean(near)) if near.size else 1.0,
        gaps=gaps,
        ticks=np.concatenate(ticks),
        breaks=breaks,
    )

"""The losses about one rank, exactly, in memory that does not grow with the stream."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._moments import Moments


Losses = Float64[np.ndarray, " path"]
Falling = Float64[np.ndarray, " rank"]

SIZE = 2**16
"""Losses that a window holds at least, once as many were seen."""


@dataclass(frozen=True)
class Ranks:
    """A sample of losses: exact values for some ranks, exact sums for those above.

    Attributes:
        count: Losses of the sample, all of them zero or more.
        above: Moments of losses that are known by these alone [USD].
        ceiling: The least of them; infinite without any.
        kept: Losses known one by one, falling.
        floor: No other loss is above this; zero where all of them are zero.
    """

    count: int
    above: Moments
    ceiling: float
    kept: Falling
    floor: float

    @classmethod
    def of(cls, losses: Losses) -> "Ranks":
        """A sample that is at hand as a whole."""
        return cls(
            count=losses.size,
            above=Moments.none(1),
            ceiling=np.inf,
            kept=np.sort(losses)[::-1],
            floor=0.0,
        )

    def bounds(self, rank: int) -> tuple[float, float]:
        """What the loss at `rank` from the smallest lies between [USD].

        Both are the loss itself where it is known, and infinite beyond either end of
        the sample.
        """
        if rank < 1:
            return -np.inf, -np.inf
        if rank > self.count:
            return np.inf, np.inf
        place = self.count - rank - self.above.count
        if place >= self.kept.size:
            return 0.0, self.floor
        # A loss above the ceiling has a rank among those that are known by sums alone.
        if place < 0 or self.kept[place] > self.ceiling:
            return self.ceiling, np.inf
        return float(self.kept[place]), float(self.kept[place])

    def known(self, rank: int) -> float:
        """The loss at `rank` from the smallest [USD]; NaN if it is not known."""
        low, high = self.bounds(rank)
        return low if low == high else np.nan

    def excess(self, over: float) -> tuple[float, float]:
        r"""Sums of :math:`(x - c)^+` [USD] and of its square, over the sample.

        Args:
            over: The threshold c, a loss that is known or zero [USD]; NaN gives NaN.
        """
        beyond = np.maximum(self.kept - over, 0)
        count, lead = self.above.count, float(self.above.mean[0]) - over
        return (
            float(beyond.sum()) + count * lead,
            float(np.square(beyond).sum())
            + float(self.above.second[0])
            + count * lead**2,
        )


class Window:
    r"""Streams losses, and keeps those whose ranks are about that of a level.

    In a stream without order the loss at rank :math:`n\alpha` is found in one pass by
    keeping the losses about the rank :math:`t\alpha` of the t seen so far (Munro and
    Paterson 1980): it moves by :math:`\sqrt{n\alpha(1-\alpha)}` ranks, 690 for ten
    million paths at 0.95, and the window reaches 32,768 to either side. Losses above
    the window go into moments, losses below it are counted, and so are losses of zero.

    Paths are drawn independently, so their stream has no order. Should a rank leave the
    window all the same, the loss is known between bounds only, and estimates say so.

    The pieces in which a stream arrives change no bit. Its order changes last bits of
    sums, and nothing else. Memory: 16 bytes for each loss of a window.
    """

    def __init__(self, level: float, *, size: int = SIZE) -> None:
        """Start without a loss.

        Args:
            level: Confidence level alpha [ratio].
            size: Losses in the window.
        """
        self._share, self._size = 1 - level, size
        self._buffer = np.empty(2 * size)
        self._filled = 0
        self._count = 0
        self._above = Moments.none(1)
        self._ceiling, self._floor = np.inf, 0.0

    def push(self, losses: Losses) -> None:
        """Add the next losses [USD], zero or more."""
        while losses.size:
            # The window is cut where it is full, and not where a piece ends.
            room = self._buffer.size - self._filled
            enters = np.flatnonzero(losses > self._floor)[:room]
            stop = losses.size if enters.size < room else int(enters[-1]) + 1
            self._buffer[self._filled : self._filled + enters.size] = losses[enters]
            self._filled += enters.size
            self._count += stop
            losses = losses[stop:]
            if self._filled == self._buffer.size:
                self._cut()

    def _cut(self) -> None:
        """Keep `size` losses, those about the rank of the level in their midst."""
        falling = np.sort(self._buffer)[::-1]
        place = round(self._count * self._share) - self._above.count
        start = int(np.clip(place - self._size // 2, 0, self._size))
        above, kept, below = np.split(falling, [start, start + self._size])
        if above.size:
            self._above = self._above.merged(Moments.of(above[None]))
            self._ceiling = min(self._ceiling, float(above[-1]))
        if below.size:
            self._floor = float(below[0])
        self._buffer[: self._size] = kept
        self._filled = self._size

    def ranks(self) -> Ranks:
        """What is known of all that was pushed so far."""
        return Ranks(
            count=self._count,
            above=self._above,
            ceiling=self._ceiling,
            kept=np.sort(self._buffer[: self._filled])[::-1],
            floor=self._floor,
        )

"""What one iteration sees at its point, all of it on the same draws."""

from dataclasses import dataclass

import numpy as np

from ._domain import Ordering, Point
from ._multipliers import excess_slopes
from ._problem import PerTerm, Problem, Reading, Slopes
from ._state import PerLimit


NEAR = 0.3
"""Distance below a limit, in limits, from which its slope is wanted."""
MENDED = 0.5
"""Share of an excess that one move is to mend: the rest may be noise."""


@dataclass(frozen=True)
class View:
    """Terms, their slopes, and how far the limits are.

    Attributes:
        reading: Every term.
        slopes: Their slopes; zero where they were not wanted.
        excess: Of each limit; one where it is not known.
        turn: The derivative of each excess in its measure.
        runs: Path-runs that it took.
    """

    reading: Reading
    slopes: Slopes
    excess: PerLimit
    turn: PerTerm
    runs: int

    @property
    def finite(self) -> bool:
        """Whether there are numbers to go on from."""
        known = np.isfinite(self.reading.value).all()
        return bool(known and np.isfinite(self.slopes.value).all())

    @property
    def near(self) -> np.ndarray:
        """Limits that are exceeded or not far, and answer to some parameter."""
        return (self.excess > -NEAR) & (self.slopes.value[1:] != 0).any(axis=1)

    def as_linear(self, point: Point) -> list[Ordering]:
        """The limits as half spaces, seen from the point."""
        rules = []
        for index in np.flatnonzero(self.near):
            row = self.slopes.value[1 + index] * self.turn[index]
            room = -self.excess[index] if self.excess[index] < 0 else 0.0
            owed = MENDED * max(float(self.excess[index]), 0.0)
            rules.append(Ordering("a limit", row, float(row @ point) + room - owed))
        return rules


def look(
    problem: Problem, point: Point, *, paths: int, seed: int, wanted: bool
) -> View:
    """Read every term, and the slopes of what is drawn where a limit is near.

    Args:
        problem: What is asked.
        point: Where.
        paths: Of each run.
        seed: Of the draws.
        wanted: Whether slopes are likely to be needed: they then come at once.
    """
    around = 2 * point.size
    found = problem.read_with_slopes(point, paths=paths, seed=seed, drawn=wanted)
    view = _view(problem, *found, runs=paths * (1 + around * wanted))
    if wanted or not view.finite or not (view.excess > -NEAR).any():
        return view
    found = problem.read_with_slopes(point, paths=paths, seed=seed, drawn=True)
    return _view(problem, *found, runs=view.runs + paths * (1 + around))


def _view(problem: Problem, reading: Reading, slopes: Slopes, *, runs: int) -> View:
    excess = problem.excess(reading)
    known = np.where(np.isfinite(excess), excess, 1.0)
    return View(reading, slopes, known, excess_slopes(problem, reading), runs)

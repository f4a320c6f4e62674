r"""From where a search ended to where the limits hold on draws that it has not seen.

.. math:: d = - (g + p)\, \nabla g / \|\nabla g\|^2

moves the most exceeded limit g below zero by p, one standard error of it. Each step is
judged on draws of its own: a limit that holds by luck is found out.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._domain import Domain, Point
from ._multipliers import excess_slopes
from ._problem import Problem, Reading, Slopes


TRIES = 8
"""Steps back, at most."""


@dataclass(frozen=True)
class Candidate:
    """A point, and what draws that the search had not seen say of it.

    Attributes:
        point: Inside the domain.
        reading: On the last of those draws.
        excess: Of each limit at the asked confidence; below zero if kept.
        runs: Path-runs that it took.
    """

    point: Point
    reading: Reading
    excess: Float64[np.ndarray, " limit"]
    runs: int

    @property
    def holds(self) -> bool:
        """Whether every limit holds, and every number is finite."""
        known = np.isfinite(self.reading.value).all() and np.isfinite(self.excess).all()
        return bool(known and (self.excess <= 0).all())


def retreated(problem: Problem, point: Point, *, paths: int, seed: int) -> Candidate:
    """The point, or one a little behind it at which the limits hold."""
    runs = number = 0
    ahead = None
    while True:
        draws = {"paths": paths, "seed": seed + number}
        (reading,) = problem.read(point[None], **draws)
        runs += paths
        found = Candidate(point, reading, problem.excess(reading), runs)
        if found.holds and ahead is not None:
            return _regained(problem, found, ahead, paths=paths, seed=seed + 2 * TRIES)
        if found.holds or number == TRIES:
            return found
        if np.isfinite(reading.value).all():
            _, slopes = problem.read_with_slopes(point, **draws, drawn=True)
            runs += paths * (1 + 2 * point.size)
            behind = _behind(problem, point, reading, slopes, found.excess)
        else:
            behind = (point + problem.domain.now) / 2
        if np.abs((behind - point) / problem.domain.span).max() < 1e-9:
            return found
        point, ahead, number = behind, point, number + 1


def _regained(
    problem: Problem, holding: Candidate, ahead: Point, *, paths: int, seed: int
) -> Candidate:
    """Some of the last step back may not have been needed: halves of it, twice."""
    for number in range(2):
        middle = (holding.point + ahead) / 2
        (reading,) = problem.read(middle[None], paths=paths, seed=seed + number)
        runs = holding.runs + paths
        found = Candidate(middle, reading, problem.excess(reading), runs)
        if found.holds:
            holding = found
        else:
            holding, ahead = dataclasses.replace(holding, runs=runs), middle
    return holding


def _behind(
    problem: Problem,
    point: Point,
    reading: Reading,
    slopes: Slopes,
    excess: Float64[np.ndarray, " limit"],
) -> Point:
    """Where the most exceeded limit would hold, were it linear."""
    domain, turn = problem.domain, excess_slopes(problem, reading)
    worst = int(np.argmax(np.where(np.isfinite(excess), excess, np.inf)))
    slope = slopes.value[1 + worst] * turn[worst] * domain.span
    slope = np.where(_stuck(domain, point, slope), 0, slope)
    size = float(slope @ slope)
    if not size > 0 or not np.isfinite(excess[worst]):
        return point
    error = reading.error[1 + worst] * turn[worst]
    step = -(max(excess[worst], 0) + error) * slope / size
    return domain.nearest(point + domain.span * np.clip(step, -0.25, 0.25))


def _stuck(domain: Domain, point: Point, slope: Point) -> np.ndarray:
    """Parameters that a step against the slope would push out of bounds."""
    room = np.where(slope > 0, point - domain.low, domain.high - point)
    return room <= 1e-9 * domain.span

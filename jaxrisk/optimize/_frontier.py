"""The frontier: the best objective for each limit of one measure, warm-started."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ._domain import Point
from ._problem import Limit, Problem, Reading
from ._search import Effort
from ._solve import Kept, Solution, Verdict, solve
from ._state import SearchState


OF_FRONTIER = 2**24
"""Added to the seed of the search for each limit of the frontier."""


@dataclass(frozen=True)
class Knot:
    """The best point for one limit.

    Attributes:
        most: The limit.
        verdict: How its search ended.
        point: What it found.
        objective: On draws that all knots share and no search has seen, with its error.
        measure: The limited measure on these draws, with its error.
        runs: Path-runs of the search.
    """

    most: float
    verdict: Verdict
    point: tuple[float, ...]
    objective: tuple[float, float]
    measure: tuple[float, float]
    runs: int


def frontier(
    problem: Problem,
    effort: Effort,
    measure: str,
    limits: Sequence[float],
    start: Point,
    *,
    paths: int,
    seed: int,
    states: Sequence[SearchState] = (),
    kept: Kept = lambda _: None,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[Knot, ...]:
    """The epsilon-constraint sweep: each limit starts where the one before ended.

    Args:
        problem: What was asked; limits of other measures stay.
        effort: Of each search.
        measure: Whose limit is swept.
        limits: Its values, in this order.
        start: Of the first search.
        paths: Of the comparison.
        seed: Of the comparison.
        states: Of searches that went so far already, one a limit.
        kept: Told the states of all limits after every iteration.
        told: Told which limit is at work.
    """
    done, found = list(states), []
    for number, most in enumerate(limits):
        told(f"frontier: {measure} at most {most:g}")
        other = limited_to(problem, measure, most)
        own = dataclasses.replace(effort, seed=effort.seed + OF_FRONTIER * (number + 1))

        def keep(own_states: tuple[SearchState, ...], number: int = number) -> None:
            done[number:] = own_states
            kept(tuple(done))

        before = done[number : number + 1]
        solution = solve(other, own, start[None], states=before, kept=keep)
        done[number:] = solution.states[:1]
        start = solution.best.point
        found.append((most, solution))
    points = np.stack([solution.best.point for _, solution in found])
    readings = problem.read(points, paths=paths, seed=seed)
    index = 1 + [limit.measure.name for limit in problem.limits].index(measure)
    return tuple(
        _knot(most, solution, reading, index)
        for (most, solution), reading in zip(found, readings, strict=True)
    )


def limited_to(problem: Problem, measure: str, most: float) -> Problem:
    """The problem with another limit of one measure, in every market it is of."""
    limits = tuple(
        Limit(each.measure, most)
        if each.measure.name.partition("@")[0] == measure
        else each
        for each in problem.limits
    )
    return dataclasses.replace(problem, limits=limits)


def _knot(most: float, solution: Solution, reading: Reading, index: int) -> Knot:
    return Knot(
        most=most,
        verdict=solution.verdict,
        point=tuple(solution.best.point.tolist()),
        objective=(float(reading.value[0]), float(reading.error[0])),
        measure=(float(reading.value[index]), float(reading.error[index])),
        runs=solution.runs,
    )

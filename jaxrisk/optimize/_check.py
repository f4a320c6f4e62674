"""Independent looks at the optimum: CMA-ES, and a grid; neither uses a slope.

CMA-ES (Hansen 2016, The CMA evolution strategy: a tutorial) minimizes the objective
with every excess as an exact penalty. Candidates of a generation share their draws, and
another generation has others.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._domain import Point, Points
from ._problem import Problem
from ._retreat import Candidate, retreated
from ._search import Effort
from ._solve import OF_SELECTION, Solution


OF_CHECK = 2**30
"""Added to the seed of the search for draws of a check."""

GENERATIONS = 100
"""Of CMA-ES, at most."""

CELLS = 2000
"""Points of a grid, at most."""


@dataclass(frozen=True)
class Check:
    """What another method found.

    Attributes:
        method: `cma` or `grid`.
        candidate: Judged on the same draws as those of the search.
        runs: Path-runs that it took, judging left out.
        share: Path-runs of the search over these, judging left out.
        gain: Its objective less that of the proposal, with the paired error.
    """

    method: str
    candidate: Candidate
    runs: int
    share: float
    gain: tuple[float, float]


def check(
    problem: Problem,
    effort: Effort,
    solution: Solution,
    method: str,
    *,
    points: int,
    paths: int,
    seed: int,
) -> Check:
    """Solve the same problem by another method, and compare.

    Args:
        problem: What was asked.
        effort: Of the search: both use as many paths in the end.
        solution: That is checked.
        method: `cma` or `grid`.
        points: Of a grid, along each parameter.
        paths: Of the comparison.
        seed: Of the comparison.
    """
    if method == "grid":
        best, runs = _grid(problem, effort, points)
    else:
        best, runs = _evolved(problem, effort, _stiffness(solution))
    candidate = retreated(
        problem, best, paths=effort.most_paths, seed=effort.seed + OF_SELECTION
    )
    both = np.stack([solution.best.point, candidate.point])
    _, gains = problem.read_paired(both, paths=paths, seed=seed)
    searched = sum(state.runs for state in solution.states)
    return Check(method, candidate, runs, searched / runs, gains[1])


def _stiffness(solution: Solution) -> tuple[float, float]:
    """Unit of the objective, and a penalty that outweighs every multiplier."""
    state = solution.states[solution.chosen]
    return state.scale or 1.0, 2 * float(state.multipliers.max(initial=0.0)) + 1


def _evolved(
    problem: Problem, effort: Effort, stiffness: tuple[float, float]
) -> tuple[Point, int]:
    """CMA-ES over spans, from where things are now."""
    import cma

    domain = problem.domain
    seed, runs = effort.seed + OF_CHECK, 0
    start = (domain.nearest(domain.now) - domain.low) / domain.span
    if start.size == 1:
        # The package wants two dimensions: the second one does nothing.
        start = np.append(start, 0.5)
    options: Mapping[str, object] = {
        "seed": 1 + seed % 2**31,
        "verbose": -9,
        "tolx": 1e-3,
        "tolfun": 0,
        "maxiter": GENERATIONS,
    }
    strategy = cma.CMAEvolutionStrategy(start, 0.25, options)
    while not strategy.stop():
        asked = np.array(strategy.ask())
        inside = np.stack([_inside(problem, each) for each in asked])
        draws = {"paths": effort.most_paths, "seed": seed + strategy.countiter}
        merit = _merit(problem, inside, stiffness, draws)
        runs += effort.most_paths * len(asked)
        here = (inside - domain.low) / domain.span
        left = np.square(asked[:, : domain.now.size] - here).sum(axis=1)
        strategy.tell(list(asked), list(merit + left))
    return _inside(problem, np.array(strategy.result.xfavorite)), runs


def _inside(problem: Problem, asked: Float64[np.ndarray, " asked"]) -> Point:
    domain = problem.domain
    return domain.nearest(domain.low + asked[: domain.now.size] * domain.span)


def _merit(
    problem: Problem,
    points: Points,
    stiffness: tuple[float, float],
    draws: Mapping[str, int],
) -> Float64[np.ndarray, " point"]:
    """Less is better; large and finite where nothing is known."""
    scale, penalty = stiffness
    found = []
    for reading in problem.read(points, **draws):
        excess = problem.excess(reading)
        over = np.where(np.isfinite(excess), np.maximum(excess, 0), 1.0).sum()
        value = float(reading.value[0])
        found.append(
            -value / scale + penalty * float(over) if np.isfinite(value) else 1e9
        )
    return np.array(found)


def _grid(problem: Problem, effort: Effort, points: int) -> tuple[Point, int]:
    """The best point of a full grid that keeps the limits, on common draws."""
    domain = problem.domain
    axes = [
        np.linspace(low, high, points if high > low else 1)
        for low, high in zip(domain.low, domain.high, strict=True)
    ]
    every = (domain.nearest(np.array(each)) for each in itertools.product(*axes))
    cells = np.unique(np.round(np.stack(list(every)), 12), axis=0)
    draws = {"paths": effort.most_paths, "seed": effort.seed + OF_CHECK}
    readings = problem.read(cells, **draws)

    def rank(index: int) -> tuple[float, float]:
        excess = problem.excess(readings[index])
        known = np.where(np.isfinite(excess), excess, 1.0)
        return -max(float(known.max(initial=0.0)), 0.0), float(readings[index].value[0])

    best = max(range(len(cells)), key=rank)
    return cells[best], effort.most_paths * len(cells)

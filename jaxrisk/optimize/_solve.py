"""From a problem to a recommendation: several starts, judged on draws of their own."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import qmc

from ._domain import Domain, Points
from ._problem import Problem, Reading
from ._retreat import Candidate, retreated
from ._search import Effort, search, started
from ._state import SearchState, Step


Kept = Callable[[tuple[SearchState, ...]], None]

OF_SELECTION = 2**20
"""Added to the seed for the draws on which candidates are judged."""
OF_RESTORATION = 2**21
"""Added to it for the search of the least violation."""


class Verdict(StrEnum):
    """How a problem ended."""

    OPTIMUM = "optimum"
    FLAT = "flat"
    INFEASIBLE = "infeasible"
    NOT_FINITE = "not finite"


@dataclass(frozen=True)
class Solution:
    """What the searches found.

    Attributes:
        verdict: How it ended.
        best: The candidate that is recommended; that of the least violation if no
            candidate keeps the limits.
        seen: What the search itself believed of it: in sample.
        candidates: Of every start.
        states: Of every search, one a candidate.
        chosen: Which candidate is the best.
        runs: Path-runs in all.
    """

    verdict: Verdict
    best: Candidate
    seen: Reading
    candidates: tuple[Candidate, ...]
    states: tuple[SearchState, ...]
    chosen: int
    runs: int


def starts_of(domain: Domain, count: int, *, seed: int) -> Points:
    """Now, and points spread over the domain (Latin hypercube)."""
    drawn = qmc.LatinHypercube(domain.now.size, rng=np.random.default_rng(seed))
    spread = domain.low + drawn.random(max(count - 1, 0)) * (domain.high - domain.low)
    return np.stack([domain.nearest(each) for each in [domain.now, *spread]])


def solve(
    problem: Problem,
    effort: Effort,
    starts: Points,
    *,
    states: Sequence[SearchState] = (),
    kept: Kept = lambda _: None,
) -> Solution:
    """Search from every start, step back to where limits hold, and take the best.

    Args:
        problem: What is asked.
        effort: How much may be done, by each search.
        starts: Where to begin.
        states: Of searches that went so far already, in the order of the starts.
        kept: Told all states after every iteration.
    """
    done = list(states)
    for number, point in enumerate(starts):
        own = dataclasses.replace(effort, seed=effort.seed + number * 2**12)
        if number == len(done):
            done.append(started(problem, own, point))

        def keep(state: SearchState, number: int = number) -> None:
            done[number] = state
            kept(tuple(done))

        done[number] = search(problem, own, done[number], kept=keep)
    return _judged(problem, effort, tuple(done))


def _judged(
    problem: Problem, effort: Effort, states: tuple[SearchState, ...]
) -> Solution:
    found = [
        retreated(
            problem,
            state.point,
            paths=effort.most_paths,
            seed=effort.seed + OF_SELECTION,
        )
        for state in states
    ]
    runs = sum(state.runs for state in states) + sum(each.runs for each in found)
    holding = [k for k, each in enumerate(found) if each.holds]
    if holding:
        best = max(holding, key=lambda k: float(found[k].reading.value[0]))
        flat = all(state.scale == 0 for state in states)
        verdict = Verdict.FLAT if flat else Verdict.OPTIMUM
        seen = _last_seen(states[best], found[best])
        return Solution(verdict, found[best], seen, tuple(found), states, best, runs)
    return _least_violation(problem, effort, tuple(found), states, runs)


def _least_violation(
    problem: Problem,
    effort: Effort,
    found: tuple[Candidate, ...],
    states: tuple[SearchState, ...],
    runs: int,
) -> Solution:
    """Look for where limits are least exceeded; they may hold there after all."""
    measure = problem.objective[0][0]
    alone = dataclasses.replace(problem, objective=((measure, 0.0),))
    seed = effort.seed + OF_RESTORATION
    again = dataclasses.replace(effort, seed=seed, first_paths=effort.most_paths)
    nearest = min(found, key=_violation)
    state = search(alone, again, started(alone, again, nearest.point))
    last = retreated(problem, state.point, paths=effort.most_paths, seed=seed + 2**20)
    runs += state.runs + last.runs
    finite = np.isfinite(last.reading.value).all()
    verdict = Verdict.INFEASIBLE if finite else Verdict.NOT_FINITE
    if last.holds:
        verdict = Verdict.OPTIMUM
    every, whole = (*found, last), (*states, state)
    least = min(range(len(every)), key=lambda k: _violation(every[k]))
    best = len(found) if last.holds else least
    seen = _last_seen(whole[best], every[best])
    return Solution(verdict, every[best], seen, every, whole, best, runs)


def _violation(candidate: Candidate) -> float:
    """The largest excess; infinite where it is not known."""
    excess = candidate.excess
    known = bool(excess.size) and bool(np.isfinite(excess).all())
    return float(excess.max()) if known else np.inf


def _last_seen(state: SearchState, candidate: Candidate) -> Reading:
    """In sample; that of selection where the search saw nothing finite."""
    if not state.steps:
        return candidate.reading
    last = state.steps[-1]
    return Reading(np.array(last.value), np.array(last.error))


def best_so_far(problem: Problem, states: Sequence[SearchState]) -> Step | None:
    """Of all iterations, the best that kept the limits, or that exceeded them least."""
    steps = [step for state in states for step in state.steps]
    if not steps:
        return None

    def merit(step: Step) -> tuple[float, float]:
        reading = Reading(np.array(step.value), np.array(step.error))
        excess = problem.excess(reading)
        over = float(np.where(np.isfinite(excess), excess, 1).max(initial=0.0))
        return (-over, float(step.value[0]))

    return max(steps, key=merit)

"""What speaks for a proposal, and what against it, on draws that chose nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._domain import Point
from ._measures import Measure, limited
from ._multipliers import balance, excess_slopes
from ._problem import Problem, Slopes


REPORTED = ("mean", "es99", "lar99", "probability", "liquidated")
"""Risk numbers that are always shown."""

OF_EVIDENCE = 2**40
"""Added to the seed of the search for draws of the evidence."""

WIDER = 0.01
"""Share of a limit by which it is made wider for its price."""

RESAMPLED = 200
"""Draws of slopes within their errors, for the error of a shadow price."""


@dataclass(frozen=True)
class Change:
    """A measure now and as proposed, on common draws.

    Attributes:
        name: Of the measure.
        sentence: What it is.
        unit: USD, or 1.
        now: Estimate and standard error.
        proposed: Estimate and standard error.
        difference: Proposed less now, with the paired error.
        most: Its limit; infinite without one.
    """

    name: str
    sentence: str
    unit: str
    now: tuple[float, float]
    proposed: tuple[float, float]
    difference: tuple[float, float]
    most: float = np.inf


@dataclass(frozen=True)
class SideStep:
    """One governance step away from the proposal, all else as proposed.

    Attributes:
        parameter: Which one is moved.
        value: To what.
        objective: Change of the objective, with the paired error.
        excess: Of each limit at the asked confidence; below zero if kept.
        broken: Rules and bounds that it breaks.
    """

    parameter: str
    value: float
    objective: tuple[float, float]
    excess: tuple[float, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Price:
    """What a limit costs: gain of the objective if it were 1 % wider.

    Attributes:
        measure: That is limited.
        gain: With its standard error.
        binds: Whether the limit holds the objective back, beyond two errors.
    """

    measure: str
    gain: tuple[float, float]
    binds: bool


def compared(
    problem: Problem, point: Point, *, paths: int, seed: int
) -> tuple[Change, ...]:
    """Every reported measure now and as proposed."""
    most = {limit.measure.name: limit.most for limit in problem.limits}
    of_limits = [limit.measure for limit in problem.limits]
    of_objective = [measure for measure, _ in problem.objective]
    every = [*of_objective, *of_limits, *(limited(name) for name in REPORTED)]
    measures = list(
        {(each.row, each.kind, each.level): each for each in every}.values()
    )
    points = np.stack([problem.domain.now, point])
    scores = problem.scored(measures, points, paths=paths, seed=seed)
    return tuple(
        _change(measure, own, most.get(measure.name, np.inf))
        for measure, own in zip(measures, scores, strict=True)
    )


def _change(
    measure: Measure, scores: Float64[np.ndarray, "two _"], most: float
) -> Change:
    return Change(
        name=measure.name,
        sentence=measure.sentence,
        unit=measure.unit,
        now=_mean(scores[0]),
        proposed=_mean(scores[1]),
        difference=_mean(scores[1] - scores[0]),
        most=most,
    )


def _mean(scores: Float64[np.ndarray, " _"]) -> tuple[float, float]:
    if scores.size < 2:
        return (float(scores[0]), 0.0) if scores.size else (np.nan, np.nan)
    error = scores.std(ddof=1) / np.sqrt(scores.size)
    return float(scores.mean()), float(error)


def side_steps(
    problem: Problem, point: Point, size: Point, *, paths: int, seed: int
) -> tuple[SideStep, ...]:
    """A step down and a step up of every parameter, on the same draws.

    Args:
        problem: What was asked.
        point: The proposal.
        size: Of a governance step in each parameter.
        paths: Of each run.
        seed: Of the draws.
    """
    domain = problem.domain
    moved = [
        np.clip(point + sign * step, *domain.reach)
        for step in np.diag(size)
        for sign in (-1, 1)
    ]
    points = np.stack([point, *moved])
    readings, gains = problem.read_paired(points, paths=paths, seed=seed)
    return tuple(
        SideStep(
            parameter=domain.names[number // 2],
            value=float(each[number // 2]),
            objective=gain,
            excess=tuple(problem.excess(reading).tolist()),
            broken=tuple(domain.broken(each)),
        )
        for number, (each, reading, gain) in enumerate(
            zip(moved, readings[1:], gains[1:], strict=True)
        )
    )


def shadow_prices(
    problem: Problem, point: Point, *, paths: int, seed: int
) -> tuple[Price, ...]:
    """What each limit costs at the proposal, by the balance of slopes there.

    Errors are those of slopes drawn anew within their own, parameter by parameter; that
    all are of the same draws is left out.
    """
    reading, slopes = problem.read_with_slopes(
        point, paths=paths, seed=seed, drawn=True
    )
    turn = excess_slopes(problem, reading)
    found = balance(problem, point, slopes, turn)
    draw = np.random.default_rng(seed % 2**64)
    again = np.array(
        [
            balance(problem, point, _resampled(slopes, draw), turn)
            for _ in range(RESAMPLED)
        ]
    )
    spread = again.std(axis=0)
    # A limit that is far below is not what holds the objective back.
    near = problem.excess(reading) > -0.5
    return tuple(
        Price(
            measure=limit.measure.name,
            gain=(float(share * gain), float(share * error)),
            binds=bool(close and gain > 2 * error),
        )
        for limit, gain, error, close, share in zip(
            problem.limits,
            np.where(near, found, 0.0),
            spread,
            near,
            WIDER * turn * [limit.most for limit in problem.limits],
            strict=True,
        )
    )


def _resampled(slopes: Slopes, draw: np.random.Generator) -> Slopes:
    noise = np.stack(
        [
            draw.multivariate_normal(np.zeros(len(own)), own, method="svd")
            for own in slopes.covariance
        ],
        axis=1,
    )
    return Slopes(slopes.value + noise, slopes.error, slopes.covariance)


def exceeded(changes: Sequence[Change], margin: float) -> list[str]:
    """Limits that a proposal does not keep at the asked confidence, by name."""
    return [
        each.name
        for each in changes
        if not each.proposed[0] + margin * each.proposed[1] <= each.most
    ]

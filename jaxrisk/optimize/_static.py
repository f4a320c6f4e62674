"""Factors that move against the best limits that stay: efficiency at equal risk."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..config import Config
from ..config._optimize import MovesConfig
from ..run import prepare
from ._frontier import limited_to
from ._pose import pose
from ._problem import Problem, Reading
from ._solve import Kept, Verdict, solve
from ._state import SearchState


OF_FACTORS = "policy.factors."
"""What names of coefficients start with."""

SAME = {"mean_capital_efficiency": "capital_efficiency"}
"""What a term is called where factors stay."""


@dataclass(frozen=True)
class Static:
    """The best setting without moving factors, at the risk that they leave.

    Attributes:
        verdict: How its search ended.
        names: Of its parameters.
        point: Their values.
        measure: Whose limit is what the proposal has out of sample.
        most: That limit.
        objective: Of the best setting that stays, with its error.
        risk: The measure there, with its error.
        gain: Objective of the proposal less that, with an error as if not paired.
    """

    verdict: Verdict
    names: tuple[str, ...]
    point: tuple[float, ...]
    measure: str
    most: float
    objective: tuple[float, float]
    risk: tuple[float, float]
    gain: tuple[float, float]


def has_factors(config: Config) -> bool:
    """Whether collateral factors move."""
    return config.policy is not None and config.policy.factors is not None


def best_static(
    config: Config,
    problem: Problem,
    proposed: Reading,
    *,
    paths: int,
    seed: int,
    states: Sequence[SearchState] = (),
    kept: Kept = lambda _: None,
) -> Static:
    """Search limits that stay, as risky as the proposal, on the same draws.

    Args:
        config: With factors that move.
        problem: What was asked of it.
        proposed: Its proposal on the draws of the evidence.
        paths: Of these.
        seed: Of these.
        states: Of the search if it went so far already.
        kept: Told its state after every iteration.
    """
    measure = problem.limits[0].measure.name
    most = float(proposed.value[1]) or problem.limits[0].most
    posed = pose(prepare(without_factors(config)))
    # As risky as the proposal was found, and not by a margin less.
    other = limited_to(posed.problem, measure, most)
    start = other.domain.nearest(other.domain.now)[None]
    solution = solve(other, posed.effort, start, states=states, kept=kept)
    point = solution.best.point
    (reading,) = other.read(point[None], paths=paths, seed=seed)
    value, error = float(reading.value[0]), float(reading.error[0])
    return Static(
        verdict=solution.verdict,
        names=other.domain.names,
        point=tuple(point.tolist()),
        measure=measure,
        most=most,
        objective=(value, error),
        risk=(float(reading.value[1]), float(reading.error[1])),
        gain=(
            float(proposed.value[0]) - value,
            float(np.hypot(proposed.error[0], error)),
        ),
    )


def without_factors(config: Config) -> Config:
    """The same market with factors as listed, and limits that may move instead."""
    policy, section = config.policy, config.optimize
    assert policy is not None
    assert policy.factors is not None
    assert section is not None
    moves = {
        name: own
        for name, own in section.parameters.items()
        if not name.startswith(OF_FACTORS)
    }
    for market, reserves in policy.factors.markets.items():
        for reserve in reserves:
            home = f"markets.{market}.reserves.{reserve}"
            for field in ("loan_to_value", "liquidation_threshold"):
                moves.setdefault(f"{home}.{field}", MovesConfig())
    terms = {SAME.get(name, name): w for name, w in section.maximize.items()}
    other = section.model_copy(update={"parameters": moves, "maximize": terms})
    stays = policy.model_copy(update={"factors": None})
    return config.model_copy(update={"policy": stays, "optimize": other})

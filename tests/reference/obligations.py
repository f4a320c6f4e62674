"""Entities that owe each other, settled at the end of a path."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .absorb import unrealized
from .clearing import Cleared, clear, rounds_of_default
from .state import StepRecord
from .system import ReferenceSystem, Vector


@dataclass(frozen=True)
class Entity:
    """One balance sheet beside the lending markets."""

    cash: float  # [USD]
    tokens: Vector  # [asset] [token]
    owes: Vector  # [entity] to the others [USD]
    outside: float = 0.0  # known debt to everybody else [USD]
    hidden: float = 0.0  # median of a debt that nobody sees [USD]
    hidden_sd: float = 0.0  # [log]
    bears: tuple[float, ...] = (0.0, 0.0)  # [market] share of bad debt [ratio]
    recovery_assets: float = 1.0  # what a bankruptcy leaves of them [ratio]
    recovery_claims: float = 1.0  # the same of what others pay [ratio]


def settle(
    system: ReferenceSystem,
    entities: Sequence[Entity],
    path: Sequence[StepRecord],
    normals: Vector,
) -> tuple[Cleared, Vector, np.ndarray]:
    """How a path ends for the entities: payments, debts [USD], rounds of default."""
    last = path[-1]
    lost = unrealized(system, last.state, last.price)
    for record in path:
        lost = lost + record.flows.realized
    by_market = np.zeros(len(system.markets))
    for r, reserve in enumerate(system.reserves):
        by_market[reserve.market] += lost[r]
    assets, outside = np.zeros(len(entities)), np.zeros(len(entities))
    for i, entity in enumerate(entities):
        assets[i] = entity.cash + float(entity.tokens @ last.price)
        outside[i] = entity.outside
        outside[i] += entity.hidden * math.exp(entity.hidden_sd * normals[i])
        outside[i] += sum(entity.bears * by_market)
    given = (
        np.array([entity.owes for entity in entities]),
        assets,
        outside,
        np.array([entity.recovery_assets for entity in entities]),
        np.array([entity.recovery_claims for entity in entities]),
    )
    return clear(*given), given[0].sum(axis=1) + outside, rounds_of_default(*given)

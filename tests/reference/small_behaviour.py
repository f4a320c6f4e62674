"""Small systems in which somebody acts of their own accord."""

import dataclasses
from collections.abc import Callable

from .behaviour import Actor, Gas, Provider, Run
from .system import ReferenceSystem


DAY = 1 / 365
DUST = 1e3
RULES: tuple[dict[str, float | bool], ...] = (
    {"top_up_below": 1.3, "top_up_to": 1.4, "top_up_speed": 0.6, "wealth": 3e4},
    {
        "top_up_below": 1.2,
        "top_up_to": 1.3,
        "with_collateral": True,
        "wealth": 2e5,
        "unwind_below": 1.15,
        "unwind_to": 1.2,
    },
    {"unwind_below": 1.25, "unwind_to": 1.3, "unwind_speed": 0.5},
    {
        "unwind_below": 1.05,
        "unwind_to": 1.06,
        "lever_above": 1.1,
        "lever_to": 1.08,
        "lever_speed": 0.8,
    },
    {"tolerance": 0.05, "carry_speed": 0.1, "lever_above": 1.15, "lever_to": 1.1},
)
"""Account after account."""


def borrowers(system: ReferenceSystem) -> ReferenceSystem:
    """Every account that is no cohort, and no dust, acts by one rule or another."""
    actors = []
    for number, owner in enumerate(system.accounts):
        worth = sum(
            tokens * system.assets[one.asset].initial_price
            for tokens, one in zip(owner.collateral, system.reserves, strict=True)
        )
        # An order of cents into a pool of millions is rounding in the reference.
        if owner.spread > 0.0 or worth < DUST:
            continue
        limits = [0.95 * one.threshold[owner.category] for one in system.reserves]
        rule = RULES[number % len(RULES)]
        actors.append(Actor(number, tuple(limits), **rule))  # type: ignore[arg-type]
    staking = tuple(0.03 if one.asset == 1 else 0.0 for one in system.reserves)
    return dataclasses.replace(system, actors=tuple(actors), staking=staking)


def suppliers(system: ReferenceSystem) -> ReferenceSystem:
    """Half of what is supplied to two dollar reserves and one other may run."""
    runs = {
        r: Run(
            deposits=0.5 * system.reserves[r].supplied,
            runs_at=runs_at,
            speed=0.2,
            returns_below=0.7,
            return_speed=0.3,
            memory=2.5 * DAY,
        )
        for r, runs_at in ((0, 0.9), (3, 0.8), (5, 2.0))
    }
    return dataclasses.replace(system, runs=runs)


def providers(system: ReferenceSystem) -> ReferenceSystem:
    """Every venue but that without a depth."""
    volatility = (0.9, 0.03, 1.2)
    found = {
        a: Provider(
            per_loss=5.0,
            per_volatility=0.15,
            most=0.8,
            leaving=0.7,
            returning=0.2,
            variance=each**2,
            memory=0.6,
            renewal=0.1,
        )
        for a, each in enumerate(volatility)
    }
    return dataclasses.replace(system, providers=found)


def volatile_gas(system: ReferenceSystem) -> ReferenceSystem:
    """Gas that rises with the volatility of the first asset."""
    gas = Gas(asset=0, variance=0.5, memory=0.7, exponent=2.0, most=8.0)
    return dataclasses.replace(system, gas=gas)


BEHAVIOURS: dict[str, Callable[[ReferenceSystem], ReferenceSystem]] = {
    "none": lambda system: system,
    "borrowers": borrowers,
    "suppliers": suppliers,
    "providers": providers,
    "all": lambda system: volatile_gas(borrowers(suppliers(providers(system)))),
}

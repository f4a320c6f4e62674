"""One borrower of ether against dollars, whose price goes where it is told."""

import dataclasses
import math

import jax.numpy as jnp
import numpy as np

from jaxrisk.engine import State, StepInfo, initial_state
from tests import reference as plain
from tests.engine.fast_twin import fast_twin
from tests.engine.test_agreement import fast_step
from tests.reference.behaviour import Actor


DAY = 1 / 365
STEPS = 12
ETHER = 0


def scene(
    actor: Actor,
    *,
    change: float,
    pool: float = 1e9,
    collateral: float = 1000.0,
    debt: float = 1.3e6,
    keepers: bool = False,
    rate: float = 0.0,
) -> plain.ReferenceSystem:
    """Ether of 2000 USD that goes up or down by `change` in `STEPS` even steps.

    Args:
        actor: What the borrower does.
        change: Of the fundamental price, from start to horizon [ratio].
        pool: Dollars in the pool where ether is sold [USD].
        collateral: Of the borrower [ETH]; its threshold is 0.8.
        debt: Of the borrower [USD].
        keepers: Whether anybody liquidates.
        rate: What dollars cost [1/year].
    """
    ether = plain.Asset(
        2000.0,
        plain.ConstantProduct(quote_reserve=pool, initial_mid=2000.0),
        trend=math.log1p(change) / (STEPS * DAY),
        scale=(0.0,),
        compensation=(0.0,),
    )
    return plain.ReferenceSystem(
        assets=(ether, plain.Asset(1.0, plain.Infinite(), (0.0,), (0.0,))),
        cholesky=(np.eye(2),),
        reserves=(
            plain.Reserve(0, 0, (0.8,), (0.05,), 10 * collateral, 1e-9),
            plain.Reserve(
                1, 0, (0.0,), (0.05,), 4 * debt, debt, rate=plain.KinkedRate(base=rate)
            ),
        ),
        markets=(plain.Market(plain.FULL),),
        accounts=(
            plain.Account(0, 0, np.array([collateral, 0.0]), np.array([0.0, debt])),
        ),
        dt=DAY,
        steps=STEPS,
        rounds=3,
        latency=1 if keepers else 1000,
        jumps=(plain.JumpSource(0.0, 0.0, 0.0, (0.0, 0.0)),),
        actors=(actor,),
    )


def played(system: plain.ReferenceSystem) -> list[tuple[State, StepInfo]]:
    """Every step of the fast engine, on one path."""
    fast = fast_twin(system)
    state = initial_state(fast, 1)
    records = []
    for index in range(system.steps):
        path = jnp.zeros(1, jnp.uint32)
        state, info = fast_step(fast, state, path, jnp.uint32(index))
        records.append((state, info))
    return records


def shortfall(system: plain.ReferenceSystem, records: list) -> float:
    """Debt that was written off, or is above its collateral in the end [USD]."""
    state, last = records[-1]
    owner, price = system.accounts[0], np.asarray(last.price)[:, 0]
    held = owner.collateral @ price * float(state.kept[0, 0])
    owed = owner.debt @ price * float(state.owed[0, 0])
    lost = sum(float(info.realized.sum()) for _, info in records)
    return lost + max(float(owed - held), 0.0)


def without_rules(system: plain.ReferenceSystem) -> plain.ReferenceSystem:
    """The same borrower, who waits and sees."""
    actor = system.actors[0]
    return dataclasses.replace(
        system, actors=(Actor(actor.account, actor.loan_to_value),)
    )

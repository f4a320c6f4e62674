"""The rounds of liquidation of a step, on the paths that need them."""

import dataclasses

import equinox as eqx
from jax import lax

from .._numerics import any_row
from .._status import Status, first
from .._typing import Flag, PerPath
from ._alone import one_by_one
from ._nearest import least_health, on_nearest, reaches
from ._round import begin, failing, more_rounds, ready_now
from ._state import State, StepInfo
from ._system import System


class Busy(eqx.Module):
    """On which paths the rounds ran, and how."""

    near: tuple[Flag, ...]  # on the nearest accounts, by `reaches`
    alone: Flag  # on every account, path by path


def cascade(
    system: System, state: State, info: StepInfo
) -> tuple[State, StepInfo, Busy]:
    """Run the rounds where an account or a perpetual is to be liquidated, only there.

    On most of them few accounts are near liquidation, and the rounds look only at those
    (`on_nearest`). What is left needs every account, path by path (`one_by_one`). So
    the cost follows what happens, and not the block.
    """
    policy, resting = system.policy.in_rounds(state.policy)
    state = dataclasses.replace(state, policy=policy)
    health = least_health(system, state)
    below = (health < 1).astype(health.dtype).sum(axis=0)
    # Without clocks whoever is below one is ready: no need to look at every row.
    alone = any_row(ready_now(system, state)) if state.clock.shape[0] else below > 0
    if system.policy.breakers.watches:
        alone = alone & (below > 0)
    alone = alone | failing(system, state)
    # Once for all turns: turning the few columns of each took longer than finding them.
    by_path = lax.optimization_barrier(health).T
    near: list[Flag] = []
    for reach in reaches(health.shape[0]):
        few = alone & (below <= reach.accounts)
        state, info, undone = on_nearest(
            system, state, info, by_path, reach, busy=few, work=rounds
        )
        near.append(few & ~undone)
        alone = alone & ~near[-1]
    state, info = one_by_one(
        lambda part: rounds(system, *part)[:2], (state, info), busy=alone
    )
    policy = system.policy.after_rounds(state.policy, resting)
    state = dataclasses.replace(state, policy=policy)
    return state, info, Busy(near=tuple(near), alone=alone)


def rounds(
    system: System, state: State, info: StepInfo
) -> tuple[State, StepInfo, PerPath]:
    """Rounds on the system's accounts until nothing is left, or they run out.

    Paths that still liquidate in the last round carry the status for it. Also returns
    the least factor by which the health of any account may have changed meanwhile.
    """
    start = begin(system, state, info)
    end = more_rounds(system, start)
    running = (end.taken & end.ready).any(axis=0) | end.failing
    status = first(end.info.status, running, Status.CASCADE_STILL_RUNNING)
    info = eqx.tree_at(lambda at: at.status, end.info, status)
    return end.state, info, end.reach

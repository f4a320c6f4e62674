"""The rounds of liquidation of a step, on the paths that need them."""

import equinox as eqx
import jax.numpy as jnp

from .._numerics import any_row
from .._status import Status, first
from .._typing import Flag, PerPath, RowFlag
from ._alone import one_by_one
from ._nearest import NEAREST, on_nearest
from ._round import begin, breached, more_rounds, ready_now
from ._state import State, StepInfo
from ._system import System


class Busy(eqx.Module):
    """On which paths the rounds ran, and how."""

    few: Flag  # on the nearest accounts
    alone: Flag  # on every account, path by path


def cascade(
    system: System, state: State, info: StepInfo
) -> tuple[State, StepInfo, Busy]:
    """Run the rounds on the paths on which an account is ready, and on no other.

    On most of them few accounts are near liquidation, and the rounds look only at those
    (`on_nearest`). What is left needs every account, path by path (`one_by_one`). So
    the cost follows what happens, and not the block.
    """
    below = breached(system, state)
    state = eqx.tree_at(
        lambda at: at.clock, state, system.latency.tick(state.clock, below)
    )
    ready = system.latency.ready(state.clock, below)
    alone = any_row(ready)
    few = jnp.zeros_like(alone)
    if system.accounts.members.shape[0] > NEAREST:
        few = alone & (ready.astype(jnp.float32).sum(axis=0) <= NEAREST)
        state, info, undone = on_nearest(
            system, state, info, busy=few, work=rounds_if_ready
        )
        alone, few = (alone & ~few) | undone, few & ~undone
    state, info = one_by_one(
        lambda part, chosen: rounds(system, *part, chosen)[:2],
        (state, info),
        ready,
        busy=alone,
    )
    return state, info, Busy(few=few, alone=alone)


def rounds_if_ready(
    system: System, state: State, info: StepInfo
) -> tuple[State, StepInfo, PerPath]:
    """Rounds on whatever accounts of the system are ready."""
    return rounds(system, state, info, ready_now(system, state))


def rounds(
    system: System, state: State, info: StepInfo, ready: RowFlag
) -> tuple[State, StepInfo, PerPath]:
    """Rounds until nothing is ready, or they run out.

    Paths that still liquidate in the last round carry the status for it. Also returns
    the least factor by which the health of any account may have changed meanwhile.
    """
    start = begin(system, state, info, ready)
    end, _ = more_rounds(system, start, count=system.rounds)
    running = (end.taken & end.ready).any(axis=0)
    status = first(end.info.status, running, Status.CASCADE_STILL_RUNNING)
    info = eqx.tree_at(lambda at: at.status, end.info, status)
    return end.state, info, end.reach

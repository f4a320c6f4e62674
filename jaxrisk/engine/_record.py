"""Some paths again, with everything recorded."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, UInt32

from .._numerics import matmul, safe_divide
from .._random import Draw, seed_words
from .._typing import AccountPath, ClaimPath, ReservePath
from ..lending import bad_debt
from ._market import collateral_price, debt_price, market_price
from ._places import workers
from ._programs import compiled, once
from ._state import State, StepInfo, initial_state
from ._step import step
from ._system import System


class Standing(eqx.Module):
    """What a step leaves behind, and no report of it has."""

    backing: ClaimPath  # of every claim, over what backed it at the start [ratio]
    utilization: ReservePath  # borrowed over supplied [ratio]


class Trajectory(eqx.Module):
    """Recorded paths: by step, with a leading axis; accounts are at the horizon."""

    info: StepInfo
    standing: Standing
    kept: AccountPath  # share of the initial collateral
    owed: AccountPath  # share of the initial debt
    lost: AccountPath  # share of the initial debt that was written off
    bad_debt: AccountPath  # debt above collateral, at horizon market prices [USD]


def record(system: System, *, seed: int, paths: np.ndarray) -> Trajectory:
    """Simulate the paths with these global numbers, and record every step.

    The numbers are those of the full run: a path's draws do not depend on its
    neighbors.

    Args:
        system: What to simulate.
        seed: In [0, 2^64).
        paths: [path] global numbers.

    Returns:
        NumPy arrays; memory grows with steps times paths times assets.
    """
    place = workers()[0]
    with jax.enable_x64(system.dt.dtype == np.float64):
        given = (system, seed_words(seed), jnp.asarray(paths, jnp.uint32))
        given = jax.device_put(given, place)
        trajectory = compiled(once, _trajectory, given, place)(*given)
        return jax.tree.map(np.asarray, trajectory)


def _trajectory(
    system: System, words: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> Trajectory:
    def body(state: State, index: Array) -> tuple[State, tuple[StepInfo, Standing]]:
        draw = Draw(seed=words, path=path, step=index)
        state, info = step(system, state, draw=draw)
        return state, (info, standing(system, state))

    steps = jnp.arange(system.steps, dtype=jnp.uint32)
    start = initial_state(system, path.shape[0])
    state, (info, stood) = lax.scan(body, start, steps)
    market = market_price(system, state)
    accounts, debt = system.accounts, debt_price(system, state, market)
    gap = bad_debt(
        accounts,
        state.kept,
        state.owed,
        collateral_price(system, state, market),
        debt,
    )
    return Trajectory(
        info=info,
        standing=stood,
        kept=accounts.by_account(state.kept),
        owed=accounts.by_account(state.owed),
        lost=state.lost,
        bad_debt=gap + state.lost * matmul(accounts.debt, debt),
    )


def standing(system: System, state: State) -> Standing:
    """What can be read off a state."""
    nothing = jnp.zeros_like(state.venues.permanent)
    marked = system.network.marked(state.network, nothing)
    pool = state.pool
    return Standing(
        backing=jnp.exp(marked[np.array(system.network.claims, np.int64)]),
        utilization=safe_divide(pool.borrowed, pool.supplied, otherwise=0.0),
    )

"""One step of the market: this file is meant to be read aloud."""

import equinox as eqx
import jax.numpy as jnp

from .._random import Draw
from .._status import Status, first
from ._absorb import absorb
from ._behave import behave
from ._cascade import cascade
from ._default import default
from ._hedge import hedge
from ._market import fundamental_price, market_price
from ._react import react
from ._redeem import redeem
from ._round import notice, publish
from ._state import State, StepInfo, blank_info
from ._system import System


def step(system: System, state: State, *, draw: Draw) -> tuple[State, StepInfo]:
    """Advance by one block of time: all that follows, in its order.

    Args:
        system: What is fixed.
        state: Where every path stands.
        draw: The random numbers of this step.

    Returns:
        The state at the end of the step, and what happened in it.
    """
    state = shock(system, state, draw)
    state = react(system, state)
    state, info = hedge(system, state, blank_info(system, state, draw))
    state, info = redeem(system, state, info)
    state = observe(system, state)
    state = accrue(system, state)
    state, info = behave(system, state, info)
    state, info = default(system, state, info, draw)
    state = notice(system, state)
    state, info, _ = cascade(system, state, info)
    state, info = absorb(system, state, info)
    return state, report(system, state, info)


def shock(system: System, state: State, draw: Draw) -> State:
    """Fundamental prices move; what backs claims may fail; earlier impact fades."""
    state = eqx.tree_at(
        lambda at: (at.prices, at.venues, at.network),
        state,
        (
            system.prices.step(state.prices, draw),
            system.venues.relax(state.venues),
            system.network.advance(state.network, draw, system.dt),
        ),
    )
    if not system.instruments.assets:
        return state
    market = market_price(system, state)
    aged = system.instruments.advance(state.instruments, market, system.dt)
    return eqx.tree_at(lambda at: at.instruments, state, aged)


def observe(system: System, state: State) -> State:
    """Time passes for the oracles, and they see the market."""
    memory = system.oracle.advance(state.oracle, system.dt)
    return publish(system, eqx.tree_at(lambda at: at.oracle, state, memory))


def accrue(system: System, state: State) -> State:
    """Interest on debt and supply."""
    pool = system.pool.accrue(state.pool, system.dt)
    return eqx.tree_at(lambda at: at.pool, state, pool)


def report(system: System, state: State, info: StepInfo) -> StepInfo:
    """Prices at the end of the step, and whether they are still numbers."""
    market = market_price(system, state)
    broken = ~jnp.isfinite(market).all(axis=0)
    return eqx.tree_at(
        lambda at: (
            at.price,
            at.oracle_price,
            at.fundamental,
            at.basis,
            at.funding_rate,
            at.depth,
            at.status,
        ),
        info,
        (
            market,
            system.oracle.price(state.oracle),
            fundamental_price(system, state),
            system.perps.basis(state.perps, market),
            system.perps.funding_rate(state.perps, market),
            system.providers.depth(state.providers, market),
            first(info.status, broken, Status.PRICE_NOT_FINITE),
        ),
    )

"""One round of liquidation: health, bids, liquidation, order flow, clearing."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from .._numerics import any_of, any_row, matmul
from .._status import Status, first
from .._typing import AccountFlag, AccountPath, AssetPath
from ..keeper import Offers
from ..lending import Closing
from ._groups import on_groups
from ._market import (
    Room,
    collateral_price,
    debt_price,
    market_price,
    mid_price,
    proceeds,
)
from ._state import State, StepInfo
from ._system import System


class _Round(eqx.Module):
    state: State
    info: StepInfo
    ready: AccountFlag
    taken: AccountFlag  # in the last round


def breached(system: System, state: State) -> AccountFlag:
    """Accounts with collateral and a health factor below one, at oracle prices."""
    price = system.oracle.price(state.oracle)
    health = system.accounts.health(
        state.kept,
        state.owed,
        collateral_price(system, state, price),
        debt_price(system, state, price),
    )
    return (health < 1) & (state.kept > 0)


def cascade(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Run the rounds on the paths on which an account is ready, and on no other.

    In a calm step few paths of a block have anything to liquidate; they are brought
    together (`on_groups`), so that the cost follows what happens and not the block.
    """
    below = breached(system, state)
    state = eqx.tree_at(
        lambda at: at.clock, state, system.latency.tick(state.clock, below)
    )
    ready = system.latency.ready(state.clock, below)
    return on_groups(
        lambda part, chosen: _rounds(system, *part, chosen),
        (state, info),
        ready,
        busy=any_row(ready),
    )


def _rounds(
    system: System, state: State, info: StepInfo, ready: AccountFlag
) -> tuple[State, StepInfo]:
    """Rounds until nothing is ready, or they run out.

    Paths that still liquidate in the last round carry the status for it.
    """
    start = _Round(state=state, info=info, ready=ready, taken=jnp.zeros_like(ready))

    def round_if_ready(carry: _Round, _: None) -> tuple[_Round, None]:
        return lax.cond(
            any_of(carry.ready),
            lambda now: _where_ready(_round(system, now), now),
            lambda now: now,
            carry,
        ), None

    end, _ = lax.scan(round_if_ready, start, None, length=system.rounds)
    running = (end.taken & end.ready).any(axis=0)
    status = first(end.info.status, running, Status.CASCADE_STILL_RUNNING)
    return end.state, eqx.tree_at(lambda at: at.status, end.info, status)


def _where_ready(after: _Round, before: _Round) -> _Round:
    """Only paths with a ready account take part in a round.

    A trade of nothing may be worth a rounding error: without this the last bits of a
    path would depend on who shares its group.
    """
    active = any_row(before.ready)

    def select(new: Array, old: Array) -> Array:
        return jnp.where(active.reshape((1,) * (old.ndim - 1) + (-1,)), new, old)

    return jax.tree.map(
        lambda new, old: select(new, old) if old.ndim else old, after, before
    )


def _round(system: System, carry: _Round) -> _Round:
    """Health to price, once."""
    state, info = carry.state, carry.info
    oracle = system.oracle.price(state.oracle)
    values = system.accounts.value(
        state.kept,
        state.owed,
        collateral_price(system, state, oracle),
        debt_price(system, state, oracle),
    )
    closing = system.close_factor.closing(system.accounts, values)
    mid, market = mid_price(system, state), market_price(system, state)
    offers = _offers(system, state, carry.ready, closing, market)
    room = Room(system=system, state=state, mid=mid, market=market)
    fill = system.keeper.fill(offers, state.capital, room=room)
    state, info = _liquidate(system, state, info, offers, fill, oracle=oracle)
    state, info = _trade(system, state, info, offers, fill, mid=mid, market=market)
    state = publish(system, state)
    below = breached(system, state)
    taken = fill > 0
    clock = system.latency.restart(state.clock, taken, below)
    state = eqx.tree_at(lambda at: at.clock, state, clock)
    ready = system.latency.ready(clock, below)
    return _Round(state=state, info=info, ready=ready, taken=taken)


def publish(system: System, state: State) -> State:
    """Show the market price to the oracle."""
    memory = system.oracle.publish(state.oracle, market_price(system, state))
    return eqx.tree_at(lambda at: at.oracle, state, memory)


def _offers(
    system: System,
    state: State,
    ready: AccountFlag,
    closing: Closing,
    market: AssetPath,
) -> Offers:
    return Offers(
        ready=ready,
        seized=jnp.where(ready, state.kept * closing.seized, 0),
        repaid=jnp.where(ready, state.owed * closing.repaid, 0),
        collateral=system.accounts.keepers,
        debt=system.accounts.debt,
        members=system.accounts.members,
        sale_price=collateral_price(system, state, market),
        purchase_price=debt_price(system, state, market),
        asset=system.listing.asset,
    )


def _liquidate(
    system: System,
    state: State,
    info: StepInfo,
    offers: Offers,
    fill: AccountPath,
    *,
    oracle: AssetPath,
) -> tuple[State, StepInfo]:
    """Move collateral and debt from the accounts."""
    accounts, pool = system.accounts, state.pool
    seized = pool.supply_index * matmul(accounts.collateral.T, offers.seized * fill)
    keepers = pool.supply_index * matmul(accounts.keepers.T, offers.seized * fill)
    repaid = pool.debt_index * matmul(accounts.debt.T, offers.repaid * fill)
    price = system.listing.from_assets(oracle)
    pool = eqx.tree_at(
        lambda at: (at.supplied, at.borrowed),
        pool,
        (
            jnp.maximum(pool.supplied - keepers, 0),
            jnp.maximum(pool.borrowed - repaid, 0),
        ),
    )
    state = eqx.tree_at(
        lambda at: (at.kept, at.owed, at.pool),
        state,
        (state.kept - offers.seized * fill, state.owed - offers.repaid * fill, pool),
    )
    info = eqx.tree_at(
        lambda at: (at.seized, at.repaid, at.protocol_fee),
        info,
        (
            info.seized + seized * price,
            info.repaid + repaid * price,
            info.protocol_fee + ((seized - keepers) * price).sum(axis=0),
        ),
    )
    return state, info


def _trade(
    system: System,
    state: State,
    info: StepInfo,
    offers: Offers,
    fill: AccountPath,
    *,
    mid: AssetPath,
    market: AssetPath,
) -> tuple[State, StepInfo]:
    """Send the keepers' net order flow through the venues, once."""
    flow = offers.sales(fill) - offers.purchases(fill)
    sold = flow / market
    received = proceeds(system, state, sold, mid=mid, market=market).sum(axis=0)
    profit = received - system.keeper.gas(fill > 0, system.accounts.members)
    state = eqx.tree_at(
        lambda at: (at.venues, at.capital),
        state,
        (
            system.venues.clear(state.venues, sold, mid),
            jnp.maximum(state.capital + profit, 0),
        ),
    )
    info = eqx.tree_at(
        lambda at: (at.flow, at.keeper_profit),
        info,
        (info.flow + flow, info.keeper_profit + profit),
    )
    return state, info

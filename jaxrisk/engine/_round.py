"""One round of liquidation: health, bids, liquidation, order flow, clearing."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from .._numerics import any_of, any_row, total
from .._typing import AssetPath, Flag, PerPath, ReservePath, RowFlag, RowPath
from ..keeper import Offers
from ..lending import Closing, Part, edge_of, liquidate, part_below
from ..perps import PerpReport
from ._brakes import Free, free_after, free_at_first, in_part, released, throttled
from ._hedge import plus_report
from ._market import (
    Quotes,
    Room,
    collateral_price,
    contract,
    contract_prices,
    debt_price,
    keepers_of,
    market_price,
)
from ._only import only
from ._state import State, StepInfo
from ._system import System
from ._trade import Orders, trade


CONVERGED = 1e-4
"""Health below one at which a cohort's weakest member waits for the next step.

A sale moves the price a little, and there is always a thinner slice to sell after it:
without this a third of the rounds are for dust, 2e-7 of what is seized.
"""


class Round(eqx.Module):
    """Where the rounds of a step stand."""

    state: State
    info: StepInfo
    ready: RowFlag
    taken: RowFlag  # in the last round
    free: Free  # of what policy keeps from being liquidated; no rows if all are
    before: tuple[ReservePath, ReservePath]  # what health depended on at first [USD]
    reach: PerPath  # least factor by which a health may have changed since [ratio]
    failing: Flag  # a trader of perpetuals is below maintenance
    quotes: Quotes

    @property
    def going(self) -> Flag:
        """Paths with something to liquidate."""
        return any_row(self.ready) | self.failing


def breached(system: System, state: State) -> RowFlag:
    """Rows with collateral whose weakest member has a health factor below one."""
    return system.accounts.breached(state.edge, *contract_prices(system, state))


def ready_now(system: System, state: State) -> RowFlag:
    """Which rows may be liquidated, as the clocks stand."""
    return system.latency.ready(state.clock, breached(system, state))


def notice(system: System, state: State) -> State:
    """Keepers see which accounts are breached; their clocks run."""
    clock = system.latency.tick(state.clock, breached(system, state))
    return eqx.tree_at(lambda at: at.clock, state, clock)


def begin(system: System, state: State, info: StepInfo) -> Round:
    """Before the first round."""
    ready = ready_now(system, state)
    free = free_at_first(system, state, ready)
    quotes = Quotes.of(system, state)
    return Round(
        state=state,
        info=info,
        ready=released(system, state, free, ready),
        taken=jnp.zeros_like(ready),
        free=free,
        before=contract_prices(system, state),
        reach=jnp.ones_like(state.capital),
        failing=system.perps.in_trouble(state.perps, quotes.market),
        quotes=quotes,
    )


def failing(system: System, state: State) -> Flag:
    """Paths on which a trader of perpetuals is below maintenance."""
    return system.perps.in_trouble(state.perps, market_price(system, state))


def more_rounds(system: System, now: Round) -> Round:
    """Rounds until there is nothing to liquidate, or they run out."""

    def go_on(at: tuple[Array, Round]) -> Array:
        return (at[0] < system.rounds) & any_of(at[1].going)

    def another(at: tuple[Array, Round]) -> tuple[Array, Round]:
        return at[0] + 1, next_round(system, at[1])

    return lax.while_loop(go_on, another, (jnp.zeros((), jnp.int32), now))[1]


def next_round(system: System, now: Round) -> Round:
    """One round on the paths with something to liquidate."""
    return only(now.going, _round(system, now), now)


def _still_breached(system: System, state: State) -> RowFlag:
    """Rows breached by more than what a cohort leaves to the next step."""
    fresh = jnp.arange(state.edge.shape[0]) < system.accounts.cohorts
    higher = jnp.where(fresh[:, None], 1 + CONVERGED, 1) * state.edge
    return breached(system, eqx.tree_at(lambda at: at.edge, state, higher))


def _round(system: System, now: Round) -> Round:
    """Health to price, once."""
    state, info = now.state, now.info
    accounts, prices = system.accounts, contract(system, state)
    mid, market = now.quotes
    health = accounts.ratio(accounts.weighted, prices.counted, prices.debt)
    part = part_below(accounts, state.kept, state.owed, health)
    values = accounts.value(part, *prices)
    closing = system.close_factor.closing(accounts, values, part.members)
    closing = in_part(system, closing, values)
    offers = _offers(system, state, now.ready, part, closing, market)
    room = Room(system=system, state=state, mid=mid, market=market)
    fill = keepers_of(system, state).fill(offers, state.capital, room=room)
    state, info, fill = throttled(system, state, info, offers, fill)
    state, info = _liquidate(system, state, info, part, closing, offers, fill)
    perps, forced, report = _liquidate_perps(system, state, now.failing, market)
    state = eqx.tree_at(lambda at: at.perps, state, perps)
    info = eqx.tree_at(lambda at: at.perps, info, plus_report(info, report))
    state, info = _trade(
        system, state, info, offers, fill, forced, mid=mid, market=market
    )
    quotes = Quotes.of(system, state)
    state = shown(system, state, quotes.market)
    below = _still_breached(system, state)
    taken = fill > 0
    clock = system.latency.restart(state.clock, taken, below)
    state = eqx.tree_at(lambda at: at.clock, state, clock)
    # Where nobody took anything nothing has changed, and nobody will in another round.
    moved = any_row(taken) | now.failing
    free = free_after(system, now.free, taken)
    ready = system.latency.ready(clock, below) & moved[None]
    ready = released(system, state, free, ready)
    change = _least_change(now.before, contract_prices(system, state))
    return Round(
        state=state,
        info=info,
        ready=ready,
        taken=taken,
        free=free,
        before=now.before,
        reach=jnp.minimum(now.reach, change),
        failing=system.perps.in_trouble(state.perps, quotes.market),
        quotes=quotes,
    )


def _liquidate_perps(
    system: System, state: State, failing: Flag, market: AssetPath
) -> tuple[Any, AssetPath, PerpReport]:
    """Traders below maintenance, where there are any."""

    def nothing() -> tuple[Any, AssetPath, PerpReport]:
        return state.perps, jnp.zeros_like(market), system.perps.blank(market)

    def some() -> tuple[Any, AssetPath, PerpReport]:
        return system.perps.liquidate(state.perps, market)

    return lax.cond(any_of(failing), some, nothing)


def _least_change(
    before: tuple[ReservePath, ReservePath], after: tuple[ReservePath, ReservePath]
) -> PerPath:
    """Least factor by which any health may have changed with these prices [ratio]."""
    counted, debt = (now / then for now, then in zip(after, before, strict=True))
    return counted.min(axis=0) / debt.max(axis=0)


def publish(system: System, state: State) -> State:
    """Show the market price to the oracle."""
    return shown(system, state, market_price(system, state))


def shown(system: System, state: State, market: AssetPath) -> State:
    """The state with this price shown to the oracle."""
    memory = system.oracle.publish(state.oracle, market)
    return eqx.tree_at(lambda at: at.oracle, state, memory)


def _offers(
    system: System,
    state: State,
    ready: RowFlag,
    part: Part,
    closing: Closing,
    market: AssetPath,
) -> Offers:
    accounts = system.accounts
    return Offers(
        ready=ready,
        seized=jnp.where(ready, part.kept * closing.seized, 0),
        repaid=jnp.where(ready, part.owed * closing.repaid, 0),
        collateral=accounts.by_row(accounts.keepers),
        debt=accounts.by_row(accounts.debt),
        members=part.members,
        sale_price=collateral_price(system, state, market),
        purchase_price=debt_price(system, state, market),
        listing=system.listing,
    )


def _liquidate(
    system: System,
    state: State,
    info: StepInfo,
    part: Part,
    closing: Closing,
    offers: Offers,
    fill: RowPath,
) -> tuple[State, StepInfo]:
    """Move collateral and debt from the accounts."""
    accounts, pool = system.accounts, state.pool
    offered = Part(kept=offers.seized, owed=offers.repaid, members=part.members)
    kept, owed, lost = liquidate(
        accounts, state.kept, state.owed, part, offered, fill, closing.healing
    )
    seized_share = accounts.by_account(offers.seized * fill)
    repaid_share = accounts.by_account(offers.repaid * fill)
    seized = pool.supply_index * total(accounts.collateral, seized_share)
    keepers = pool.supply_index * total(accounts.keepers, seized_share)
    repaid = pool.debt_index * total(accounts.debt, repaid_share)
    price = system.listing.from_assets(system.oracle.price(state.oracle))
    pool = eqx.tree_at(
        lambda at: (at.supplied, at.borrowed),
        pool,
        (
            jnp.maximum(pool.supplied - keepers, 0),
            jnp.maximum(pool.borrowed - repaid, 0),
        ),
    )
    state = eqx.tree_at(
        lambda at: (at.kept, at.owed, at.edge, at.lost, at.pool),
        state,
        (kept, owed, edge_of(accounts, kept, owed), state.lost + lost, pool),
    )
    info = eqx.tree_at(
        lambda at: (at.unpaid, at.seized, at.repaid, at.protocol_fee),
        info,
        (
            info.unpaid + total(accounts.debt, lost),
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
    fill: RowPath,
    forced: AssetPath,
    *,
    mid: AssetPath,
    market: AssetPath,
) -> tuple[State, StepInfo]:
    """Send the keepers' orders and forced ones through the venues, once."""
    flow = offers.sales(fill) - offers.purchases(fill)
    orders = Orders(keepers=flow / market, perps=forced)
    answer = system.dealers.in_round
    state, info, received = trade(
        system, state, info, orders, answer, mid=mid, market=market
    )
    gas = keepers_of(system, state).gas(fill > 0, offers.members)
    profit = received - gas
    state = eqx.tree_at(
        lambda at: at.capital, state, jnp.maximum(state.capital + profit, 0)
    )
    made = info.keeper_profit + profit
    return state, eqx.tree_at(lambda at: at.keeper_profit, info, made)

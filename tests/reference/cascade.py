"""Phase 4: health, bids, liquidation, order flow, venues, price; `rounds` times."""

import math

import numpy as np

from .cohorts import relative_health, share_that_goes, shares_below
from .dealers import hedged
from .instruments import hedges
from .perp_moves import liquidate_perps
from .plan import Plan, plan_of
from .policy_moves import may_be_liquidated, throttle
from .positions import part_on_offer, position_of, whole_position
from .prices import market_prices, mid_prices, venue_of
from .state import Flows, State
from .system import ReferenceSystem, Vector


CONVERGED = 1e-4  # health below one that a cohort leaves to the next step


def cascade(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Liquidate, let the sales move prices, and look again."""
    start_clocks(system, state)
    for number in range(system.rounds):
        liquidation_round(system, state, flows, is_first=number == 0)


def liquidation_round(
    system: ReferenceSystem, state: State, flows: Flows, *, is_first: bool
) -> None:
    """Decide everything at the prices of its start, then clear the venues once."""
    market = market_prices(system, state)
    plans = [
        plan_of(system, state, row, market)
        for row in system.rows
        if is_ready(system, state, row)
        and (is_first or not is_converged(system, state, row))
    ]
    fills = throttled(
        system, state, flows, plans, system.keeper.fills(system, state, plans)
    )
    net = np.zeros(len(system.assets))
    gas = 0.0
    for plan, fill in zip(plans, fills, strict=True):
        liquidate(system, state, flows, plan, fill)
        net += order_flow(system, plan, fill)
        gas += plan.gas if fill > 0.0 else 0.0
    flows.perps.append(liquidate_perps(system.exchange, state.perps, market))
    forced = flows.perps[-1].sold + hedges(system, state, net, market)
    proceeds = trade(system, state, flows, net, forced, in_round=True)
    settle(state, flows, net, proceeds, gas)
    system.oracle.publish(state.oracle, market_prices(system, state))
    taken = [plan for plan, fill in zip(plans, fills, strict=True) if fill > 0.0]
    restart_clocks(system, state, taken)
    state.policy.closed.update(plan.row for plan in taken)


def throttled(
    system: ReferenceSystem,
    state: State,
    flows: Flows,
    plans: list[Plan],
    fills: list[float],
) -> list[float]:
    """What of the fills is within the budgets of their markets."""
    markets = [system.accounts[system.account_of(plan.row)].market for plan in plans]
    wanted = np.zeros(len(system.markets))
    for plan, market, fill in zip(plans, markets, fills, strict=True):
        for r, reserve in enumerate(system.reserves):
            price = state.oracle.price[reserve.asset]
            wanted[market] += fill * plan.repaid[r] * price
    shares = throttle(system, state, flows, wanted)
    return [fill * shares[m] for fill, m in zip(fills, markets, strict=True)]


def health_of(system: ReferenceSystem, state: State, row: int) -> float:
    """Health factor at the oracle price; of a cohort, that of the weakest member."""
    if not system.is_fresh(row):
        return position_of(system, state, row, state.oracle.price).health
    owed = float(state.owed[row, 0])
    if owed <= 0.0:
        return math.inf
    whole = whole_position(system, state, row, state.oracle.price)
    return whole.health * relative_health(system.spread_of(row), 1.0 - owed)


def is_breached(system: ReferenceSystem, state: State, row: int) -> bool:
    """Liquidatable by the contract: unhealthy, with something left to seize."""
    has_collateral = bool(np.any(state.kept[row] > 0.0))
    if not has_collateral or health_of(system, state, row) >= 1.0:
        return False
    # A weakest member below one by a rounding error: nobody is on offer.
    part = part_on_offer(system, state, row, state.oracle.price)
    return not system.is_fresh(row) or part.debt > 0.0


def is_converged(system: ReferenceSystem, state: State, row: int) -> bool:
    """A cohort whose weakest member is below one by next to nothing."""
    health = health_of(system, state, row)
    return system.is_fresh(row) and health * (1.0 + CONVERGED) >= 1.0


def start_clocks(system: ReferenceSystem, state: State) -> None:
    """Keepers notice, once a step, who has become liquidatable."""
    for row in system.rows:
        if is_breached(system, state, row):
            state.first_seen.setdefault(row, state.step)


def restart_clocks(system: ReferenceSystem, state: State, taken: list[Plan]) -> None:
    """Forget accounts that a liquidation has healed, at the price it has led to."""
    for plan in taken:
        if not is_breached(system, state, plan.row) or is_converged(
            system, state, plan.row
        ):
            state.first_seen.pop(plan.row, None)


def is_ready(system: ReferenceSystem, state: State, row: int) -> bool:
    """Liquidatable now, and first seen so at least the latency ago."""
    if not is_breached(system, state, row):
        return False
    if not may_be_liquidated(system, state, row):
        return False
    if system.latency == 0:
        return True
    seen = state.first_seen.get(row, state.step)
    return state.step - seen >= system.latency


def liquidate(
    system: ReferenceSystem, state: State, flows: Flows, plan: Plan, fill: float
) -> None:
    """Carry out the share `fill` of a plan, and write down who got what."""
    if system.is_fresh(plan.row):
        take_members(system, state, plan, fill)
    else:
        state.kept[plan.row] *= 1.0 - fill * plan.seized_share
        state.owed[plan.row] *= 1.0 - fill * plan.repaid_share
    for r, reserve in enumerate(system.reserves):
        oracle_price = state.oracle.price[reserve.asset]
        seized, repaid = fill * plan.seized[r], fill * plan.repaid[r]
        fee = fill * (plan.seized[r] - plan.sold[r])
        state.supplied[r] -= seized - fee
        state.borrowed[r] -= repaid
        flows.seized[r] += seized
        flows.seized_usd[r] += seized * oracle_price
        flows.fee[r] += fee
        flows.protocol_fee += fee * oracle_price
        flows.repaid[r] += repaid
        flows.repaid_usd[r] += repaid * oracle_price


def take_members(
    system: ReferenceSystem, state: State, plan: Plan, fill: float
) -> None:
    """Let the members of a cohort go that a fill heals, with what is left to them."""
    price = state.oracle.price
    whole = whole_position(system, state, plan.row, price)
    kept, owed = shares_below(system, state, plan.row, whole.health)
    health = part_on_offer(system, state, plan.row, price).health
    seized, repaid = float(plan.seized_share[0]), float(plan.repaid_share[0])
    goes = share_that_goes(health, seized, repaid, fill)
    state.kept[plan.row] -= goes * kept
    state.owed[plan.row] -= goes * owed
    account = system.account_of(plan.row)
    left = goes * owed - fill * repaid * owed
    if seized >= 1.0 and fill >= goes:
        state.unpaid[account] += left
        return
    state.kept[account] += goes * kept - fill * seized * kept
    state.owed[account] += left


def order_flow(system: ReferenceSystem, plan: Plan, fill: float) -> Vector:
    """Tokens that the keeper sells, less those that it buys to repay, [asset]."""
    net = np.zeros(len(system.assets))
    for r, reserve in enumerate(system.reserves):
        net[reserve.asset] += fill * (plan.sold[r] - plan.repaid[r])
    return net


def trade(
    system: ReferenceSystem,
    state: State,
    flows: Flows,
    net: Vector,
    forced: Vector,
    *,
    in_round: bool,
) -> float:
    """Clear the keepers' net orders, forced ones, and what dealers make of them.

    Returns:
        What the keepers' orders bring [USD].
    """
    price = traded(system, state, flows, net + forced, in_round=in_round)
    return float(np.sum(price * net))


def traded(
    system: ReferenceSystem,
    state: State,
    flows: Flows,
    others: Vector,
    *,
    in_round: bool,
) -> Vector:
    """Clear the orders of all but the dealers, and theirs; the price of each asset."""
    market = market_prices(system, state)
    every = others.copy()
    sold = hedged(system, state, every, in_round=in_round)
    for d, dealer in enumerate(system.dealers):
        every[dealer.asset] += sold[d]
        flows.hedged[d] += sold[d] * market[dealer.asset]
        flows.turnover[d] += abs(sold[d]) * market[dealer.asset]
    flows.flow_usd += every * market
    return clear(system, state, every, market)


def clear(system: ReferenceSystem, state: State, net: Vector, market: Vector) -> Vector:
    """Trade the net flow of every asset; returns the mean price of each [USD]."""
    mid = mid_prices(system, state)
    price = market.copy()
    for a, asset in enumerate(system.assets):
        inventory = float(state.inventory[a])
        venue = venue_of(system, state, a)
        before = venue.displacement(inventory, mid[a])
        after = venue.displacement(inventory + net[a], mid[a])
        # The venue trades against the reference asset, whose own price may have moved.
        scale = market[a] / (mid[a] * math.exp(before))
        if net[a] != 0.0:
            proceeds = venue.proceeds(inventory, net[a], mid[a])
            price[a] = scale * proceeds / net[a]
        state.permanent[a] += asset.permanent_share * (after - before)
        state.inventory[a] += (1.0 - asset.permanent_share) * net[a]
    return price


def settle(
    state: State, flows: Flows, net: Vector, proceeds: float, gas: float
) -> None:
    """Book the keepers' profit of a round; their capital cannot go below zero."""
    profit = proceeds - gas
    flows.sold += net
    flows.proceeds += proceeds
    flows.gas += gas
    flows.keeper_profit += profit
    state.capital = max(state.capital + profit, 0.0)

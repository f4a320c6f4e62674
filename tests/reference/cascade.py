"""Phase 4: health, bids, liquidation, order flow, venues, price; `rounds` times."""

import math

import numpy as np

from .plan import Plan, plan_of
from .positions import position_of
from .prices import market_prices, mid_prices
from .state import Flows, State
from .system import ReferenceSystem, Vector


def cascade(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Liquidate, let the sales move prices, and look again."""
    start_clocks(system, state)
    for _ in range(system.rounds):
        liquidation_round(system, state, flows)


def liquidation_round(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Decide everything at the prices of its start, then clear the venues once."""
    market = market_prices(system, state)
    plans = [
        plan_of(system, state, account, market)
        for account in range(len(system.accounts))
        if is_ready(system, state, account)
    ]
    fills = system.keeper.fills(system, state, plans)
    net = np.zeros(len(system.assets))
    gas = 0.0
    for plan, fill in zip(plans, fills, strict=True):
        liquidate(system, state, flows, plan, fill)
        net += order_flow(system, plan, fill)
        gas += plan.gas if fill > 0.0 else 0.0
    flows.flow_usd += net * market
    proceeds = clear(system, state, net, market)
    settle(state, flows, net, proceeds, gas)
    system.oracle.publish(state.oracle, market_prices(system, state))
    taken = [plan for plan, fill in zip(plans, fills, strict=True) if fill > 0.0]
    restart_clocks(system, state, taken)


def health_of(system: ReferenceSystem, state: State, account: int) -> float:
    """Health factor at the oracle price."""
    return position_of(system, state, account, state.oracle.price).health


def is_breached(system: ReferenceSystem, state: State, account: int) -> bool:
    """Liquidatable by the contract: unhealthy, with something left to seize."""
    has_collateral = bool(np.any(state.kept[account] > 0.0))
    return has_collateral and health_of(system, state, account) < 1.0


def start_clocks(system: ReferenceSystem, state: State) -> None:
    """Keepers notice, once a step, who has become liquidatable."""
    for account in range(len(system.accounts)):
        if is_breached(system, state, account):
            state.first_seen.setdefault(account, state.step)


def restart_clocks(system: ReferenceSystem, state: State, taken: list[Plan]) -> None:
    """Forget accounts that a liquidation has healed, at the price it has led to."""
    for plan in taken:
        if not is_breached(system, state, plan.account):
            state.first_seen.pop(plan.account, None)


def is_ready(system: ReferenceSystem, state: State, account: int) -> bool:
    """Liquidatable now, and first seen so at least the latency ago."""
    if not is_breached(system, state, account):
        return False
    if system.latency == 0:
        return True
    seen = state.first_seen.get(account, state.step)
    return state.step - seen >= system.latency


def liquidate(
    system: ReferenceSystem, state: State, flows: Flows, plan: Plan, fill: float
) -> None:
    """Carry out the share `fill` of a plan, and write down who got what."""
    for r, reserve in enumerate(system.reserves):
        oracle_price = state.oracle.price[reserve.asset]
        seized, repaid = fill * plan.seized[r], fill * plan.repaid[r]
        fee = fill * (plan.seized[r] - plan.sold[r])
        state.kept[plan.account, r] *= 1.0 - fill * plan.seized_share[r]
        state.owed[plan.account, r] *= 1.0 - fill * plan.repaid_share[r]
        state.supplied[r] -= seized - fee
        state.borrowed[r] -= repaid
        flows.seized[r] += seized
        flows.seized_usd[r] += seized * oracle_price
        flows.fee[r] += fee
        flows.protocol_fee += fee * oracle_price
        flows.repaid[r] += repaid
        flows.repaid_usd[r] += repaid * oracle_price


def order_flow(system: ReferenceSystem, plan: Plan, fill: float) -> Vector:
    """Tokens that the keeper sells, less those that it buys to repay, [asset]."""
    net = np.zeros(len(system.assets))
    for r, reserve in enumerate(system.reserves):
        net[reserve.asset] += fill * (plan.sold[r] - plan.repaid[r])
    return net


def clear(system: ReferenceSystem, state: State, net: Vector, market: Vector) -> float:
    """Trade the net flow of every asset; returns what the keepers receive [USD]."""
    mid = mid_prices(system, state)
    proceeds = 0.0
    for a, asset in enumerate(system.assets):
        inventory = float(state.inventory[a])
        before = asset.venue.displacement(inventory, mid[a])
        after = asset.venue.displacement(inventory + net[a], mid[a])
        # The venue trades against the reference asset, whose own price may have moved.
        scale = market[a] / (mid[a] * math.exp(before))
        proceeds += scale * asset.venue.proceeds(inventory, net[a], mid[a])
        state.permanent[a] += asset.permanent_share * (after - before)
        state.inventory[a] += (1.0 - asset.permanent_share) * net[a]
    return proceeds


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

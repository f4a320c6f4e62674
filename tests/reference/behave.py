"""Phase 5: suppliers run; borrowers top up, unwind or lever up."""

import math
from dataclasses import dataclass

import numpy as np

from .behaviour import Actor
from .cascade import traded
from .policy_moves import factor_of, is_stopped
from .positions import Position, position_of
from .prices import market_prices, mid_prices, venue_of
from .rates import utilization_of
from .runs import cash_of, run
from .state import Flows, State
from .system import ReferenceSystem, Vector


def behave(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """First those who supply, then those who owe."""
    for r in system.runs:
        run(system, state, flows, r)
    act(system, state, flows)


@dataclass
class Act:
    """What one account does."""

    number: int  # of the actor
    position: Position  # at oracle prices
    kept: Vector  # [reserve] shares of its collateral, before it acts
    paid: float  # from outside [USD]
    sold: float  # collateral [USD]
    drawn: float  # debt [USD]

    @property
    def sold_share(self) -> float:
        """Of the collateral that it has."""
        return self.sold / self.position.collateral if self.sold else 0.0


def act(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Everybody decides at the same prices; sales are cleared, then purchases."""
    acts = [
        decide(system, state, number, actor)
        for number, actor in enumerate(system.actors)
    ]
    if all(one.paid + one.sold + one.drawn == 0.0 for one in acts):
        return
    cut_back(system, state, acts)
    for one in acts:
        write_down(system, state, flows, one)
        top_up(system, state, one)
    proceeds = sell(system, state, flows, acts)
    spend(system, state, flows, acts, proceeds)
    state.supplied = np.maximum(state.supplied, 0.0)
    state.borrowed = np.maximum(state.borrowed, 0.0)
    system.oracle.publish(state.oracle, market_prices(system, state))


def carry_of(system: ReferenceSystem, state: State, at: Position) -> float:
    """What an account earns less what it pays [USD a year]."""
    earned = 0.0
    for r, reserve in enumerate(system.reserves):
        used = utilization_of(state.borrowed[r], state.supplied[r])
        borrow = reserve.rate.borrow_rate(used)
        supply = borrow * used * (1.0 - reserve.reserve_factor)
        staking = system.staking[r] if system.staking else 0.0
        earned += at.collateral_values[r] * (supply + staking)
        earned -= at.debt_values[r] * (borrow + staking)
    return earned


def decide(system: ReferenceSystem, state: State, number: int, actor: Actor) -> Act:
    """What an account wants to do, at oracle prices."""
    at = position_of(system, state, actor.account, state.oracle.price)
    collateral, weighted, debt = at.collateral, at.weighted, at.debt
    kept = state.kept[actor.account].copy()
    if collateral <= actor.walks_below * debt:
        return Act(number, at, kept, paid=0.0, sold=0.0, drawn=0.0)
    wealth = max(state.behaviour.wealth[number], 0.0)
    paid = 0.0
    if actor.top_up_below is not None and at.health < actor.top_up_below:
        if actor.with_collateral:
            gap = (actor.top_up_to * debt - weighted) * collateral / weighted
        else:
            gap = debt - weighted / actor.top_up_to
        paid = min(actor.top_up_speed * max(gap, 0.0), wealth)
    threshold = weighted / collateral
    limit = sum(
        value * ltv * factor_of(system, state, r)
        for r, (value, ltv) in enumerate(
            zip(at.collateral_values, actor.loan_to_value, strict=True)
        )
    )
    limit_share = float(limit) / collateral
    if actor.with_collateral:
        collateral += paid
    else:
        debt -= paid
    health = threshold * collateral / debt if debt > 0.0 else math.inf
    sold = 0.0
    if actor.unwind_below is not None and health < actor.unwind_below:
        gap = actor.unwind_to * debt - threshold * collateral
        sold = actor.unwind_speed * max(gap / (actor.unwind_to - threshold), 0.0)
    carry = carry_of(system, state, at)
    if actor.tolerance is not None and carry < -actor.tolerance * (collateral - debt):
        sold = max(sold, actor.carry_speed * debt)
    sold = min(sold, debt, collateral)
    drawn = 0.0
    turned = actor.tolerance is not None and carry < 0.0
    above = actor.lever_above is not None and health > actor.lever_above
    if above and sold == 0.0 and not turned:
        aim = (threshold * collateral - actor.lever_to * debt) / (
            actor.lever_to - threshold
        )
        most = (limit_share * collateral - debt) / (1.0 - limit_share)
        drawn = actor.lever_speed * max(min(aim, most), 0.0)
    return Act(number, at, kept, paid=paid, sold=sold, drawn=drawn)


def cut_back(system: ReferenceSystem, state: State, acts: list[Act]) -> None:
    """What is paused is left; what is more than the pools have is shared out."""
    for one in acts:
        owner = system.accounts[system.actors[one.number].account]
        for r in range(len(system.reserves)):
            touched = owner.collateral[r] > 0.0 or owner.debt[r] > 0.0
            if touched and is_stopped(system, state, r, "trading"):
                one.sold = one.drawn = 0.0
            if owner.debt[r] > 0.0 and is_stopped(system, state, r, "borrowing"):
                one.drawn = 0.0
    wanted = np.zeros(len(system.reserves))
    borrowed = np.zeros(len(system.reserves))
    for one in acts:
        wanted += one.sold_share * one.position.collateral_tokens
        borrowed += drawn_tokens(system, state, one)
    share = np.ones(len(system.reserves))
    for r in range(len(system.reserves)):
        there, both = cash_of(system, state, r), float(wanted[r] + borrowed[r])
        share[r] = there / both if there < both else 1.0
    for one in acts:
        owner = system.accounts[system.actors[one.number].account]
        one.sold *= min(share[owner.collateral > 0.0], default=1.0)
        one.drawn *= min(share[owner.debt > 0.0], default=1.0)


def drawn_tokens(system: ReferenceSystem, state: State, one: Act) -> Vector:
    """What is borrowed of every reserve, in the mix of the account's first debt."""
    mix = debt_mix(system, state, one)
    price = np.array([state.oracle.price[r.asset] for r in system.reserves])
    return mix * (one.drawn / float(mix @ price)) if one.drawn else 0.0 * mix


def debt_mix(system: ReferenceSystem, state: State, one: Act) -> Vector:
    """The account's debt at the start, with its interest [token]."""
    owner = system.accounts[system.actors[one.number].account]
    return owner.debt * state.debt_index


def collateral_mix(system: ReferenceSystem, state: State, one: Act) -> Vector:
    """The account's collateral at the start, with its interest [token]."""
    owner = system.accounts[system.actors[one.number].account]
    return owner.collateral * state.supply_index


def write_down(system: ReferenceSystem, state: State, flows: Flows, one: Act) -> None:
    """Who did how much, by market [USD]; money from outside is gone."""
    market = system.accounts[system.actors[one.number].account].market
    flows.behaviour.topped_up[market] += one.paid
    flows.behaviour.unwound[market] += one.sold
    flows.behaviour.levered[market] += one.drawn
    state.behaviour.wealth[one.number] -= one.paid


def top_up(system: ReferenceSystem, state: State, one: Act) -> None:
    """Tokens from outside, in the mix of what is there."""
    actor = system.actors[one.number]
    if one.paid == 0.0:
        return
    if actor.with_collateral:
        share = one.paid / one.position.collateral
        state.supplied += share * one.position.collateral_tokens
        state.kept[actor.account] *= 1.0 + share
    else:
        share = one.paid / one.position.debt
        state.borrowed -= share * one.position.debt_tokens
        state.owed[actor.account] *= 1.0 - share


def by_asset(system: ReferenceSystem, tokens: Vector) -> Vector:
    """Sums over the reserves of each asset."""
    found = np.zeros(len(system.assets))
    for r, reserve in enumerate(system.reserves):
        found[reserve.asset] += tokens[r]
    return found


def sell(
    system: ReferenceSystem, state: State, flows: Flows, acts: list[Act]
) -> list[float]:
    """Collateral, and what was borrowed, through the venues; what each one gets."""
    sales = []
    for one in acts:
        account = system.actors[one.number].account
        collateral = one.sold_share * one.position.collateral_tokens
        debt = drawn_tokens(system, state, one)
        state.supplied -= collateral
        state.borrowed += debt
        state.kept[account] -= one.sold_share * one.kept
        owed = debt_mix(system, state, one)
        share = float(debt.sum() / owed.sum()) if one.drawn else 0.0
        state.owed[account] += share
        sales.append(by_asset(system, collateral + debt))
    price = traded(system, state, flows, np.sum(sales, axis=0), in_round=True)
    return [float(sale @ price) for sale in sales]


def spend(
    system: ReferenceSystem,
    state: State,
    flows: Flows,
    acts: list[Act],
    proceeds: list[float],
) -> None:
    """Everybody buys debt or collateral with what they got; the rest is theirs."""
    market = market_prices(system, state)
    by_reserve = np.array([market[reserve.asset] for reserve in system.reserves])
    baskets = []
    for one, money in zip(acts, proceeds, strict=True):
        account = system.actors[one.number].account
        mix = (debt_mix if one.sold else collateral_mix)(system, state, one)
        cost = float(mix @ by_reserve)
        units = money / cost if cost and (one.sold or one.drawn) else 0.0
        if one.sold:
            units = min(units, float(state.owed[account, 0]))
        baskets.append(units * mix)
    wanted = by_asset(system, np.sum(baskets, axis=0))
    share = [
        affordable(system, state, a, float(wanted[a]), float(market[a]))
        for a in range(len(system.assets))
    ]
    of_reserve = np.array([share[reserve.asset] for reserve in system.reserves])
    for k, basket in enumerate(baskets):
        baskets[k] = basket * min(of_reserve[basket > 0.0], default=1.0)
    orders = -by_asset(system, np.sum(baskets, axis=0))
    price = traded(system, state, flows, orders, in_round=True)
    for one, money, basket in zip(acts, proceeds, baskets, strict=True):
        take_home(system, state, one, basket)
        paid = float(by_asset(system, basket) @ price)
        state.behaviour.wealth[one.number] += money - paid


def affordable(
    system: ReferenceSystem, state: State, a: int, wanted: float, price: float
) -> float:
    """Share of so many tokens that their worth without slippage buys with it."""
    if wanted == 0.0:
        return 1.0
    mid = float(mid_prices(system, state)[a])
    venue, inventory = venue_of(system, state, a), float(state.inventory[a])
    scale = price / (mid * math.exp(venue.displacement(inventory, mid)))
    low, high = 0.0, 1.0
    for _ in range(100):
        middle = (low + high) / 2.0
        cost = -scale * venue.proceeds(inventory, -middle * wanted, mid)
        low, high = (middle, high) if cost <= wanted * price else (low, middle)
    return low


def take_home(system: ReferenceSystem, state: State, one: Act, basket: Vector) -> None:
    """Repay with what was bought, or supply it."""
    account = system.actors[one.number].account
    owner = system.accounts[account]
    if one.sold:
        owed = debt_mix(system, state, one)
        state.borrowed -= basket
        share = float(basket.sum() / owed.sum())
        state.owed[account] = np.maximum(state.owed[account] - share, 0.0)
    elif one.drawn:
        held = owner.collateral * state.supply_index
        state.supplied += basket
        state.kept[account] += float(basket.sum() / held.sum())

"""How policy acts: it decides once a step; cascade and absorption ask what holds."""

import math
from typing import TYPE_CHECKING

import numpy as np

from .policy import Breaker, Factors, Vector
from .prices import market_prices, mid_prices, venue_of


if TYPE_CHECKING:
    from .state import Flows, State
    from .system import ReferenceSystem


def decide(system: "ReferenceSystem", state: "State") -> None:
    """Look at the market after the shock."""
    memory, policy = state.policy, system.policy
    memory.closed.clear()
    memory.prices.append(np.log(market_prices(system, state)))
    for b, breaker in enumerate(policy.breakers):
        for a in breaker.assets:
            look(state, breaker, b, a)
    if policy.factors is not None:
        memory.decided.append(next_factors(system, state, policy.factors))
    memory.left = [
        min(limit.amount, limit.share * debt_of(system, state, m))
        for m, limit in enumerate(policy.limits)
    ]


def look(state: "State", breaker: Breaker, b: int, a: int) -> None:
    """Trip if the price has moved too far, and the last time is long enough ago."""
    memory = state.policy
    then = max(len(memory.prices) - 1 - breaker.window, 0)
    move = memory.prices[-1][a] - memory.prices[then][a]
    last = memory.tripped.get((b, a))
    rested = last is None or state.step - last >= breaker.pause + breaker.cool_down
    if rested and (move <= -breaker.fall or move >= breaker.rise):
        memory.tripped[b, a] = state.step


def next_factors(system: "ReferenceSystem", state: "State", factors: Factors) -> Vector:
    """What is decided now, by reserve."""
    memory = state.policy
    recent = (memory.prices[-1] - memory.prices[-2]) ** 2 / system.dt
    memory.variance = factors.memory * memory.variance + (1 - factors.memory) * recent
    mid = mid_prices(system, state)
    found = np.zeros(len(system.reserves))
    for r, (reserve, rule) in enumerate(
        zip(system.reserves, factors.each, strict=True)
    ):
        a = reserve.asset
        excess = max(math.sqrt(memory.variance[a]) - rule.calm, 0.0)
        own = venue_of(system, state, a).displacement(float(state.inventory[a]), mid[a])
        providers = state.behaviour.providers
        left = providers[a].depth if a in providers else 1.0
        aim = rule.base - rule.on_volatility * excess
        aim -= rule.on_depth * (max(-own, 0.0) + 1.0 - left)
        aim -= rule.on_concentration * rule.concentration
        aim = min(max(aim, rule.floor), rule.cap)
        last = memory.decided[-1][r]
        found[r] = min(max(aim, last - rule.speed), last + rule.speed)
    return found


def debt_of(system: "ReferenceSystem", state: "State", market: int) -> float:
    """All that is borrowed in a market, at the oracle's last prices [USD]."""
    return sum(
        float(state.borrowed[r] * state.oracle.price[reserve.asset])
        for r, reserve in enumerate(system.reserves)
        if reserve.market == market
    )


def factor_of(system: "ReferenceSystem", state: "State", r: int) -> float:
    """The collateral factor in force, over the listed one [ratio]."""
    factors = system.policy.factors
    if factors is None:
        return 1.0
    decided = state.policy.decided
    return float(decided[max(len(decided) - 1 - factors.notice, 0)][r])


def is_stopped(system: "ReferenceSystem", state: "State", r: int, what: str) -> bool:
    """Whether a breaker pauses something for a reserve now."""
    own = system.reserves[r]
    for (b, a), when in state.policy.tripped.items():
        breaker = system.policy.breakers[b]
        paused = state.step - when < breaker.pause and what in breaker.stops
        if not paused or own.market not in breaker.markets:
            continue
        if what == "trading" and own.asset == a:
            return True
        if what != "trading" and lists(system, own.market, a):
            return True
    return False


def lists(system: "ReferenceSystem", market: int, asset: int) -> bool:
    """Whether a market has a reserve of an asset."""
    return any(one.market == market and one.asset == asset for one in system.reserves)


def may_be_liquidated(system: "ReferenceSystem", state: "State", row: int) -> bool:
    """Not paused, not closed in part already, in a market with a budget left."""
    owner = system.accounts[system.account_of(row)]
    for r in range(len(system.reserves)):
        touched = owner.collateral[r] > 0.0 or owner.debt[r] > 0.0
        if touched and (
            is_stopped(system, state, r, "liquidations")
            or is_stopped(system, state, r, "trading")
        ):
            return False
    if not system.policy.limits:
        return True
    if row in state.policy.closed and most_of(system, owner.market) < 1.0:
        return False
    return state.policy.left[owner.market] > 0.0


def most_of(system: "ReferenceSystem", market: int) -> float:
    """Largest share of a position closed in one liquidation [ratio]."""
    limits = system.policy.limits
    return limits[market].closing if limits else 1.0


def throttle(
    system: "ReferenceSystem", state: "State", flows: "Flows", wanted: Vector
) -> list[float]:
    """Share by market of what keepers want to repay [USD] that they may."""
    if not system.policy.limits:
        return [1.0] * len(system.markets)
    shares, left = [], state.policy.left
    for m in range(len(system.markets)):
        short = wanted[m] > left[m]
        shares.append(left[m] / wanted[m] if short else 1.0)
        flows.policy.refused[m] += wanted[m] * (1.0 - shares[m])
        left[m] = 0.0 if short else left[m] - wanted[m]
    return shares


def note_rules(system: "ReferenceSystem", state: "State", flows: "Flows") -> None:
    """Which markets are without liquidations, and the factors in force."""
    for r in range(len(flows.policy.factor)):
        flows.policy.factor[r] = factor_of(system, state, r)
    for m in range(len(flows.policy.paused)):
        own = [r for r, one in enumerate(system.reserves) if one.market == m]
        flows.policy.paused[m] = all(
            is_stopped(system, state, r, "liquidations") for r in own
        )

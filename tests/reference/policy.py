"""What governance does while a market moves: rules, what they remember, how they act.

Reading order: `Policy` (what is fixed), `PolicyState` (what moves), `decide` (once a
step, after the shock), then what the cascade and the absorption ask for.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .prices import market_prices, mid_prices, venue_of


if TYPE_CHECKING:
    from .state import Flows, State
    from .system import ReferenceSystem


Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Breaker:
    """Pauses what it stops when a price has moved too far over some steps."""

    assets: tuple[int, ...]
    markets: tuple[int, ...]
    window: int  # [step]
    fall: float  # [log]
    rise: float  # [log]
    pause: int  # [step]
    cool_down: int  # [step]
    stops: tuple[str, ...]  # "liquidations", "borrowing", "trading"


@dataclass(frozen=True)
class Limit:
    """Of one market in a step."""

    amount: float = math.inf  # [USD]
    share: float = math.inf  # of its debt [ratio]
    closing: float = 1.0  # of a position [ratio]


@dataclass(frozen=True)
class Layers:
    """Who pays after a market's reserve fund."""

    cash: float = 0.0  # [USD]
    token: int | None = None  # asset of the treasury's tokens
    tokens: float = 0.0  # [token]
    stake: int | None = None  # asset that is staked
    slashable: float = 0.0  # [token]
    backstop: float = 0.0  # [USD]
    fall: float = 0.5  # most that one sale lowers its price by [log]


@dataclass(frozen=True)
class Factor:
    """How the collateral factor of one reserve follows the market."""

    base: float = 1.0
    on_volatility: float = 0.0
    calm: float = 0.0  # [ratio a year]
    on_depth: float = 0.0
    on_concentration: float = 0.0
    concentration: float = 0.0
    floor: float = 0.5
    cap: float = 1.0
    speed: float = math.inf  # [ratio a step]


@dataclass(frozen=True)
class Factors:
    """The factors of all reserves, and how volatility is measured."""

    each: tuple[Factor, ...]  # by reserve
    volatility: Vector  # [asset] at the start [ratio a year]
    memory: float  # share of the variance that a step leaves [ratio]
    notice: int = 0  # [step]


@dataclass(frozen=True)
class Policy:
    """All rules; absent ones do nothing."""

    breakers: tuple[Breaker, ...] = ()
    limits: tuple[Limit, ...] = ()  # by market
    layers: tuple[Layers, ...] = ()  # by market
    factors: Factors | None = None


@dataclass
class Purse:
    """What the layers of a market still hold."""

    cash: float
    tokens: float
    slashable: float
    backstop: float


@dataclass
class PolicyState:
    """What is remembered."""

    prices: list[Vector]  # after the shock of every step, and at the start [log]
    tripped: dict[tuple[int, int], int]  # breaker and asset: step
    variance: Vector  # [asset] [1/year]
    decided: list[Vector]  # [step] of [reserve] [ratio]
    left: list[float]  # of what may be repaid in this step, by market [USD]
    purses: list[Purse]  # by market
    closed: set[int] = field(default_factory=set)  # rows liquidated in this step


@dataclass
class PolicyFlows:
    """What policy did in a step."""

    paused: Vector  # [market]
    refused: Vector  # [market] [USD]
    treasury: Vector  # [market] [USD]
    module: Vector  # [market] [USD]
    backstop: Vector  # [market] [USD]
    socialised: Vector  # [market] [USD]
    factor: Vector  # [reserve] in force [ratio]

    @classmethod
    def none(cls, system: "ReferenceSystem") -> "PolicyFlows":
        """Nothing yet; of parts that are absent, no rows."""
        policy, markets = system.policy, len(system.markets)
        by_layer = markets * bool(policy.layers)
        reserves = len(system.reserves) * (policy.factors is not None)
        return cls(
            paused=np.zeros(markets * bool(policy.breakers)),
            refused=np.zeros(markets * bool(policy.limits)),
            treasury=np.zeros(by_layer),
            module=np.zeros(by_layer),
            backstop=np.zeros(by_layer),
            socialised=np.zeros(by_layer),
            factor=np.zeros(reserves),
        )


def initial_policy(system: "ReferenceSystem", price: Vector) -> PolicyState:
    """Nothing has happened; the base factors are in force."""
    policy, factors = system.policy, system.policy.factors
    count = len(system.assets)
    return PolicyState(
        prices=[np.log(price)],
        tripped={},
        variance=np.zeros(count) if factors is None else factors.volatility**2,
        decided=[] if factors is None else [start_of(factors)],
        left=[],
        purses=[
            Purse(one.cash, one.tokens, one.slashable, one.backstop)
            for one in policy.layers
        ],
    )


def start_of(factors: Factors) -> Vector:
    """The base, within its clip."""
    return np.array([min(max(one.base, one.floor), one.cap) for one in factors.each])


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
        aim = rule.base - rule.on_volatility * excess
        aim -= rule.on_depth * max(-own, 0.0)
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

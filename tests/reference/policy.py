"""What governance may do while a market moves: its rules, and what they remember.

Reading order: `Policy` (what is fixed), `PolicyState` (what moves); then
``policy_moves``.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt


if TYPE_CHECKING:
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

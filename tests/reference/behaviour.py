"""Who acts of their own accord: rules, and the memory that goes with them."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np


if TYPE_CHECKING:
    from .system import ReferenceSystem, Vector


@dataclass(frozen=True)
class Actor:
    """An account that acts; rules that are None are never applied."""

    account: int
    loan_to_value: tuple[float, ...]  # by reserve [ratio]
    wealth: float = 0.0  # outside of the market [USD]
    top_up_below: float | None = None  # health
    top_up_to: float = 1.5
    top_up_speed: float = 1.0  # share of the gap in a step
    with_collateral: bool = False  # or by repaying
    unwind_below: float | None = None  # health
    unwind_to: float = 1.5
    unwind_speed: float = 1.0
    lever_above: float | None = None  # health
    lever_to: float = 1.1
    lever_speed: float = 1.0
    tolerance: float | None = None  # loss of carry over equity [1/year]
    carry_speed: float = 1.0  # share of the debt in a step
    walks_below: float = 1.0  # collateral over debt


@dataclass(frozen=True)
class Run:
    """Suppliers of one reserve who may run."""

    deposits: float  # [token]
    runs_at: float  # utilization
    speed: float  # share of what is left, in a step
    returns_below: float  # utilization
    return_speed: float  # share of what is away, in a step
    memory: float  # length of an alarm [year]


@dataclass(frozen=True)
class Provider:
    """Liquidity providers of one asset's venue."""

    per_loss: float
    per_volatility: float
    most: float
    leaving: float
    returning: float
    variance: float  # of calm times [1/year]
    memory: float
    renewal: float


@dataclass(frozen=True)
class Gas:
    """Gas that follows the volatility of one asset."""

    asset: int
    variance: float  # of calm times [1/year]
    memory: float
    exponent: float
    most: float


@dataclass
class GasState:
    """What block space has seen."""

    variance: float
    seen: float  # log price

    def multiple(self, gas: Gas) -> float:
        """Cost over that in a calm."""
        ratio = math.sqrt(self.variance / gas.variance)
        return min(max(1.0, ratio**gas.exponent), gas.most)


@dataclass
class RunState:
    """Tokens of the suppliers of one reserve."""

    deposits: float  # in the pool [token]
    queue: float = 0.0
    away: float = 0.0
    alarm: float = 0.0  # time left [year]
    missing: float = 0.0  # lost, and still counted as supplied [token]


@dataclass
class ProviderState:
    """What the providers of one venue have seen."""

    depth: float  # share of the full depth
    variance: float
    seen: float  # log price
    entry: float  # log price


@dataclass
class BehaviourState:
    """The memory of all who act."""

    wealth: list[float]  # [actor]
    runs: "dict[int, RunState]"  # by reserve
    providers: "dict[int, ProviderState]"  # by asset
    gas: GasState | None = None


@dataclass
class BehaviourFlows:
    """What they did in a step."""

    unwound: "Vector"  # [market] [USD]
    topped_up: "Vector"  # [market] [USD]
    levered: "Vector"  # [market] [USD]
    withdrawn: "Vector"  # [reserve] [USD]
    returned: "Vector"  # [reserve] [USD]
    frozen: "Vector"  # [reserve]

    @classmethod
    def none(cls, system: "ReferenceSystem") -> "BehaviourFlows":
        """Nothing yet."""
        markets, reserves = len(system.markets), len(system.reserves)
        return cls(
            *(np.zeros(markets) for _ in range(3)),
            *(np.zeros(reserves) for _ in range(3)),
        )


def initial_behaviour(
    system: "ReferenceSystem", own: "Vector", price: "Vector"
) -> BehaviourState:
    """At the start; `own` is what providers see of each asset [log]."""
    gas = system.gas
    return BehaviourState(
        wealth=[actor.wealth for actor in system.actors],
        runs={r: RunState(deposits=run.deposits) for r, run in system.runs.items()},
        providers={
            a: ProviderState(
                depth=1.0,
                variance=provider.variance,
                seen=float(own[a]),
                entry=float(own[a]),
            )
            for a, provider in system.providers.items()
        },
        gas=gas and GasState(gas.variance, math.log(price[gas.asset])),
    )

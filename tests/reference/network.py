"""What backs assets and who redeems them: failures, losses, stablecoin spirals."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np


if TYPE_CHECKING:
    from .draws import Draws
    from .state import Flows, State
    from .system import ReferenceSystem, Vector


LEAST = 1e-9  # left of an asset that nothing backs any more [ratio]


@dataclass(frozen=True)
class FailureSource:
    """A bridge, an issuer, or validators."""

    losses: dict[int, float]  # asset: loss given failure [ratio]
    hazard: float = 0.0  # [1/year]
    at: int | None = None  # step in which it fails for certain, from zero
    repeats: bool = False  # whether it may fail again


@dataclass(frozen=True)
class Spiral:
    """A stablecoin redeemed in a token that is minted for it; rates are of exit."""

    stable: int
    token: int
    supply: float  # [token]
    minted: float  # [token]
    capacity: float  # [USD/year]
    reserve: float = 0.0  # [USD]
    trigger: float = 0.0  # depeg [ratio]
    calm: float = 0.0  # [1/year]
    by_depeg: float = 0.0  # [1/year]
    by_shortfall: float = 0.0  # [1/year]
    comfort: float = 1.0  # coverage [ratio]


@dataclass
class Outstanding:
    """What a spiral has left."""

    supply: float  # stablecoins [token]
    minted: float  # backing tokens [token]
    reserve: float  # [USD]


@dataclass(frozen=True)
class NetworkPlan:
    """What is fixed."""

    sources: tuple[FailureSource, ...] = ()
    receipts: dict[int, int] = field(default_factory=dict)  # asset: reserve
    spirals: tuple[Spiral, ...] = ()


@dataclass
class NetworkState:
    """What moves."""

    failed: "Vector"  # [asset] left by failures [ratio]
    marked: "Vector"  # [asset] left by losses and redemptions [ratio]
    strikes: list[int]  # [source] failures so far
    outstanding: list[Outstanding]  # [spiral]


def initial_network(plan: NetworkPlan, assets: int) -> NetworkState:
    """Everything is backed."""
    return NetworkState(
        failed=np.ones(assets),
        marked=np.ones(assets),
        strikes=[0 for _ in plan.sources],
        outstanding=[
            Outstanding(one.supply, one.minted, one.reserve) for one in plan.spirals
        ],
    )


def fail(system: "ReferenceSystem", state: "State", draws: "Draws") -> None:
    """Bridges and issuers fail, validators are slashed; once a step at most."""
    network = state.network
    for s, source in enumerate(system.network.sources):
        strikes = draws.failures[s] < -math.expm1(-source.hazard * system.dt)
        strikes = strikes or source.at == state.step - 1
        if not strikes or (network.strikes[s] > 0 and not source.repeats):
            continue
        network.strikes[s] += 1
        for asset, loss in source.losses.items():
            left = network.failed[asset] * max(1.0 - loss, LEAST)
            network.failed[asset] = max(left, LEAST)


def mark_receipts(system: "ReferenceSystem", state: "State", flows: "Flows") -> None:
    """Suppliers bear what the funds did not pay, each receipt its part."""
    for asset, r in system.network.receipts.items():
        reserve = system.reserves[r]
        supplied = state.supplied[r] * state.oracle.price[reserve.asset]
        if flows.realized[r] > 0.0:
            left = state.network.marked[asset] - flows.realized[r] / supplied
            state.network.marked[asset] = max(left, LEAST)


def leave(
    system: "ReferenceSystem", state: "State", flows: "Flows", market: "Vector"
) -> "Vector":
    """Holders of stablecoins leave for a step.

    Returns:
        What is sold into the venues for it, [asset] [token].
    """
    sold = np.zeros(len(system.assets))
    for s, spiral in enumerate(system.network.spirals):
        left = state.network.outstanding[s]
        stable, token = market[spiral.stable], market[spiral.token]
        leaving = left.supply * exit_share(spiral, left, stable, token, system.dt)
        spent = 0.0
        if 1.0 - stable > spiral.trigger:
            spent = min(left.reserve, leaving * stable)
        bought = spent / stable
        capital = left.minted * token
        room = math.log(state.network.marked[spiral.token] / LEAST) * capital
        redeemed = min(leaving - bought, spiral.capacity * system.dt, room)
        dilution = redeemed / capital
        minted = left.minted * math.expm1(dilution)
        left.supply -= bought + redeemed
        left.minted += minted
        left.reserve -= spent
        state.network.marked[spiral.token] *= math.exp(-dilution)
        behind = (capital + left.reserve) / left.supply
        state.network.marked[spiral.stable] = min(max(behind, LEAST), 1.0)
        sold[spiral.stable] += leaving - bought - redeemed
        sold[spiral.token] += minted
        flows.redeemed[s] += redeemed
        flows.defended[s] += spent
    return sold


def exit_share(
    spiral: Spiral, left: Outstanding, stable: float, token: float, dt: float
) -> float:
    """Share of the stablecoins that leave their holders in a step [ratio]."""
    behind = (left.minted * token + left.reserve) / left.supply
    rate = spiral.calm
    rate += spiral.by_depeg * max(1.0 - stable, 0.0)
    rate += spiral.by_shortfall * max(spiral.comfort - behind, 0.0)
    return -math.expm1(-rate * dt)

"""All steps of a block of paths: the one time loop."""

from typing import TypeAlias, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, UInt32

from .._random import Draw
from .._status import FATAL, Status, first
from .._typing import (
    AssetPath,
    ClaimPath,
    Counter,
    DealerPath,
    EntityCounter,
    EntityPath,
    LinePath,
    MarketCounter,
    MarketPath,
    PerPath,
    PerpPath,
    ReservePath,
    SomeAssetPath,
    SomeMarketPath,
    SomeReservePath,
    SpiralPath,
)
from ..behaviour import BorrowerReport, CreditReport, SupplierReport
from ..lending import bad_debt, by_reserve
from ..network import NetworkReport
from ..perps import PerpReport
from ..policy import PolicyReport
from ._market import collateral_price, debt_price, market_price
from ._state import State, StepInfo, initial_state
from ._step import step
from ._system import System


EVENTS = (Status.CASCADE_STILL_RUNNING, Status.HEDGE_RAN_AWAY)
"""What a path may live on with; the first of a step that is named is kept."""


PartPath: TypeAlias = Float[Array, "_ path"]
"""By market, or without a row where policy has no such part."""
FactorPath: TypeAlias = Float[Array, "moving path"]
"""By reserve, or without a row where factors stay as listed."""


class Outcome(eqx.Module):
    """What is kept of a path: about 100 floats, whatever the number of steps."""

    realized: ReservePath  # bad debt written off, after all who insure it [USD]
    unrealized: ReservePath  # debt above collateral at the horizon [USD]
    covered: MarketPath  # paid by the reserve fund [USD]
    repaid: MarketPath  # debt repaid by liquidations [USD]
    seized: ReservePath  # collateral seized, oracle value [USD]
    drawdown: AssetPath  # 1 - lowest/initial market price [ratio]
    fundamental_drawdown: AssetPath  # the same without impact [ratio]
    final_price: AssetPath  # market [USD]
    first_deficit: Counter  # step of the first realized bad debt; `steps` if never
    market_first_deficit: MarketCounter  # the same of every market
    keeper_profit: PerPath  # [USD]
    protocol_fee: PerPath  # [USD]
    hedged: DealerPath  # bought and sold by options dealers, together [USD]
    perp_liquidated: PerpPath  # positions closed for want of margin [USD]
    perp_deleveraged: PerpPath  # the part of them that no book took [USD]
    insurance_paid: PerPath  # by the exchange's fund [USD]
    lowest_basis: PerpPath  # of perpetual over spot, zero at the start [log]
    highest_basis: PerpPath  # [log]
    unwound: SomeMarketPath  # collateral sold by choice, at oracle prices [USD]
    topped_up: SomeMarketPath  # brought from outside [USD]
    levered: SomeMarketPath  # borrowed to buy collateral [USD]
    withdrawn: SomeReservePath  # by suppliers who ran [USD]
    returned: SomeReservePath  # by suppliers who came back [USD]
    frozen: SomeReservePath  # steps in which suppliers could not withdraw
    lowest_depth: SomeAssetPath  # share of the venues' full depth [ratio]
    entity_shortfall: EntityPath  # owed to others and not paid [USD]
    entity_equity: EntityPath  # left to its owners [USD]
    entity_round: EntityCounter  # of clearing in which it defaulted; 0: it did not
    lowest_backing: ClaimPath  # least that has backed a claim [ratio]
    backing_left: ClaimPath  # at the horizon, by failures alone [ratio]
    redeemed: SpiralPath  # stablecoins burnt for minted tokens [USD]
    defended: SpiralPath  # spent by their reserves [USD]
    defaulted: LinePath  # debt of credit lines at their default [USD]
    paused: PartPath  # share of steps in which a market was not liquidated [ratio]
    refused: PartPath  # by market, wanted by keepers beyond limits [USD]
    treasury_paid: PartPath  # by market, of its deficits [USD]
    module_paid: PartPath  # by its safety module [USD]
    backstop_paid: PartPath  # [USD]
    socialised: PartPath  # left to its suppliers [USD]
    mean_factor: FactorPath  # of collateral, over the listed one [ratio]
    lowest_factor: FactorPath  # [ratio]
    status: Counter


class Running(eqx.Module):
    """What is added up along a path."""

    realized: ReservePath
    covered: MarketPath
    repaid: ReservePath
    seized: ReservePath
    low: AssetPath
    fundamental_low: AssetPath
    first_deficit: MarketCounter
    keeper_profit: PerPath
    protocol_fee: PerPath
    hedged: DealerPath
    perps: PerpReport
    lowest_basis: PerpPath
    highest_basis: PerpPath
    network: NetworkReport
    policy: PolicyReport
    borrowers: BorrowerReport
    suppliers: SupplierReport
    lowest_depth: SomeAssetPath
    credit: CreditReport
    lowest_factor: FactorPath
    status: Counter


def rollout(
    system: System, seed: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> tuple[State, Outcome]:
    """Simulate some paths from start to horizon.

    Moves, a path and step, the state twice (3 floats a row and about 12 an asset
    or reserve) if the block does not fit the cache; on a CPU blocks are chosen so that
    it does, and the two health products (4 x account x reserve flops) bound the step.

    Args:
        system: What is fixed.
        seed: Words of the seed.
        path: Global path numbers.

    Returns:
        The state at the horizon, and the outcome of every path.
    """
    state = initial_state(system, path.shape[0])
    initial = market_price(system, state)

    def body(
        carry: tuple[State, Running], index: Array
    ) -> tuple[tuple[State, Running], None]:
        state, running = carry
        state, info = step(system, state, draw=Draw(seed=seed, path=path, step=index))
        return (state, add(system, running, info, index)), None

    steps = jnp.arange(system.steps, dtype=jnp.uint32)
    start = start_of(system, state, initial)
    (state, running), _ = lax.scan(body, (state, start), steps)
    draw = Draw(seed=seed, path=path, step=steps[0])
    return state, outcome_of(system, state, running, initial, draw)


def start_of(system: System, state: State, initial: AssetPath) -> Running:
    """Nothing yet."""
    by_reserve = jnp.zeros_like(state.pool.supplied)
    by_path = jnp.zeros_like(state.capital)
    report, paths = system.perps.blank(initial), initial.shape[1]
    return Running(
        realized=by_reserve,
        covered=jnp.zeros_like(state.fund),
        repaid=by_reserve,
        seized=by_reserve,
        low=initial,
        fundamental_low=initial,
        first_deficit=jnp.full(state.fund.shape, system.steps, jnp.int32),
        keeper_profit=by_path,
        protocol_fee=by_path,
        hedged=jnp.zeros_like(state.dealers.hedge),
        perps=report,
        lowest_basis=jnp.zeros_like(report.flow),
        highest_basis=jnp.zeros_like(report.flow),
        network=system.network.blank(paths),
        policy=system.policy.blank(paths),
        borrowers=system.borrowers.blank(paths),
        suppliers=system.suppliers.blank(paths),
        lowest_depth=system.providers.depth(state.providers, initial),
        credit=system.credit.blank(paths),
        lowest_factor=jnp.full_like(system.policy.blank(paths).factor, jnp.inf),
        status=jnp.full(by_path.shape, int(Status.OK), jnp.int32),
    )


def add(system: System, running: Running, info: StepInfo, index: Array) -> Running:
    """With what happened in this step."""
    failing = system.listing.to_markets(info.realized) > 0
    failing = failing & (running.first_deficit == system.steps)
    status = running.status
    for code in (*EVENTS, *sorted(FATAL)):
        status = first(status, info.status == int(code), code)
    return Running(
        realized=running.realized + info.realized,
        covered=running.covered + info.covered,
        repaid=running.repaid + info.repaid,
        seized=running.seized + info.seized,
        low=jnp.minimum(running.low, info.price),
        fundamental_low=jnp.minimum(running.fundamental_low, info.fundamental),
        first_deficit=jnp.where(
            failing, index.astype(jnp.int32), running.first_deficit
        ),
        keeper_profit=running.keeper_profit + info.keeper_profit,
        protocol_fee=running.protocol_fee + info.protocol_fee,
        hedged=running.hedged + info.turnover,
        perps=_plus(running.perps, info.perps),
        lowest_basis=jnp.minimum(running.lowest_basis, info.basis),
        highest_basis=jnp.maximum(running.highest_basis, info.basis),
        network=_plus(running.network, info.network),
        policy=_plus(running.policy, info.policy),
        borrowers=_plus(running.borrowers, info.borrowers),
        suppliers=_plus(running.suppliers, info.suppliers),
        lowest_depth=jnp.minimum(running.lowest_depth, info.depth),
        credit=_plus(running.credit, info.credit),
        lowest_factor=jnp.minimum(running.lowest_factor, info.policy.factor),
        status=status,
    )


Report = TypeVar("Report")


def _plus(before: Report, now: Report) -> Report:
    """Reports add up, leaf by leaf."""
    return jax.tree.map(jnp.add, before, now)


def outcome_of(
    system: System, state: State, running: Running, initial: AssetPath, draw: Draw
) -> Outcome:
    """What is kept, once there are no more steps, with the draw of the first."""
    market = market_price(system, state)
    gap = bad_debt(
        system.accounts,
        state.kept,
        state.owed,
        collateral_price(system, state, market),
        debt_price(system, state, market),
    )
    unrealized = by_reserve(system.accounts, gap, debt_price(system, state, market))
    lost = unrealized + running.realized
    settled = system.obligations.settle(market, system.listing.to_markets(lost), draw)
    loss = unrealized.sum(axis=0) + running.realized.sum(axis=0)
    backing = system.network.backing(state.network, market)
    return Outcome(
        realized=running.realized,
        unrealized=unrealized,
        covered=running.covered,
        repaid=system.listing.to_markets(running.repaid),
        seized=running.seized,
        drawdown=1 - running.low / initial,
        fundamental_drawdown=1 - running.fundamental_low / initial,
        final_price=market,
        first_deficit=running.first_deficit.min(axis=0),
        market_first_deficit=running.first_deficit,
        keeper_profit=running.keeper_profit,
        protocol_fee=running.protocol_fee,
        hedged=running.hedged,
        perp_liquidated=running.perps.liquidated,
        perp_deleveraged=running.perps.deleveraged,
        insurance_paid=running.perps.insurance_paid,
        lowest_basis=running.lowest_basis,
        highest_basis=running.highest_basis,
        unwound=running.borrowers.unwound,
        topped_up=running.borrowers.topped_up,
        levered=running.borrowers.levered,
        withdrawn=running.suppliers.withdrawn,
        returned=running.suppliers.returned,
        frozen=running.suppliers.frozen,
        lowest_depth=running.lowest_depth,
        entity_shortfall=settled.shortfall,
        entity_equity=settled.equity,
        entity_round=settled.round,
        lowest_backing=backing.lowest,
        backing_left=backing.left,
        redeemed=running.network.redeemed,
        defended=running.network.defended,
        defaulted=running.credit.defaulted,
        paused=running.policy.paused / system.steps,
        refused=running.policy.refused,
        treasury_paid=running.policy.treasury,
        module_paid=running.policy.module,
        backstop_paid=running.policy.backstop,
        socialised=running.policy.socialised,
        mean_factor=running.policy.factor / system.steps,
        lowest_factor=running.lowest_factor,
        status=first(running.status, ~jnp.isfinite(loss), Status.PRICE_NOT_FINITE),
    )

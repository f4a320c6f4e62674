"""What moves along a path, and what a step reports."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp

from .._random import Draw
from .._status import Status
from .._typing import (
    AccountPath,
    AssetPath,
    Counter,
    DealerPath,
    MarketPath,
    PerPath,
    PerpPath,
    ReservePath,
    RowPath,
    SomeAssetPath,
)
from ..behaviour import BorrowerReport, CreditReport, SupplierReport
from ..keeper import Clock
from ..lending import PoolState, edge_of
from ..network import NetworkReport
from ..options import DealerState
from ..perps import PerpReport
from ..policy import PolicyReport
from ..process import PriceState
from ..venue import VenueState
from ._system import System


class State(eqx.Module):
    """Carried from step to step."""

    prices: PriceState
    venues: VenueState
    oracle: Any  # the oracle's own memory
    pool: PoolState
    kept: RowPath  # share of its account's collateral that a row still has
    owed: RowPath  # share of its account's debt that a row still owes
    edge: RowPath  # health of its weakest member over that of the untouched account
    lost: AccountPath  # share of its debt that was written off
    clock: Clock  # steps since first breach, where the latency keeps clocks
    fund: MarketPath  # reserve fund [USD]
    capital: PerPath  # keepers' [USD]
    dealers: DealerState
    instruments: Any  # what their values depend on
    perps: Any  # the exchange's own
    network: Any  # what still backs claims
    policy: Any  # what governance has seen and decided
    borrowers: Any
    suppliers: Any
    providers: Any
    gas: Any  # what block space has seen


class StepInfo(eqx.Module):
    """Reported by a step, never carried."""

    price: AssetPath  # market, end of step [USD]
    oracle_price: AssetPath  # [USD]
    fundamental: AssetPath  # without impact [USD]
    unpaid: ReservePath  # debt whose collateral is gone, in units of initial debt
    repaid: ReservePath  # debt repaid by liquidations, at oracle prices [USD]
    seized: ReservePath  # collateral seized, at oracle prices [USD]
    realized: ReservePath  # bad debt written off after the reserve fund [USD]
    covered: MarketPath  # paid by the reserve fund [USD]
    flow: AssetPath  # net sales, at market prices before they are made [USD]
    hedged: DealerPath  # net sales of options dealers, a part of `flow` [USD]
    turnover: DealerPath  # their sales and purchases together [USD]
    perps: PerpReport
    basis: PerpPath  # perpetual over spot, end of step [log]
    funding_rate: PerpPath  # of longs, end of step [ratio an interval]
    network: NetworkReport
    policy: PolicyReport
    borrowers: BorrowerReport
    suppliers: SupplierReport
    depth: SomeAssetPath  # share of the venues' full depth, end of step [ratio]
    credit: CreditReport
    keeper_profit: PerPath  # [USD]
    protocol_fee: PerPath  # collateral kept by the protocol [USD]
    status: Counter


def initial_state(system: System, paths: int) -> State:
    """Every path at the start: no impact, oracles up to date."""
    prices = system.prices.init(paths)
    venues = system.venues.init(paths)
    network = system.network.init(paths)
    marked = system.network.marked(network, venues.permanent)
    market = jnp.exp(system.prices.log_price(prices, marked))
    kept, owed = system.accounts.start(paths)
    fund = system.reserve_fund[:, None]
    return State(
        prices=prices,
        venues=venues,
        oracle=system.oracle.init(market),
        pool=system.pool.init(paths),
        kept=kept,
        owed=owed,
        edge=edge_of(system.accounts, kept, owed),
        lost=system.accounts.by_account(jnp.zeros_like(owed)),
        clock=system.latency.init(kept),
        fund=jnp.broadcast_to(fund, (fund.shape[0], paths)),
        capital=jnp.full(paths, system.keeper.initial_capital, system.dt.dtype),
        dealers=system.dealers.init(market),
        instruments=system.instruments.init(market),
        perps=system.perps.init(market),
        network=network,
        policy=system.policy.init(market),
        borrowers=system.borrowers.init(market),
        suppliers=system.suppliers.init(paths),
        providers=system.providers.init(prices.position),
        gas=system.gas.init(market),
    )


def blank_info(system: System, state: State, draw: Draw) -> StepInfo:
    """A report of a step in which nothing was traded yet."""
    paths = draw.path.shape[0]
    by_reserve = jnp.zeros((system.listing.asset.shape[0], paths), system.dt.dtype)
    by_asset = jnp.zeros((system.listing.asset.shape[1], paths), system.dt.dtype)
    by_path = jnp.zeros(paths, system.dt.dtype)
    report = system.perps.blank(by_asset)
    return StepInfo(
        price=by_asset,
        oracle_price=by_asset,
        fundamental=by_asset,
        unpaid=by_reserve,
        repaid=by_reserve,
        seized=by_reserve,
        realized=by_reserve,
        covered=jnp.zeros_like(state.fund),
        flow=by_asset,
        hedged=jnp.zeros_like(state.dealers.hedge),
        turnover=jnp.zeros_like(state.dealers.hedge),
        perps=report,
        basis=report.flow,
        funding_rate=report.flow,
        network=system.network.blank(paths),
        policy=system.policy.begun(state.policy, paths),
        borrowers=system.borrowers.blank(paths),
        suppliers=system.suppliers.blank(paths),
        depth=system.providers.depth(state.providers, by_asset),
        credit=system.credit.blank(paths),
        keeper_profit=by_path,
        protocol_fee=by_path,
        status=jnp.full(paths, int(Status.OK), jnp.int32),
    )

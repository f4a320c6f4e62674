"""Those who hedge answer the shock of a step, on every path."""

import equinox as eqx
import jax
import jax.numpy as jnp

from ..perps import PerpReport
from ._market import market_price, mid_price
from ._state import State, StepInfo
from ._system import System
from ._trade import Orders, trade


def hedge(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Perpetuals pay funding and their makers hedge; options age and dealers hedge.

    Moves a row of the dealers' table a look and path, some five looks, and the legs and
    balances of perpetuals in and out; bound by those and by the powers and logarithms
    of the venues.
    """
    if system.keepers_alone:
        return state, info
    mid, market = mid_price(system, state), market_price(system, state)
    perps, sold, report = system.perps.advance(state.perps, market, system.dt)
    dealers = system.dealers.advance(state.dealers, market, system.dt)
    state = eqx.tree_at(lambda at: (at.perps, at.dealers), state, (perps, dealers))
    info = eqx.tree_at(lambda at: at.perps, info, plus_report(info, report))
    orders = Orders(keepers=jnp.zeros_like(market), perps=sold)
    answer = system.dealers.in_step
    return trade(system, state, info, orders, answer, mid=mid, market=market)[:2]


def plus_report(info: StepInfo, report: PerpReport) -> PerpReport:
    """What perpetuals did in this step so far."""
    return jax.tree.map(jnp.add, info.perps, report)

"""Holders of mint-and-burn stablecoins leave, and the market sees their orders."""

import equinox as eqx
import jax
import jax.numpy as jnp

from ._market import market_price, mid_price
from ._state import State, StepInfo
from ._system import System
from ._trade import Orders, trade


def redeem(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Burn, mint, mark; then sell what was minted, and what could not be redeemed.

    What the sellers receive leaves the system with them.
    """
    if not system.network.redeems:
        return state, info
    told = system.network.redeem(state.network, market_price(system, state), system.dt)
    state = eqx.tree_at(lambda at: at.network, state, told.state)
    report = jax.tree.map(jnp.add, info.network, told.report)
    info = eqx.tree_at(lambda at: at.network, info, report)
    orders = Orders(keepers=told.sold, perps=jnp.zeros_like(told.sold))
    mid, market = mid_price(system, state), market_price(system, state)
    answer = system.dealers.in_round
    return trade(system, state, info, orders, answer, mid=mid, market=market)[:2]

"""Those who hedge answer the shock of a step, on every path."""

import equinox as eqx
import jax.numpy as jnp

from ._market import market_price, mid_price
from ._state import State, StepInfo
from ._system import System
from ._trade import trade


def hedge(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Options age, and dealers hedge what the shock has done to the price.

    Moves a row of the table a look and path, some five looks; bound by those and by
    the powers and logarithms of the venues.
    """
    if not system.dealers.assets:
        return state, info
    mid, market = mid_price(system, state), market_price(system, state)
    dealers = system.dealers.advance(state.dealers, market, system.dt)
    state = eqx.tree_at(lambda at: at.dealers, state, dealers)
    still = jnp.zeros_like(market)
    answer = system.dealers.in_step
    return trade(system, state, info, still, answer, mid=mid, market=market)[:2]

"""The layers behind a reserve fund pay, some of them by selling tokens."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp

from .._typing import AssetPath, MarketPath, PerPath
from ..policy import AbstractSeller, tokens_for
from ._market import Room, market_price, mid_price, proceeds
from ._state import State, StepInfo
from ._system import System
from ._trade import cleared


class Insured(NamedTuple):
    """After the waterfall."""

    state: State
    info: StepInfo
    left: MarketPath  # for suppliers to bear [USD]


def insure(system: System, state: State, info: StepInfo, owing: MarketPath) -> Insured:
    """Pay what the reserve funds did not [USD], as far as the layers go."""
    seller = VenueSeller(system=system, state=state, info=info)
    policy, seller, paid = system.policy.cover(state.policy, owing, seller)
    state = eqx.tree_at(lambda at: at.policy, seller.state, policy)
    told = seller.info.policy
    info = eqx.tree_at(
        lambda at: (
            at.policy.treasury,
            at.policy.module,
            at.policy.backstop,
            at.policy.socialised,
        ),
        seller.info,
        (
            told.treasury + paid.treasury,
            told.module + paid.module,
            told.backstop + paid.backstop,
            told.socialised + paid.left,
        ),
    )
    return Insured(state, info, paid.left)


class VenueSeller(AbstractSeller):
    """Sells into the venues of the system; dealers answer in the next step."""

    system: System
    state: State
    info: StepInfo

    def sell(
        self, asset: int, wanted: PerPath, available: PerPath, fall: PerPath
    ) -> tuple["VenueSeller", PerPath, PerPath]:
        """Sell at the mean of the prices on the way."""
        system, state = self.system, self.state
        mid, market = mid_price(system, state), market_price(system, state)

        def orders(tokens: PerPath) -> AssetPath:
            return jnp.zeros_like(market).at[asset].set(tokens)

        def raised(tokens: PerPath) -> PerPath:
            sold = orders(tokens)
            return proceeds(system, state, sold, mid=mid, market=market)[asset]

        room = Room(system=system, state=state, mid=mid, market=market)
        most = jnp.minimum(available, room.tokens(-fall)[asset])
        tokens = tokens_for(raised, wanted, jnp.maximum(most, 0))
        state, info = cleared(system, state, self.info, orders(tokens), mid, market)
        after = VenueSeller(system=system, state=state, info=info)
        return after, tokens, raised(tokens)

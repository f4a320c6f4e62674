"""The layers behind a reserve fund pay, some of them by selling tokens."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from .._typing import MarketPath, PerPath
from ..policy import AbstractSeller, tokens_for
from ..venue import VenueState
from ._market import market_price, mid_price
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
        venue, row = system.venues.only((asset,)), slice(asset, asset + 1)
        at = VenueState(state.venues.inventory[row], state.venues.permanent[row])
        own = jnp.exp(venue.displacement(at, mid[row]))
        # A venue quotes against its own mid; see `_market.proceeds`.
        scale = (market[row] / (mid[row] * own))[0]

        thin = system.providers
        memory = jax.tree.map(lambda leaf: leaf[row], state.providers)

        def proceeds(tokens: PerPath) -> PerPath:
            onto = thin.onto_venue(memory, tokens[None])
            paid = venue.proceeds(at, onto, mid[row])
            return scale * thin.from_venue(memory, paid)[0]

        room = thin.from_venue(memory, venue.room(at, -fall[None], mid[row]))[0]
        most = jnp.maximum(jnp.minimum(available, room), 0)
        tokens = tokens_for(proceeds, wanted, most)
        sold = jnp.zeros_like(market).at[asset].set(tokens)
        state, info = cleared(system, state, self.info, sold, mid, market)
        after = VenueSeller(system=system, state=state, info=info)
        return after, tokens, proceeds(tokens)

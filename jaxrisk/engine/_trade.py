"""Everybody's orders through the venues, once, and at one price an asset."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from .._numerics import safe_divide
from .._status import Status, first
from .._typing import AssetPath, DealerPath, PerPath
from ..behaviour import AbstractProviders
from ..options import AbstractQuote, DealerState, DealerTrade
from ..venue import Venues, VenueState
from ._market import proceeds
from ._state import State, StepInfo
from ._system import System


Answer: TypeAlias = Callable[[DealerState, AbstractQuote], DealerTrade]
"""How dealers hedge: in a step, or in a round."""


class Orders(NamedTuple):
    """Net orders of everybody but the dealers [token]; sales are positive."""

    keepers: AssetPath
    perps: AssetPath


class Quote(AbstractQuote):
    """The venues of the dealers' underlyings, behind everybody else's orders."""

    venues: Venues
    providers: AbstractProviders
    liquidity: Any  # the providers' memory, of these assets
    before: VenueState
    others: DealerPath  # sold by everybody else [token]
    mid: DealerPath  # [USD]
    market: DealerPath  # [USD]

    def move(self, sold: DealerPath) -> DealerPath:
        """Move of the log price by all orders; what it follows stays as it is."""
        orders = self.providers.onto_venue(self.liquidity, self.others + sold)
        after = self.venues.clear(self.before, orders, self.mid)
        shift = after.permanent - self.before.permanent
        now = self.venues.displacement(after, self.mid * jnp.exp(shift))
        own = self.venues.displacement(self.before, self.mid)
        return shift + (now - own)


def trade(
    system: System,
    state: State,
    info: StepInfo,
    orders: Orders,
    answer: Answer,
    *,
    mid: AssetPath,
    market: AssetPath,
) -> tuple[State, StepInfo, PerPath]:
    """Clear net orders, and what dealers make of them, at one price an asset.

    Orders that meet each other pay no slippage: only what is left goes to the venue.

    Args:
        system: What is fixed.
        state: Before.
        info: So far.
        orders: Net orders of everybody but the dealers.
        answer: How dealers hedge.
        mid: Prices of the venues without inventory [USD].
        market: Prices at which the next token trades [USD].

    Returns:
        State, info, and what the keepers receive [USD].
    """
    sold = orders.keepers
    if system.keepers_alone:
        received = proceeds(system, state, sold, mid=mid, market=market)
        return *cleared(system, state, info, sold, mid, market), received.sum(axis=0)
    others = sold + orders.perps
    state, info, mean = trade_others(
        system, state, info, others, answer, mid=mid, market=market
    )
    return state, info, (sold * mean).sum(axis=0)


def trade_others(
    system: System,
    state: State,
    info: StepInfo,
    others: AssetPath,
    answer: Answer,
    *,
    mid: AssetPath,
    market: AssetPath,
) -> tuple[State, StepInfo, AssetPath]:
    """Clear the net orders of all but the dealers; returns the price of each asset.

    The price is the mean of what is traded, and that of the next token where everything
    meets: then nothing reaches the venue.
    """
    if system.keepers_alone:
        received = proceeds(system, state, others, mid=mid, market=market)
        mean = _mean_price(received, others, market)
        return *cleared(system, state, info, others, mid, market), mean
    if system.instruments.assets:
        # Who buys an instrument does not want to be long of its underlying.
        hedges = system.instruments.hedged(state.instruments, others, market)
        others = others + hedges
    hedge = answer(state.dealers, _quote(system, state, others, mid, market))
    rows = _rows(system)
    every = others.at[rows].add(hedge.sold)
    received = proceeds(system, state, every, mid=mid, market=market)
    mean = _mean_price(received, every, market)
    flow = hedge.sold * market[rows]
    state = eqx.tree_at(lambda at: at.dealers, state, hedge.state)
    info = eqx.tree_at(
        lambda at: (at.hedged, at.turnover, at.status),
        info,
        (
            info.hedged + flow,
            info.turnover + jnp.abs(flow),
            first(info.status, hedge.ran_away, Status.HEDGE_RAN_AWAY),
        ),
    )
    return *cleared(system, state, info, every, mid, market), mean


def _mean_price(received: AssetPath, sold: AssetPath, market: AssetPath) -> AssetPath:
    return jnp.where(sold == 0, market, safe_divide(received, sold, otherwise=0.0))


def _quote(
    system: System, state: State, sold: AssetPath, mid: AssetPath, market: AssetPath
) -> Quote:
    rows = _rows(system)
    at = state.venues
    return Quote(
        venues=system.venues.only(system.dealers.assets),
        providers=system.providers,
        liquidity=jax.tree.map(lambda leaf: leaf[rows], state.providers),
        before=VenueState(inventory=at.inventory[rows], permanent=at.permanent[rows]),
        others=sold[rows],
        mid=mid[rows],
        market=market[rows],
    )


def _rows(system: System) -> np.ndarray:
    return np.array(system.dealers.assets, np.int64)


def cleared(
    system: System,
    state: State,
    info: StepInfo,
    sold: AssetPath,
    mid: AssetPath,
    market: AssetPath,
) -> tuple[State, StepInfo]:
    """The venues after net orders [token], and what these were worth before."""
    onto = system.providers.onto_venue(state.providers, sold)
    venues = system.venues.clear(state.venues, onto, mid)
    state = eqx.tree_at(lambda at: at.venues, state, venues)
    return state, eqx.tree_at(lambda at: at.flow, info, info.flow + sold * market)

"""Everybody's orders through the venues, once, and at one price an asset."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._numerics import safe_divide
from .._status import Status, first
from .._typing import AssetPath, DealerPath, PerPath
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
    before: VenueState
    others: DealerPath  # sold by everybody else [token]
    mid: DealerPath  # [USD]
    market: DealerPath  # [USD]

    def move(self, sold: DealerPath) -> DealerPath:
        """Move of the log price by all orders; what it follows stays as it is."""
        after = self.venues.clear(self.before, self.others + sold, self.mid)
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
    if system.instruments.assets:
        # Who buys an instrument does not want to be long of its underlying.
        hedges = system.instruments.hedged(state.instruments, sold, market)
        others = others + hedges
    hedge = answer(state.dealers, _quote(system, state, others, mid, market))
    rows = _rows(system)
    every = others.at[rows].add(hedge.sold)
    received = proceeds(system, state, every, mid=mid, market=market)
    # Where everything meets nothing reaches the venue, and the price is its own.
    mean = jnp.where(every == 0, market, safe_divide(received, every, otherwise=0.0))
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
    state, info = cleared(system, state, info, every, mid, market)
    return state, info, (sold * mean).sum(axis=0)


def _quote(
    system: System, state: State, sold: AssetPath, mid: AssetPath, market: AssetPath
) -> Quote:
    rows = _rows(system)
    at = state.venues
    return Quote(
        venues=system.venues.only(system.dealers.assets),
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
    venues = system.venues.clear(state.venues, sold, mid)
    state = eqx.tree_at(lambda at: at.venues, state, venues)
    return state, eqx.tree_at(lambda at: at.flow, info, info.flow + sold * market)

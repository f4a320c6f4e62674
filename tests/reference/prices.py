"""Prices, from what has moved: fundamental, at zero inventory, and as traded."""

import math
from typing import TYPE_CHECKING

import numpy as np

from .venues import Venue, thinned


if TYPE_CHECKING:
    from .state import State
    from .system import ReferenceSystem, Vector


def lifted(system: "ReferenceSystem", own: "Vector", a: int) -> float:
    """The log move of asset `a`: its own, and that of what it is pegged to."""
    reference = system.assets[a].reference
    return own[a] + (0.0 if reference is None else own[reference])


def anchored_price(system: "ReferenceSystem", own: "Vector") -> "Vector":
    """Prices after the own log moves `own`, [asset] [USD/token]."""
    price = np.zeros(len(system.assets))
    for a, asset in enumerate(system.assets):
        anchor = math.log(asset.initial_price) - asset.initial_basis
        price[a] = math.exp(anchor + lifted(system, own, a))
    return price


def fundamental_moves(system: "ReferenceSystem", state: "State") -> "Vector":
    """Own log moves without the impact of any trade, [asset]."""
    trend = np.array([asset.trend for asset in system.assets])
    return state.x + trend * (state.step * system.dt)


def fundamental_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Prices without the impact of any trade, [asset] [USD/token]."""
    return anchored_price(system, fundamental_moves(system, state))


def mid_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Prices at zero inventory of all venues, [asset] [USD/token]."""
    return anchored_price(system, fundamental_moves(system, state) + state.permanent)


def market_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Prices at which the next token trades, [asset] [USD/token]."""
    return anchored_price(system, own_log_prices(system, state))


def own_log_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Own log moves with the impact on the asset's own venue, [asset]."""
    mid = mid_prices(system, state)
    own = fundamental_moves(system, state) + state.permanent
    for a in range(len(system.assets)):
        venue = venue_of(system, state, a)
        own[a] += venue.displacement(state.inventory[a], mid[a])
    return own


def venue_of(system: "ReferenceSystem", state: "State", a: int) -> Venue:
    """An asset's venue at the depth that its providers leave it."""
    venue = system.assets[a].venue
    providers = state.behaviour.providers
    return thinned(venue, providers[a].depth) if a in providers else venue

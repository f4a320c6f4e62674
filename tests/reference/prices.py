"""Prices, from what has moved: fundamental, at zero inventory, and as traded."""

import math
from typing import TYPE_CHECKING

import numpy as np

from .instruments import at_value
from .venues import Venue, thinned


if TYPE_CHECKING:
    from .state import State
    from .system import ReferenceSystem, Vector


def lifted(system: "ReferenceSystem", own: "Vector", a: int) -> float:
    """The log move of asset `a`: its own, and those of what it is a claim on."""
    rests = system.assets[a].claims
    return own[a] + sum(weight * lifted(system, own, b) for b, weight in rests)


def anchored_price(system: "ReferenceSystem", own: "Vector") -> "Vector":
    """Prices after the own log moves `own`, [asset] [USD/token]."""
    price = np.zeros(len(system.assets))
    start = np.array([asset.initial_basis for asset in system.assets])
    for a, asset in enumerate(system.assets):
        anchor = math.log(asset.initial_price) - lifted(system, start, a)
        price[a] = math.exp(anchor + lifted(system, own, a))
    return price


def fundamental_moves(system: "ReferenceSystem", state: "State") -> "Vector":
    """Own log moves without anybody's trades and losses, [asset]."""
    trend = np.array([asset.trend for asset in system.assets])
    failed = np.log(state.network.failed)
    return state.x + trend * (state.step * system.dt) + failed


def impaired_moves(system: "ReferenceSystem", state: "State") -> "Vector":
    """Own log moves with what trades and losses have left for good, [asset]."""
    left = state.permanent + np.log(state.network.marked)
    return fundamental_moves(system, state) + left


def fundamental_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Prices without the impact of any trade, [asset] [USD/token]."""
    price = anchored_price(system, fundamental_moves(system, state))
    return at_value(system, state, price)


def mid_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Prices at zero inventory of all venues, [asset] [USD/token]."""
    own = impaired_moves(system, state)
    return at_value(system, state, anchored_price(system, own))


def market_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Prices at which the next token trades, [asset] [USD/token]."""
    price = anchored_price(system, own_log_prices(system, state))
    return at_value(system, state, price)


def own_log_prices(system: "ReferenceSystem", state: "State") -> "Vector":
    """Own log moves with the impact on the asset's own venue, [asset]."""
    mid = mid_prices(system, state)
    own = impaired_moves(system, state)
    for a in range(len(system.assets)):
        venue = venue_of(system, state, a)
        own[a] += venue.displacement(state.inventory[a], mid[a])
    return own


def venue_of(system: "ReferenceSystem", state: "State", a: int) -> Venue:
    """An asset's venue at the depth that its providers leave it."""
    venue = system.assets[a].venue
    providers = state.behaviour.providers
    return thinned(venue, providers[a].depth) if a in providers else venue

"""Credit lines: who is trusted beyond collateral, and walks away from under water."""

import math
from dataclasses import dataclass

import numpy as np

from .cascade import trade
from .draws import Draws
from .positions import Position, position_of
from .prices import market_prices, mid_prices, venue_of
from .state import Flows, State
from .system import ReferenceSystem, Vector


@dataclass(frozen=True)
class Defaulting:
    """A line that is given up."""

    line: int
    account: int
    position: Position  # at market prices


def default(system: ReferenceSystem, state: State, flows: Flows, draws: Draws) -> None:
    """Sell what defaulting lines have pledged, and repay with what it brings."""
    market = market_prices(system, state)
    gone = defaulting(system, state, draws, market)
    if not gone:
        return
    sold = np.zeros(len(system.assets))
    for one in gone:
        for r, reserve in enumerate(system.reserves):
            sold[reserve.asset] += one.position.collateral_tokens[r]
    price = mean_prices(system, state, sold, market)
    net = sold.copy()
    for one in gone:
        net -= hand_over(system, state, flows, one, price)
        flows.defaulted[one.line] += one.position.debt
    nobody = np.zeros(len(system.assets))
    flows.keeper_profit += trade(system, state, flows, net, nobody, in_round=True)
    system.oracle.publish(state.oracle, market_prices(system, state))


def defaulting(
    system: ReferenceSystem, state: State, draws: Draws, market: Vector
) -> list[Defaulting]:
    """Lines under water whose hour has come."""
    found = []
    for k, (account, hazard) in enumerate(system.lines):
        position = position_of(system, state, account, market)
        strikes = draws.defaults[k] < -math.expm1(-hazard * system.dt)
        if strikes and position.collateral < position.debt:
            found.append(Defaulting(k, account, position))
    return found


def mean_prices(
    system: ReferenceSystem, state: State, sold: Vector, market: Vector
) -> Vector:
    """What a token of each asset brings if so many are sold, [asset] [USD]."""
    mid, price = mid_prices(system, state), market.copy()
    for a in range(len(system.assets)):
        if sold[a] > 0.0:
            inventory = float(state.inventory[a])
            venue = venue_of(system, state, a)
            before = venue.displacement(inventory, mid[a])
            proceeds = venue.proceeds(inventory, sold[a], mid[a])
            price[a] = market[a] / (mid[a] * math.exp(before)) * proceeds / sold[a]
    return price


def hand_over(
    system: ReferenceSystem,
    state: State,
    flows: Flows,
    one: Defaulting,
    price: Vector,
) -> Vector:
    """Book a default at the prices that collateral brings.

    Returns:
        Tokens repaid, [asset].
    """
    held, owed = one.position.collateral_tokens, one.position.debt_tokens
    found = sum(held[r] * price[x.asset] for r, x in enumerate(system.reserves))
    share = min(found / one.position.debt, 1.0)
    repaid = np.zeros(len(system.assets))
    for r, reserve in enumerate(system.reserves):
        state.supplied[r] -= held[r]
        state.borrowed[r] -= share * owed[r]
        oracle_price = state.oracle.price[reserve.asset]
        flows.seized_usd[r] += held[r] * oracle_price
        flows.repaid_usd[r] += share * owed[r] * oracle_price
        repaid[reserve.asset] += share * owed[r]
    state.kept[one.account] = 0.0
    state.owed[one.account] *= 1.0 - share
    return repaid

"""Phase 5, its second half: the layers behind a market's reserve fund."""

import math

import numpy as np

from .cascade import clear
from .prices import market_prices, mid_prices, venue_of
from .state import Flows, State
from .system import ReferenceSystem


def insure(
    system: ReferenceSystem, state: State, flows: Flows, owing: list[float]
) -> list[float]:
    """Pay what is owing by market [USD]; what is left is for suppliers.

    Every layer of all markets comes before the next one: they sell into the same
    venues.
    """
    if not system.policy.layers:
        return owing
    owing, told = list(owing), flows.policy
    markets = range(len(system.markets))
    for m in markets:
        purse = state.policy.purses[m]
        paid = min(purse.cash, owing[m])
        purse.cash -= paid
        owing[m] -= paid
        told.treasury[m] += paid
    for m in markets:
        purse, layers = state.policy.purses[m], system.policy.layers[m]
        sold, raised = sell(
            system, state, flows, layers.token, owing[m], purse.tokens, layers.fall
        )
        purse.tokens -= sold
        told.treasury[m] += min(raised, owing[m])
        purse.cash += max(raised - owing[m], 0.0)
        owing[m] = max(owing[m] - raised, 0.0)
    for m in markets:
        purse, layers = state.policy.purses[m], system.policy.layers[m]
        sold, raised = sell(
            system, state, flows, layers.stake, owing[m], purse.slashable, layers.fall
        )
        purse.slashable -= sold
        told.module[m] += min(raised, owing[m])
        purse.cash += max(raised - owing[m], 0.0)
        owing[m] = max(owing[m] - raised, 0.0)
    for m in markets:
        purse = state.policy.purses[m]
        paid = min(purse.backstop, owing[m])
        purse.backstop -= paid
        owing[m] -= paid
        told.backstop[m] += paid
        told.socialised[m] += owing[m]
    return owing


def sell(
    system: ReferenceSystem,
    state: State,
    flows: Flows,
    asset: int | None,
    wanted: float,
    available: float,
    fall: float,
) -> tuple[float, float]:
    """Sell until so much is raised [USD]: tokens, and what they raise [USD]."""
    if asset is None or wanted <= 0.0:
        return 0.0, 0.0
    mid, market = mid_prices(system, state), market_prices(system, state)
    venue, inventory = venue_of(system, state, asset), float(state.inventory[asset])
    own = math.exp(venue.displacement(inventory, mid[asset]))
    scale = market[asset] / (mid[asset] * own)

    def raised(tokens: float) -> float:
        return scale * venue.proceeds(inventory, tokens, mid[asset])

    low, high = 0.0, max(min(available, venue.room(inventory, -fall, mid[asset])), 0.0)
    most = high
    if raised(most) >= wanted:
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if raised(middle) < wanted else (low, middle)
    sold = np.zeros(len(system.assets))
    sold[asset] = high
    flows.flow_usd += sold * market
    price = clear(system, state, sold, market)
    return high, high * float(price[asset])

"""Phase 5: who bears what is left of a debt without collateral."""

import numpy as np

from .positions import under_water
from .state import Flows, State
from .system import ReferenceSystem, Vector


def is_empty(state: State, row: int) -> bool:
    """Nothing is left to seize."""
    return not np.any(state.kept[row] > 0.0)


def absorb(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Write off deficits: the market's fund pays first, suppliers bear the rest.

    Members of cohorts that were emptied have left their row in the cascade; accounts
    leave theirs here.
    """
    written_off = np.zeros(len(system.reserves))
    for account, owner in enumerate(system.accounts):
        if is_empty(state, account):
            state.unpaid[account] += state.owed[account]
            state.owed[account] = 0.0
        written_off += state.unpaid[account] * owner.debt * state.debt_index
        state.lost[account] += state.unpaid[account]
        state.unpaid[account] = 0.0
    state.borrowed -= written_off
    flows.deficit += written_off
    for m in range(len(system.markets)):
        pay_from_fund(system, state, flows, m)


def pay_from_fund(
    system: ReferenceSystem, state: State, flows: Flows, market: int
) -> None:
    """Split the deficits of one market between its fund and its suppliers."""
    values = np.zeros(len(system.reserves))
    for r, reserve in enumerate(system.reserves):
        if reserve.market == market:
            values[r] = flows.deficit[r] * state.oracle.price[reserve.asset]
    total = float(values.sum())
    if total == 0.0:
        return
    covered = min(float(state.fund[market]), total)
    hear_of(system, state, flows, market, unpaid=1.0 - covered / total)
    state.fund[market] -= covered
    flows.covered[market] += covered
    flows.realized += values * (1.0 - covered / total)


def hear_of(
    system: ReferenceSystem, state: State, flows: Flows, market: int, *, unpaid: float
) -> None:
    """Suppliers of a market learn of its losses, and what is missing is not there."""
    for r, run in system.runs.items():
        if system.reserves[r].market == market and unpaid > 0.0:
            state.behaviour.runs[r].alarm = run.memory
            state.behaviour.runs[r].missing += unpaid * float(flows.deficit[r])


def unrealized(system: ReferenceSystem, state: State, market: Vector) -> Vector:
    """Debt above what is left of its account's collateral, [reserve] [USD].

    At market prices. Debt of accounts without collateral has been realized.
    """
    shortfall = np.zeros(len(system.reserves))
    for row in system.rows:
        position = under_water(system, state, row, market)
        missing = position.debt - position.collateral
        if missing > 0.0:
            shortfall += missing * position.debt_values / position.debt
    return shortfall

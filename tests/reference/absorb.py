"""Phase 5: who bears what is left of a debt without collateral."""

import numpy as np

from .insure import insure
from .positions import under_water
from .state import Flows, State
from .system import ReferenceSystem, Vector


def is_empty(state: State, row: int) -> bool:
    """Nothing is left to seize."""
    return not np.any(state.kept[row] > 0.0)


def absorb(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Write off deficits: a market's fund pays first, its waterfall, then suppliers.

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
    owing = [owed_by(system, state, flows, m) for m in range(len(system.markets))]
    left = [pay_from_fund(state, flows, m, amount) for m, amount in enumerate(owing)]
    left = insure(system, state, flows, left)
    for r, reserve in enumerate(system.reserves):
        if owing[reserve.market] > 0.0:
            share = left[reserve.market] / owing[reserve.market]
            value = flows.deficit[r] * state.oracle.price[reserve.asset]
            flows.realized[r] += value * share
            hear_of(system, state, flows, r, unpaid=share)


def owed_by(system: ReferenceSystem, state: State, flows: Flows, market: int) -> float:
    """The deficit of a market, at oracle prices [USD]."""
    return sum(
        float(flows.deficit[r] * state.oracle.price[reserve.asset])
        for r, reserve in enumerate(system.reserves)
        if reserve.market == market
    )


def pay_from_fund(state: State, flows: Flows, market: int, owing: float) -> float:
    """What the reserve fund of a market leaves of its deficit [USD]."""
    covered = min(float(state.fund[market]), owing)
    state.fund[market] -= covered
    flows.covered[market] += covered
    return owing - covered


def hear_of(
    system: ReferenceSystem, state: State, flows: Flows, reserve: int, *, unpaid: float
) -> None:
    """Suppliers learn of a loss in their market, and what is missing is not there."""
    if reserve in system.runs and unpaid > 0.0:
        memory = state.behaviour.runs[reserve]
        memory.alarm = system.runs[reserve].memory
        memory.missing += unpaid * float(flows.deficit[reserve])


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

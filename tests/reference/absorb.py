"""Phase 5: who bears what is left of a debt without collateral."""

import numpy as np

from .positions import position_of
from .state import Flows, State
from .system import ReferenceSystem, Vector


def is_empty(state: State, account: int) -> bool:
    """Nothing is left to seize."""
    return not np.any(state.kept[account] > 0.0)


def absorb(system: ReferenceSystem, state: State, flows: Flows) -> None:
    """Write off deficits: the market's fund pays first, suppliers bear the rest.

    An account keeps its `owed` as a record, and is written off once.
    """
    written_off = np.zeros(len(system.reserves))
    for account in range(len(system.accounts)):
        if is_empty(state, account) and account not in state.written_off:
            position = position_of(system, state, account, state.oracle.price)
            written_off += position.debt_tokens
            state.written_off.add(account)
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
    state.fund[market] -= covered
    flows.covered[market] += covered
    flows.realized += values * (1.0 - covered / total)


def unrealized(system: ReferenceSystem, state: State, market: Vector) -> Vector:
    """Debt above what is left of its account's collateral, [reserve] [USD].

    At market prices. Debt of accounts without collateral has been realized.
    """
    shortfall = np.zeros(len(system.reserves))
    for account in range(len(system.accounts)):
        if is_empty(state, account):
            continue
        position = position_of(system, state, account, market)
        missing = position.debt - position.collateral
        if missing > 0.0:
            shortfall += missing * position.debt_values / position.debt
    return shortfall

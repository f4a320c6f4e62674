"""What an account holds and owes, token by token, and what that is worth."""

import math
from dataclasses import dataclass

import numpy as np

from .cohorts import shares_below
from .instruments import counted
from .policy_moves import factor_of
from .state import State
from .system import Account, ReferenceSystem, Vector


@dataclass(frozen=True)
class Position:
    """One account at one price vector."""

    collateral_tokens: Vector  # [reserve] [token]
    debt_tokens: Vector  # [reserve] [token]
    collateral_values: Vector  # [reserve] [USD]
    debt_values: Vector  # [reserve] [USD]
    collateral: float  # [USD]
    debt: float  # [USD]
    weighted: float  # collateral times threshold [USD]
    repayable: float  # debt that all of the collateral repays [USD]

    @property
    def health(self) -> float:
        """Health factor; infinite without debt [ratio]."""
        return self.weighted / self.debt if self.debt > 0.0 else math.inf


def position_of(
    system: ReferenceSystem, state: State, row: int, price: Vector
) -> Position:
    """The position of a row at `price`, [asset] [USD/token]."""
    owner = system.accounts[system.account_of(row)]
    return position_with(
        system, state, owner, price, kept=state.kept[row], owed=state.owed[row]
    )


def whole_position(
    system: ReferenceSystem, state: State, row: int, price: Vector
) -> Position:
    """What the row's account would be worth, had nothing been liquidated."""
    owner, full = system.accounts[system.account_of(row)], np.ones(len(system.reserves))
    return position_with(system, state, owner, price, kept=full, owed=full)


def part_on_offer(
    system: ReferenceSystem, state: State, row: int, price: Vector
) -> Position:
    """The members of a row that may be liquidated; of an account, all of it."""
    if not system.is_fresh(row):
        return position_of(system, state, row, price)
    whole = whole_position(system, state, row, price)
    kept, owed = shares_below(system, state, row, whole.health)
    owner, full = system.accounts[system.account_of(row)], np.ones(len(system.reserves))
    return position_with(
        system, state, owner, price, kept=kept * full, owed=owed * full
    )


def under_water(
    system: ReferenceSystem, state: State, row: int, price: Vector
) -> Position:
    """The members of a row whose debt is above their collateral, or all of it."""
    if not system.is_fresh(row):
        return position_of(system, state, row, price)
    whole = whole_position(system, state, row, price)
    kept, owed = shares_below(system, state, row, whole.collateral / whole.debt)
    owner, full = system.accounts[system.account_of(row)], np.ones(len(system.reserves))
    return position_with(
        system, state, owner, price, kept=kept * full, owed=owed * full
    )


def position_with(
    system: ReferenceSystem,
    state: State,
    owner: Account,
    price: Vector,
    *,
    kept: Vector,
    owed: Vector,
) -> Position:
    """The position of an account with these shares of its balances, [reserve]."""
    reserves = len(system.reserves)
    held, owes = np.zeros(reserves), np.zeros(reserves)
    held_usd, owes_usd = np.zeros(reserves), np.zeros(reserves)
    weighted = repayable = 0.0
    share = counted(system, state, price)
    for r, reserve in enumerate(system.reserves):
        held[r] = owner.collateral[r] * state.supply_index[r] * kept[r]
        owes[r] = owner.debt[r] * state.debt_index[r] * owed[r]
        held_usd[r] = held[r] * price[reserve.asset]
        owes_usd[r] = owes[r] * price[reserve.asset]
        threshold = reserve.threshold[owner.category]
        counts = held_usd[r] * share[reserve.asset] * factor_of(system, state, r)
        weighted += counts * (threshold if owner.limit is None else owner.limit)
        repayable += held_usd[r] / (1.0 + reserve.bonus[owner.category])
    return Position(
        collateral_tokens=held,
        debt_tokens=owes,
        collateral_values=held_usd,
        debt_values=owes_usd,
        collateral=float(held_usd.sum()),
        debt=float(owes_usd.sum()),
        weighted=weighted,
        repayable=repayable,
    )


def loop_multiple(loan_to_value: float, loops: int) -> float:
    """Collateral per unit of equity after borrowing and re-supplying `loops` times."""
    return sum(loan_to_value**k for k in range(loops + 1))

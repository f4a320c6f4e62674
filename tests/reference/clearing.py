"""Clearing of mutual obligations, by the definition and one number at a time.

Everybody is first taken to pay in full; then each pays what it can of what the others
were last seen to pay, until nothing changes. From above, this ends at the greatest
clearing vector (Eisenberg and Noe 2001; Rogers and Veraart 2013).
"""

from dataclasses import dataclass

import numpy as np

from .system import Vector


STILL = 1e-15
"""Relative change of payments at which nothing changes any more."""


@dataclass(frozen=True)
class Cleared:
    """How obligations end."""

    paid: Vector  # [entity] to all creditors [USD]
    equity: Vector  # [entity] [USD]
    cost: Vector  # [entity] lost in bankruptcy [USD]
    defaulted: np.ndarray  # [entity]


def net(liabilities: Vector) -> Vector:
    """Each pair owes the difference alone."""
    entities = len(liabilities)
    left = np.zeros_like(liabilities)
    for i in range(entities):
        for j in range(entities):
            left[i, j] = max(liabilities[i, j] - liabilities[j, i], 0.0)
    return left


def clear(
    liabilities: Vector,
    assets: Vector,
    outside: Vector,
    recovery_assets: Vector,
    recovery_claims: Vector,
) -> Cleared:
    """Payments, by iteration from above; liabilities are [debtor, creditor] [USD]."""
    entities = range(len(assets))
    owed = np.array([sum(liabilities[i]) + outside[i] for i in entities])
    paid = owed.copy()
    while True:
        income = incomes(liabilities, owed, paid)
        after = paid.copy()
        for i in entities:
            if falls_short(owed[i], assets[i] + income[i]):
                kept = recovery_assets[i] * assets[i] + recovery_claims[i] * income[i]
                after[i] = min(kept, owed[i])
        if np.all(np.abs(after - paid) <= STILL * owed):
            break
        paid = after
    defaulted = np.array(
        [falls_short(owed[i], assets[i] + income[i]) for i in entities]
    )
    lost = (1 - recovery_assets) * assets + (1 - recovery_claims) * income
    return Cleared(
        paid=paid,
        equity=np.where(defaulted, 0.0, np.maximum(assets + income - owed, 0.0)),
        cost=np.where(defaulted, lost, 0.0),
        defaulted=defaulted,
    )


def falls_short(owed: float, has: float) -> bool:
    """Whether less is there than is owed, beyond the rounding of sums."""
    return owed - has > 1e-14 * owed


def incomes(liabilities: Vector, owed: Vector, paid: Vector) -> Vector:
    """What each receives of the others, who pay all creditors pro rata."""
    entities = len(owed)
    received = np.zeros(entities)
    for j in range(entities):
        for i in range(entities):
            if owed[j] > 0.0:
                received[i] += liabilities[j, i] * paid[j] / owed[j]
    return received


def rounds_of_default(
    liabilities: Vector,
    assets: Vector,
    outside: Vector,
    recovery_assets: Vector,
    recovery_claims: Vector,
) -> np.ndarray:
    """Round in which each entity defaults, 0 for never.

    In every round those that have defaulted pay what the others, taken as solvent,
    leave them; the next round asks who cannot bear that.
    """
    entities = range(len(assets))
    owed = np.array([sum(liabilities[i]) + outside[i] for i in entities])
    fallen = np.zeros(len(assets), int)
    paid = owed.copy()
    for number in range(1, len(assets) + 1):
        income = incomes(liabilities, owed, paid)
        for i in entities:
            if fallen[i] == 0 and falls_short(owed[i], assets[i] + income[i]):
                fallen[i] = number
        paid = owed.copy()
        while True:
            income = incomes(liabilities, owed, paid)
            after = np.where(
                fallen > 0,
                recovery_assets * assets + recovery_claims * income,
                owed,
            )
            if np.all(np.abs(after - paid) <= STILL * owed):
                break
            paid = after
    return fallen

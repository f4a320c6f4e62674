"""A cohort: members of one mix whose log-health is spread evenly over their debt.

Its members that were never liquidated are a row of their own, after the accounts'; what
is left of those that were is the account's row, which starts empty.
"""

import math

from .state import State
from .system import ReferenceSystem, Vector


HEALED = 1.0001  # health of a member that is not liquidated on [ratio]


def by_account(system: ReferenceSystem, rows: Vector) -> Vector:
    """Shares by row added up to shares by account, [account, reserve]."""
    total = rows[: len(system.accounts)].copy()
    for row in system.rows:
        if system.is_fresh(row):
            total[system.account_of(row)] += rows[row]
    return total


def relative_health(width: float, place: float) -> float:
    """Health of the member at `place` in [0, 1], over that of the whole cohort."""
    norm = width / (math.exp(width / 2) - math.exp(-width / 2))
    return norm * math.exp(width * (place - 0.5))


def collateral_between(width: float, start: float, stop: float) -> float:
    """Share of the cohort's collateral that members between two places hold."""
    total = math.exp(width) - 1.0
    return (math.exp(width * stop) - math.exp(width * start)) / total


def place_of(width: float, ratio: float) -> float:
    """The place below which members' own ratio is below one, of all members."""
    if ratio <= 0.0:
        return 1.0
    place = 0.5 - math.log(ratio * relative_health(width, 0.5)) / width
    return min(max(place, 0.0), 1.0)


def shares_below(
    system: ReferenceSystem, state: State, row: int, ratio: float
) -> tuple[float, float]:
    """Shares of the account's collateral and debt of a row's members below one.

    Args:
        system: What is fixed.
        state: Where the path stands.
        row: A row of members never liquidated.
        ratio: Of the untouched account: health, or collateral over debt.
    """
    width, owed = system.spread_of(row), float(state.owed[row, 0])
    start, stop = 1.0 - owed, place_of(width, ratio)
    if stop <= start or owed <= 0.0:
        return 0.0, 0.0
    # Partial fills leave the stronger members with the collateral that is left.
    share = collateral_between(width, start, stop)
    share /= collateral_between(width, start, 1.0)
    return share * float(state.kept[row, 0]), stop - start


def share_that_goes(health: float, seized: float, repaid: float, fill: float) -> float:
    """Share of the members on offer that a fill heals.

    Args:
        health: Of the members on offer, together [ratio].
        seized: Share of their collateral on offer.
        repaid: Share of their debt to repay for it.
        fill: Share of the offer that is taken.
    """
    if fill <= 0.0:
        return 0.0
    gain = HEALED * repaid - seized * health
    healing = min((HEALED - health) / gain, 1.0) if gain > 0.0 else 1.0
    return min(fill / healing, 1.0) if healing > 0.0 else 1.0

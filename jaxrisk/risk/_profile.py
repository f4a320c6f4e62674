"""What a fall in price makes liquidatable, before anything else happens."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int

from ..lending._book import Book


PerReserve = Float64[np.ndarray, " reserve"]
CategoryReserve = Float64[np.ndarray, "category reserve"]
ScenarioReserve = Float64[np.ndarray, "scenario reserve"]
ScenarioDrop = Float64[np.ndarray, "scenario drop"]
AccountDrop = Float64[np.ndarray, "account drop"]

DROPS = np.linspace(0.0, 0.9, 91)
"""Relative falls at which profiles are reported."""

ROWS_AT_ONCE = 8192
"""Bounds memory: a million accounts at 91 falls are 0.7 GB an array."""


@dataclass(frozen=True)
class Profile:
    """Liquidatable amounts after a fall, valued at the fallen prices [USD].

    Attributes:
        collateral: Collateral of the accounts with health below 1.
        debt: Their debt: what keepers repay if all of it may be repaid.
    """

    collateral: ScenarioDrop
    debt: ScenarioDrop


def liquidation_profile(
    book: Book,
    *,
    price: PerReserve,
    threshold: CategoryReserve,
    exposure: ScenarioReserve,
    drops: Float64[np.ndarray, " drop"] = DROPS,
) -> Profile:
    r"""Collateral and debt of accounts that a fall leaves with a health factor below 1.

    .. math:: p_r(d) = p_r (1-d)^{e_r}, \qquad
        L(d) = \sum_i \mathbf 1[H_i(p(d)) < 1] \sum_r C_{ir} p_r(d)

    Other prices stay, nobody reacts, and no liquidation moves a price: what the market
    would have to absorb, not what happens. An account without debt is never
    liquidatable. Of a cohort with a spread it is the members below 1.

    Args:
        book: Who holds and owes what [token].
        price: Oracle prices p [USD/token].
        threshold: Liquidation thresholds [ratio].
        exposure: Exponents e of each reserve in each scenario: 1 follows the fall, 0
            does not move.
        drops: Relative falls d [ratio].

    Returns:
        Amounts by scenario and fall [USD].
    """
    owing = np.flatnonzero(book.debt.any(axis=1))
    fallen = price[:, None] * (1 - drops) ** exposure[:, :, None]
    found = np.zeros((2, exposure.shape[0], drops.size))
    for start in range(0, owing.size, ROWS_AT_ONCE):
        rows = owing[start : start + ROWS_AT_ONCE]
        held, debt = book.collateral[rows], book.debt[rows]
        weighted = held * threshold[book.category[rows]]
        has = (held != 0) | (debt != 0)
        for scenario, prices in enumerate(fallen):
            moved = has[:, exposure[scenario] != 0].any(axis=1)
            # Nothing changes for the others: one column says it for every fall.
            for part, seen in ((moved, prices), (~moved, prices[:, :1])):
                owed = debt[part] @ seen
                spread = book.spread[rows[part]]
                worth, share = _below_one(weighted[part] @ seen, owed, spread)
                found[0, scenario] += (worth * (held[part] @ seen)).sum(axis=0)
                found[1, scenario] += (share * owed).sum(axis=0)
    return Profile(collateral=found[0], debt=found[1])


def _below_one(
    weighted: AccountDrop, owed: AccountDrop, spread: Float64[np.ndarray, " account"]
) -> tuple[AccountDrop, AccountDrop]:
    """Share of the collateral and of the debt of each row with a health below 1.

    A cohort's members are those of `lending._cohort`.
    """
    below = (weighted < owed).astype(float)
    worth, share = below, below.copy()
    wide = np.flatnonzero(spread)
    if wide.size:
        width = spread[wide, None]
        half = width / 2
        with np.errstate(divide="ignore"):
            level = np.log(weighted[wide] / owed[wide] * half / np.sinh(half))
        reached = np.clip(0.5 - level / width, 0, 1)
        share[wide] = reached
        worth[wide] = np.expm1(width * reached) / np.expm1(width)
    return worth, share


def asset_exposure(
    lift: Float64[np.ndarray, "asset asset"], reserve_asset: Int[np.ndarray, " reserve"]
) -> ScenarioReserve:
    """One scenario an asset: it falls, and so does what is pegged to it.

    Args:
        lift: 1 where an asset (row) follows the log price of a column, itself included.
        reserve_asset: Asset of each reserve.

    Returns:
        Exponents by asset and reserve.
    """
    return lift[reserve_asset].T


def common_exposure(
    lift: Float64[np.ndarray, "asset asset"],
    is_base: Bool[np.ndarray, " asset"],
    reserve_asset: Int[np.ndarray, " reserve"],
) -> ScenarioReserve:
    """The scenario in which all base assets fall, and with them what rests on them."""
    return (lift @ is_base.astype(np.float64))[reserve_asset][None]

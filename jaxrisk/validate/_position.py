"""Accounts under lending rules, without an engine around them."""

import dataclasses
import math
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from ..lending import Accounts, CloseFactor, Part, build_accounts
from ..lending._book import Book


FLOAT64 = np.dtype(np.float64)

COLLATERAL, DEBT = 0, 1
"""Reserves of the accounts built here; further ones hold further debts."""


def single_market_book(collateral: np.ndarray, debts: np.ndarray) -> Book:
    """Accounts with one collateral reserve, first, and one reserve for each debt.

    Args:
        collateral: [account] token.
        debts: [account, debt] token.
    """
    rows, kinds = debts.shape
    return Book(
        account=np.asarray([f"account {row}" for row in range(rows)]),
        market=np.zeros(rows, np.int64),
        category=np.zeros(rows, np.int64),
        members=np.ones(rows),
        collateral=np.column_stack([collateral, np.zeros((rows, kinds))]),
        debt=np.column_stack([np.zeros(rows), debts]),
    )


def accounts_of(book: Book, *, threshold: float, bonus: float) -> Accounts:
    """The accounts of a book under one threshold and one bonus, no protocol fee."""
    shape = (1, book.collateral.shape[1])
    return build_accounts(
        book,
        liquidation_threshold=np.full(shape, threshold),
        liquidation_bonus=np.full(shape, bonus),
        protocol_fee=np.zeros(shape[1]),
        dtype=FLOAT64,
    )


@dataclass(frozen=True)
class Rules:
    """The close-factor rule of one market; see `CloseFactor` for the versions.

    Attributes:
        close_factor: Most of the debt that one liquidation repays [ratio].
        full_below_health: Health at or below which it may repay all.
        full_below_size: Debt or collateral below which it may repay all [USD].
        least_remainder: Collateral that a partial liquidation leaves [USD].
        target_health: Health that bounds the repayment; infinite: no bound.
    """

    close_factor: float
    full_below_health: float = 0.0
    full_below_size: float = 0.0
    least_remainder: float = 0.0
    target_health: float = math.inf

    def build(self, dtype: np.dtype) -> CloseFactor:
        """The rule on the device."""
        return CloseFactor(
            **{
                name: jnp.asarray([value], dtype)
                for name, value in dataclasses.asdict(self).items()
            }
        )


AAVE_V2 = Rules(0.5)
AAVE_V3 = Rules(0.5, full_below_health=0.95)
AAVE_V3_3 = Rules(
    0.5, full_below_health=0.95, full_below_size=2000.0, least_remainder=1000.0
)
FULL = Rules(1.0)


@dataclass(frozen=True)
class Liquidated:
    """One account after one liquidation at fixed prices, in USD at those prices."""

    repaid: float
    seized: float
    collateral: float
    debt: float
    health_before: float
    health: float


def liquidate_once(
    collateral: float,
    debt: float,
    *,
    threshold: float,
    bonus: float,
    rules: Rules,
) -> Liquidated:
    """Liquidate an account that holds and owes tokens of 1 USD, if it may be."""
    book = single_market_book(np.array([collateral]), np.array([[debt]]))
    accounts = accounts_of(book, threshold=threshold, bonus=bonus)
    one, price = jnp.ones((1, 1)), jnp.ones((2, 1))
    before = accounts.value(Part(one, one, one), price, price, price)
    closing = rules.build(FLOAT64).closing(accounts, before, one)
    allowed = before.health < 1
    kept = jnp.where(allowed, 1 - closing.seized, 1)
    owed = jnp.where(allowed, 1 - closing.repaid, 1)
    after = accounts.value(Part(kept, owed, one), price, price, price)
    return Liquidated(
        repaid=(before.debt - after.debt).item(),
        seized=(before.collateral - after.collateral).item(),
        collateral=after.collateral.item(),
        debt=after.debt.item(),
        health_before=before.health.item(),
        health=after.health.item(),
    )

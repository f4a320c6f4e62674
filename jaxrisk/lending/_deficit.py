"""Debt above its own account's collateral: written off, or still open."""

import jax.numpy as jnp

from .._numerics import safe_divide, total, worth
from .._typing import AccountPath, ReservePath, RowPath
from ._accounts import Accounts
from ._cohort import part_below


def shortfall(
    accounts: Accounts, owed: AccountPath, debt_price: ReservePath
) -> ReservePath:
    """Debt by reserve [USD] of accounts that owe these shares of their initial debt."""
    return debt_price * total(accounts.debt, owed)


def bad_debt(
    accounts: Accounts,
    kept: RowPath,
    owed: RowPath,
    collateral_price: ReservePath,
    debt_price: ReservePath,
) -> AccountPath:
    r"""Debt above its own account's collateral, :math:`(D_i - C_i)^+` [USD].

    Of a cohort, that of its members under water.
    """
    ratio = accounts.ratio(accounts.collateral, collateral_price, debt_price)
    part = part_below(accounts, kept, owed, ratio)
    collateral = accounts.by_row(worth(accounts.collateral, collateral_price))
    debt = accounts.by_row(worth(accounts.debt, debt_price))
    gap = jnp.maximum(part.owed * debt - part.kept * collateral, 0)
    return accounts.by_account(gap)


def by_reserve(
    accounts: Accounts, gap: AccountPath, debt_price: ReservePath
) -> ReservePath:
    """Spread each account's bad debt [USD] over its debts, in proportion to value."""
    whole = worth(accounts.debt, debt_price)
    return shortfall(accounts, safe_divide(gap, whole, otherwise=0.0), debt_price)

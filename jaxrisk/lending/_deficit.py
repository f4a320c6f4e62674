"""Debt above its own account's collateral: written off, or still open."""

import jax.numpy as jnp

from .._numerics import matmul, safe_divide
from .._typing import AccountPath, ReservePath, RowPath
from ._accounts import Accounts
from ._cohort import part_below


def shortfall(
    accounts: Accounts, owed: AccountPath, debt_price: ReservePath
) -> ReservePath:
    """Debt by reserve [USD] of accounts that owe these shares of their initial debt."""
    return debt_price * matmul(accounts.debt.T, owed)


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
    worth = accounts.ratio(accounts.collateral, collateral_price, debt_price)
    part = part_below(accounts, kept, owed, worth)
    collateral = accounts.by_row(matmul(accounts.collateral, collateral_price))
    debt = accounts.by_row(matmul(accounts.debt, debt_price))
    gap = jnp.maximum(part.owed * debt - part.kept * collateral, 0)
    return accounts.by_account(gap)


def by_reserve(
    accounts: Accounts, gap: AccountPath, debt_price: ReservePath
) -> ReservePath:
    """Spread each account's bad debt [USD] over its debts, in proportion to value."""
    whole = matmul(accounts.debt, debt_price)
    return shortfall(accounts, safe_divide(gap, whole, otherwise=0.0), debt_price)

"""Debt above its own account's collateral: written off, or still open."""

import jax.numpy as jnp

from .._numerics import matmul, safe_divide
from .._typing import AccountPath, ReservePath
from ._accounts import Accounts


def shortfall(
    accounts: Accounts, owed: AccountPath, debt_price: ReservePath
) -> ReservePath:
    """Debt by reserve [USD] of accounts that owe these shares of their initial debt."""
    return debt_price * matmul(accounts.debt.T, owed)


def bad_debt(
    accounts: Accounts,
    kept: AccountPath,
    owed: AccountPath,
    collateral_price: ReservePath,
    debt_price: ReservePath,
) -> AccountPath:
    r"""Debt above the account's own collateral, :math:`(D_i - C_i)^+` [USD].

    Of an account whose collateral is gone this is all of its debt.
    """
    collateral = kept * matmul(accounts.collateral, collateral_price)
    debt = owed * matmul(accounts.debt, debt_price)
    return jnp.maximum(debt - collateral, 0)


def by_reserve(
    accounts: Accounts, gap: AccountPath, debt_price: ReservePath
) -> ReservePath:
    """Spread each account's bad debt [USD] over its debts, in proportion to value."""
    whole = matmul(accounts.debt, debt_price)
    return shortfall(accounts, safe_divide(gap, whole, otherwise=0.0), debt_price)

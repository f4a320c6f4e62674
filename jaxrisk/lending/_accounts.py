"""The book on the device: constant matrices; what moves is two numbers an account."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .._numerics import matmul
from .._typing import AccountPath, AccountReserve, PerAccount, ReservePath
from ._book import Book
from ._health import health_factor


class Values(eqx.Module):
    """What accounts hold and owe at oracle prices, now [USD]."""

    weighted: AccountPath  # collateral times its liquidation threshold
    collateral: AccountPath
    repayable: AccountPath  # the debt that all of the collateral repays
    debt: AccountPath

    @property
    def health(self) -> AccountPath:
        """Health factor [ratio]."""
        return health_factor(self.weighted, self.debt)


class Accounts(eqx.Module):
    """Accounts of all markets; rows of constant matrices of tokens.

    ``weighted``, ``collateral`` and ``repayable`` are stacked, so that valuing them is
    one matrix product: 3 x account x reserve multiply-adds a path.
    """

    collateral: AccountReserve  # [token]
    debt: AccountReserve  # [token]
    weighted: AccountReserve  # [token], times the liquidation threshold
    repayable: AccountReserve  # [token], over one plus the bonus
    keepers: AccountReserve  # [token], what a keeper gets of the collateral
    members: PerAccount  # real accounts a row stands for
    market: Int[Array, " account"]  # index

    def health(
        self,
        kept: AccountPath,
        owed: AccountPath,
        collateral_price: ReservePath,
        debt_price: ReservePath,
    ) -> AccountPath:
        """Health factor, at oracle prices of one collateral and one debt unit [USD].

        Two matrix products; moves 2 floats an account and path, bound by arithmetic.
        """
        weighted = kept * matmul(self.weighted, collateral_price)
        return health_factor(weighted, owed * matmul(self.debt, debt_price))

    def value(
        self,
        kept: AccountPath,
        owed: AccountPath,
        collateral_price: ReservePath,
        debt_price: ReservePath,
    ) -> Values:
        """Everything a liquidation rule asks about, at oracle prices [USD]."""
        stacked = jnp.concatenate([self.weighted, self.collateral, self.repayable])
        weighted, collateral, repayable = jnp.split(
            matmul(stacked, collateral_price), 3, axis=0
        )
        return Values(
            weighted=kept * weighted,
            collateral=kept * collateral,
            repayable=kept * repayable,
            debt=owed * matmul(self.debt, debt_price),
        )


def build_accounts(
    book: Book,
    *,
    liquidation_threshold: np.ndarray,
    liquidation_bonus: np.ndarray,
    protocol_fee: np.ndarray,
    dtype: np.dtype,
) -> Accounts:
    """Put a book under its risk parameters.

    Args:
        book: The accounts.
        liquidation_threshold: [category, reserve] ratio.
        liquidation_bonus: [category, reserve] ratio; .05 is 5 %.
        protocol_fee: [reserve], protocol's share of the bonus [ratio].
        dtype: Of the arrays on the device.
    """
    bonus = liquidation_bonus[book.category]
    keepers = (1 + bonus * (1 - protocol_fee)) / (1 + bonus)

    def on_device(values: np.ndarray) -> Float[Array, "..."]:
        return jnp.asarray(values, dtype)

    return Accounts(
        collateral=on_device(book.collateral),
        debt=on_device(book.debt),
        weighted=on_device(book.collateral * liquidation_threshold[book.category]),
        repayable=on_device(book.collateral / (1 + bonus)),
        keepers=on_device(book.collateral * keepers),
        members=on_device(book.members),
        market=jnp.asarray(book.market, jnp.int32),
    )

"""The book on the device: constant matrices; what moves is a few numbers a row.

A cohort is two rows. The first holds its members that were never liquidated, as a
distribution of health; the second what is left of the members that were, as one
account. A single account is one row of the second kind.
"""

from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .._numerics import safe_divide, worth
from .._typing import (
    AccountPath,
    AccountReserve,
    ReservePath,
    RowFlag,
    RowPath,
)
from ._book import Book
from ._health import health_factor


PerRow = Float[Array, "row *_"]
ByAccount = Float[Array, "account *_"]
Tokens = Float[Array, "account reserve *path"]
"""[token] of accounts common to all paths; or, with a path axis, of each path's own."""
PerAccount = Float[Array, "account *path"]


class Part(eqx.Module):
    """Some of every row, at its mean health."""

    kept: RowPath  # share of the account's initial collateral
    owed: RowPath  # share of its initial debt
    members: Float[Array, "row #path"]  # real accounts it stands for


class Values(eqx.Module):
    """What is held and owed at oracle prices, now [USD]."""

    weighted: RowPath  # collateral as it counts, times its liquidation threshold
    collateral: RowPath  # as it is seized
    repayable: RowPath  # the debt that all of the collateral repays
    debt: RowPath

    @property
    def health(self) -> RowPath:
        """Health factor [ratio]."""
        return health_factor(self.weighted, self.debt)


class Accounts(eqx.Module):
    """Accounts of all markets; rows of constant matrices of tokens.

    ``weighted``, ``collateral`` and ``repayable`` are stacked, so that valuing them at
    one price is one matrix product: 3 x account x reserve multiply-adds a path.
    """

    collateral: Tokens  # [token]
    debt: Tokens  # [token]
    weighted: Tokens  # [token], times the liquidation threshold
    repayable: Tokens  # [token], over one plus the bonus
    keepers: Tokens  # [token], what a keeper gets of the collateral
    members: PerAccount  # real accounts a row stands for
    market: Int[Array, "account *path"]  # index
    width: Float[Array, "cohort *path"]  # of the log-health of the first's members

    @property
    def cohorts(self) -> int:
        """Accounts with a spread; they come first."""
        return self.width.shape[0]

    def by_row(self, values: ByAccount) -> PerRow:
        """What belongs to an account, for each of its rows."""
        if not self.cohorts:
            return values
        return jnp.concatenate([values[: self.cohorts], values])

    def by_account(self, values: PerRow) -> ByAccount:
        """The rows of an account, added up."""
        if not self.cohorts:
            return values
        fresh, rest = values[: self.cohorts], values[self.cohorts :]
        return jnp.concatenate([fresh + rest[: self.cohorts], rest[self.cohorts :]])

    def membership(self, markets: int) -> Float[Array, "account market *path"]:
        """1 for the market an account stands in, of so many; else 0."""
        own = self.market[:, None]
        every = jnp.arange(markets, dtype=own.dtype)
        every = every.reshape(1, markets, *(1,) * (own.ndim - 2))
        return (own == every).astype(self.debt.dtype)

    def start(self, paths: int) -> tuple[RowPath, RowPath]:
        """Shares kept and owed by every row before the first liquidation."""
        full = jnp.ones((self.debt.shape[0], paths), self.debt.dtype)
        share = jnp.concatenate(
            [full[: self.cohorts], full.at[: self.cohorts].set(0.0)]
        )
        return share, share

    def breached(
        self, edge: RowPath, collateral_price: ReservePath, debt_price: ReservePath
    ) -> RowFlag:
        """Rows whose weakest member has a health factor below one.

        Two matrix products; moves one float a row and path, bound by arithmetic.

        Args:
            edge: Health of the weakest member over that of the untouched account.
            collateral_price: Oracle price of one unit of initial collateral [USD].
            debt_price: The same of initial debt [USD].
        """
        weighted = self.by_row(worth(self.weighted, collateral_price))
        return edge * weighted < self.by_row(worth(self.debt, debt_price))

    def least_health(
        self, edge: RowPath, collateral_price: ReservePath, debt_price: ReservePath
    ) -> AccountPath:
        """Health of the weakest member of every account [ratio]."""
        fresh, rest = edge[: self.cohorts], edge[self.cohorts :]
        lower = jnp.minimum(fresh, rest[: self.cohorts])
        edge = jnp.concatenate([lower, rest[self.cohorts :]])
        # Nothing left is never liquidated, whatever the prices: no inf times zero.
        some = jnp.isfinite(edge)
        weighted = jnp.where(some, edge, 1) * worth(self.weighted, collateral_price)
        debt = worth(self.debt, debt_price)
        return jnp.where(some, safe_divide(weighted, debt, otherwise=jnp.inf), jnp.inf)

    def take(self, account: Int[Array, "slot path"]) -> "Accounts":
        """Some accounts of each path, as cohorts if there are any in the book."""
        # The width of an account without one is never used: its members are none.
        widths = jnp.pad(
            self.width, (0, self.members.shape[0] - self.cohorts), constant_values=1
        )

        def of(tokens: AccountReserve) -> Float[Array, "slot reserve path"]:
            return jnp.moveaxis(jnp.take(tokens.T, account, axis=1), 0, 1)

        return Accounts(
            collateral=of(self.collateral),
            debt=of(self.debt),
            weighted=of(self.weighted),
            repayable=of(self.repayable),
            keepers=of(self.keepers),
            members=self.members[account],
            market=self.market[account],
            width=widths[account][: account.shape[0] if self.cohorts else 0],
        )

    def rows_of(self, account: Int[Array, "slot path"]) -> Int[Array, "row path"]:
        """Rows of some accounts, as `take` has them; -1 where there is none."""
        if not self.cohorts:
            return account
        fresh = jnp.where(account < self.cohorts, account, -1)
        return jnp.concatenate([fresh, account + self.cohorts])

    def ratio(
        self,
        tokens: Tokens,
        collateral_price: ReservePath,
        debt_price: ReservePath,
    ) -> AccountPath:
        """Worth of the tokens of the untouched account over its debt [ratio]."""
        debt = worth(self.debt, debt_price)
        return safe_divide(worth(tokens, collateral_price), debt, otherwise=jnp.inf)

    def value(
        self,
        part: Part,
        counted_price: ReservePath,
        seized_price: ReservePath,
        debt_price: ReservePath,
    ) -> Values:
        """Everything a liquidation rule asks about, at oracle prices [USD].

        Args:
            part: Of every row.
            counted_price: At which collateral counts towards health. Where it is the
                very object of the next one, all is one matrix product.
            seized_price: At which collateral is seized.
            debt_price: Of debt.
        """
        seized = [self.collateral, self.repayable]
        if counted_price is seized_price:
            stacked = jnp.concatenate([self.weighted, *seized])
            weighted, collateral, repayable = jnp.split(
                worth(stacked, seized_price), 3, axis=0
            )
        else:
            weighted = worth(self.weighted, counted_price)
            collateral, repayable = jnp.split(
                worth(jnp.concatenate(seized), seized_price), 2, axis=0
            )
        return Values(
            weighted=part.kept * self.by_row(weighted),
            collateral=part.kept * self.by_row(collateral),
            repayable=part.kept * self.by_row(repayable),
            debt=part.owed * self.by_row(worth(self.debt, debt_price)),
        )


def build_accounts(
    book: Book,
    *,
    liquidation_threshold: np.ndarray,
    liquidation_bonus: np.ndarray,
    protocol_fee: np.ndarray,
    dtype: np.dtype,
    limits: Mapping[int, float] | None = None,
) -> Accounts:
    """Put a book under its risk parameters.

    Args:
        book: The accounts.
        liquidation_threshold: [category, reserve] ratio.
        liquidation_bonus: [category, reserve] ratio; .05 is 5 %.
        protocol_fee: [reserve], protocol's share of the bonus [ratio].
        dtype: Of the arrays on the device.
        limits: By account, a limit in place of all its thresholds, as a credit tier
            gives; it may exceed one [ratio].
    """
    bonus = liquidation_bonus[book.category]
    keepers = (1 + bonus * (1 - protocol_fee)) / (1 + bonus)

    weighted = book.collateral * liquidation_threshold[book.category]
    for account, limit in (limits or {}).items():
        weighted[account] = limit * book.collateral[account]

    def on_device(values: np.ndarray) -> Float[Array, "..."]:
        return jnp.asarray(values, dtype)

    return Accounts(
        collateral=on_device(book.collateral),
        debt=on_device(book.debt),
        weighted=on_device(weighted),
        repayable=on_device(book.collateral / (1 + bonus)),
        keepers=on_device(book.collateral * keepers),
        members=on_device(book.members),
        market=jnp.asarray(book.market, jnp.int32),
        width=on_device(book.spread[book.spread > 0]),
    )

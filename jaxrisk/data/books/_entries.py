"""Rows of a file as arrays, before it is settled which of them are positions."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ._positions import COLLATERAL, Place


SUPPLY = "supply"  # of an account that may not borrow against it

RowIndex = Int64[np.ndarray, " row"]


@dataclass(frozen=True)
class Entries:
    """Rows in the order of the file.

    Attributes:
        name: Names of accounts.
        place: What rows may be of.
        owner: Index into `name`, by row.
        where: Index into `place`, by row.
        amount: Balances [token]; may be zero.
        row: Where in the file.
        time: When [ns since 1970]; zero if the file does not say.
        digits: Last bits of raw amounts, in which those differ that are one float64;
            zero if amounts are not raw.
    """

    name: tuple[str, ...]
    place: tuple[Place, ...]
    owner: RowIndex
    where: RowIndex
    amount: Float64[np.ndarray, " row"]
    row: RowIndex
    time: RowIndex
    digits: RowIndex

    def taken(self, which: Bool[np.ndarray, " row"] | RowIndex) -> "Entries":
        """Some rows."""
        return replace(
            self,
            owner=self.owner[which],
            where=self.where[which],
            amount=self.amount[which],
            row=self.row[which],
            time=self.time[which],
            digits=self.digits[which],
        )

    def on(self, side: str) -> Bool[np.ndarray, " row"]:
        """Which rows are on a side."""
        is_on = np.array([place.side == side for place in self.place], bool)
        return is_on[self.where]

    def totals(self) -> dict[str, float]:
        """Sum of all rows by reserve [token]."""
        sums = np.bincount(self.where, self.amount, len(self.place))
        totals: dict[str, float] = {}
        for place, total in zip(self.place, sums.tolist(), strict=True):
            if total:
                totals[place.reserve] = totals.get(place.reserve, 0.0) + total
        return totals

    def balance(self, *, flags: bool = True) -> RowIndex:
        """A number for each account, market, reserve and side: equal where they are.

        Args:
            flags: Whether supply that is collateral and supply that is not are two.
        """
        sides = [
            place.side if flags or place.side != SUPPLY else COLLATERAL
            for place in self.place
        ]
        keys = [
            (place.market, place.reserve, side)
            for place, side in zip(self.place, sides, strict=True)
        ]
        known = {key: index for index, key in enumerate(dict.fromkeys(keys))}
        code = np.array([known[key] for key in keys], np.int64)
        return self.owner * max(len(known), 1) + code[self.where]

    def first_of_balance(self) -> RowIndex:
        """Index of the first row of the same balance."""
        _, first, owner = np.unique(
            self.balance(), return_index=True, return_inverse=True
        )
        return first[owner]

    def summed(self) -> "Entries":
        """Rows of one balance as one, at the place of the first of them."""
        first = self.first_of_balance()
        is_first = first == np.arange(first.size)
        amount = self.amount.copy()
        np.add.at(amount, first[~is_first], self.amount[~is_first])
        return replace(self, amount=amount).taken(is_first)

    def of_single_markets(self) -> "Entries":
        """Accounts that stand in several markets as one account in each.

        They are called `account@market`, as a book has an account in one market.
        """
        markets = list(dict.fromkeys(place.market for place in self.place))
        if len(markets) < 2:
            return self
        code = np.array([markets.index(place.market) for place in self.place])
        pair = self.owner * len(markets) + code[self.where]
        pairs, owner = np.unique(pair, return_inverse=True)
        times = np.bincount(pairs // len(markets), minlength=len(self.name))
        name = tuple(
            f"{self.name[account]}@{markets[market]}"
            if times[account] > 1
            else self.name[account]
            for account, market in zip(*np.divmod(pairs, len(markets)), strict=True)
        )
        return replace(self, name=name, owner=owner.astype(np.int64))

"""Positions of accounts, as a file gives them, and the book that they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ...lending._book import Book
from .._book_layout import SIDES, BookLayout, UnknownName
from .._errors import DataError, Fault
from ._batch import place_in


COLLATERAL, DEBT = SIDES
DUST = 1e-6  # [token]; less of a token than that is worth cents at most

RowIndex = Int64[np.ndarray, " row"]
RowAmount = Float64[np.ndarray, " row"]


class Place(NamedTuple):
    """What a position is of."""

    market: str
    e_mode: str
    reserve: str
    side: str


@dataclass(frozen=True)
class Origin:
    """Where positions come from.

    Attributes:
        path: The file.
        format: Name of its format, as `read_positions` takes it.
        about: Whose files these are, and which version this one is.
        at: Path of a JSON record, `{row}` for its place; empty if rows are lines.
    """

    path: Path
    format: str
    about: str
    at: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Rows of a file that are no position of the book.

    Attributes:
        reason: Why, as the end of "left out: ...".
        rows: How many rows.
        amount: Their amounts by reserve [token]; empty if they have none.
    """

    reason: str
    rows: int
    amount: dict[str, float]


@dataclass(frozen=True)
class Positions:
    """Balances of accounts, one a row, each above zero and each once.

    Attributes:
        origin: The file.
        account: Name of each account, in the order in which they first occur.
        place: What positions may be of.
        owner: Index into `account`, by row.
        where: Index into `place`, by row.
        amount: Balances [token].
        row: Line of the file, from 1, or place in its list, from 0.
        left_out: Rows that are not here, and why.
        accounts_gone: Accounts of the file none of whose rows is here.
        notes: What should be looked at.
    """

    origin: Origin
    account: tuple[str, ...]
    place: tuple[Place, ...]
    owner: RowIndex
    where: RowIndex
    amount: RowAmount
    row: RowIndex
    left_out: tuple[LeftOut, ...] = ()
    accounts_gone: int = 0
    notes: tuple[str, ...] = ()

    @property
    def layout(self) -> BookLayout:
        """The markets, reserves and e-modes that occur, in the order of the file."""
        markets = tuple(dict.fromkeys(place.market for place in self.place))
        reserves = dict.fromkeys((place.market, place.reserve) for place in self.place)
        modes = dict.fromkeys((place.market, place.e_mode) for place in self.place)
        base = dict.fromkeys((market, "") for market in markets)
        return BookLayout(markets, tuple(reserves), tuple(base | modes))

    def totals(self) -> dict[str, dict[str, float]]:
        """Collateral and debt by reserve [token]: `{reserve: {side: amount}}`."""
        sums = np.bincount(self.where, self.amount, len(self.place))
        totals: dict[str, dict[str, float]] = {}
        for place, total in zip(self.place, sums.tolist(), strict=True):
            sides = totals.setdefault(place.reserve, dict.fromkeys(SIDES, 0.0))
            sides[place.side] += total
        return totals

    def count(self, side: str) -> int:
        """Number of positions on a side."""
        return int(np.sum(self.on(side)))

    def without(self, side: str) -> int:
        """Number of accounts that have nothing on a side."""
        return len(self.account) - np.unique(self.owner[self.on(side)]).size

    @property
    def dust(self) -> int:
        """Number of positions of less than a millionth of a token; they are kept."""
        return int(np.sum(self.amount < DUST))

    def book(self, layout: BookLayout | None = None) -> Book:
        """The book that these positions are.

        Args:
            layout: Names behind the indices of the book, such as those of a config;
                the names of the file if there is none.

        Raises:
            DataError: With every market, e-mode and reserve that `layout` does not
                have.
        """
        layout = layout or self.layout
        codes = self._codes(layout)[self.where]
        balances = np.zeros((len(SIDES), len(self.account), len(layout.reserves)))
        balances[codes[:, 3], self.owner, codes[:, 2]] = self.amount
        first = np.full(len(self.account), self.owner.size)
        np.minimum.at(first, self.owner, np.arange(self.owner.size))
        return Book(
            account=np.asarray(self.account, dtype=str),
            market=codes[first, 0],
            category=codes[first, 1],
            members=np.ones(len(self.account)),
            collateral=balances[0],
            debt=balances[1],
        )

    def on(self, side: str) -> Bool[np.ndarray, " row"]:
        """Which positions are on a side."""
        is_on = np.asarray([place.side == side for place in self.place], bool)
        return is_on[self.where]

    def _codes(self, layout: BookLayout) -> Int64[np.ndarray, "place 4"]:
        """Market, category, reserve and side of each place."""
        codes = np.zeros((len(self.place), 4), np.int64)
        times = np.bincount(self.where, minlength=len(self.place))
        unknown: dict[tuple[str, str, str], list[int]] = {}
        for index, place in enumerate(self.place):
            try:
                codes[index] = layout.find(place)
            except UnknownName as error:
                what = (error.column, error.name, error.remedy)
                unknown.setdefault(what, []).append(index)
        if unknown:
            faults = [
                self._unknown(what, places, int(times[places].sum()))
                for what, places in unknown.items()
            ]
            raise DataError(self.origin.path, faults)
        return codes

    def _unknown(
        self, what: tuple[str, str, str], places: list[int], count: int
    ) -> Fault:
        column, name, remedy = what
        first = int(self.row[np.argmax(np.isin(self.where, places))])
        line, where = place_in(self.origin.at, first, column)
        more = f" (and in {count - 1:,} more positions)" if count > 1 else ""
        return Fault(line, where, f"'{name}' is unknown{more}.", remedy)

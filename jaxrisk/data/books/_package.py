"""The book files of this package, read without a config that names what may occur."""

import numpy as np

from .._book_file import read_book
from .._book_layout import SIDES, BookLayout
from .._book_rows import FIELDS
from .._content import Content, Kind
from .._errors import DataError, Fault
from ._format import AbstractBookFormat, Wishes
from ._positions import Origin, Place, Positions


class PackageBook(AbstractBookFormat):
    """`account,market,e_mode,reserve,side,amount`, closed by `# rows: N`."""

    name = "jaxrisk"
    about = "book file of this package"

    def recognizes(self, content: Content, wishes: Wishes) -> bool:
        """By its header."""
        if content.kind is not Kind.CSV or wishes.columns:
            return False
        return tuple(content.header[: len(FIELDS)]) == FIELDS

    def read(self, content: Content, wishes: Wishes, faults: list[Fault]) -> Positions:
        """Every balance; names are those of the file."""
        if wishes.market or wishes.e_modes:
            problem = "says itself which market and e-mode every row is of."
            faults.append(Fault(0, "", problem, "Leave these options out."))
        layout = _layout_in(content)
        origin = Origin(content.path, self.name, self.about)
        try:
            book, notes = read_book(content.path, layout)
        except DataError as error:
            faults += error.faults
            none = np.zeros(0, np.int64)
            return Positions(origin, (), (), none, none, np.zeros(0), none)
        balances = np.stack([book.collateral, book.debt])
        owner, side, reserve = np.argwhere(balances.transpose(1, 0, 2)).T
        keys = np.stack([book.category[owner], reserve, side], axis=1)
        found, where = np.unique(keys, axis=0, return_inverse=True)
        cohorts = int(np.sum(book.members > 1))
        if cohorts:
            count = f"{book.members.sum():,.0f}"
            notes = (*notes, f"{cohorts:,} rows are cohorts; all are {count} accounts.")
        return Positions(
            origin=origin,
            account=tuple(book.account.tolist()),
            place=tuple(_place(layout, *key) for key in found.tolist()),
            owner=owner,
            where=where.ravel(),
            amount=balances[side, owner, reserve],
            row=np.arange(owner.size) + 2,
            notes=notes,
        )


def _layout_in(content: Content) -> BookLayout:
    """Every market, reserve and e-mode that a line of the file names."""
    places: dict[tuple[str, ...], None] = {}
    for line in content.raw.decode().splitlines()[content.preamble + 1 :]:
        cells = line.split(",", 5)
        if len(cells) > 5 and not line.startswith("#"):
            places[tuple(cell.strip() for cell in cells[1:4])] = None
    markets = tuple(dict.fromkeys(market for market, _, _ in places))
    reserves = dict.fromkeys((market, reserve) for market, _, reserve in places)
    modes = dict.fromkeys([(market, "") for market in markets])
    modes |= dict.fromkeys((market, mode) for market, mode, _ in places)
    return BookLayout(markets, tuple(reserves), tuple(modes))


def _place(layout: BookLayout, category: int, reserve: int, side: int) -> Place:
    market, mode = layout.categories[category]
    return Place(market, mode, layout.reserves[reserve][1], SIDES[side])

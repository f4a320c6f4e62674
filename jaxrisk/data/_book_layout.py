"""The names behind the indices of a book."""

from dataclasses import dataclass

from ._errors import suggest


SIDES = ("collateral", "debt")


@dataclass(frozen=True)
class BookLayout:
    """Which market, category and reserve every index of a book stands for.

    Attributes:
        markets: Name of each market.
        reserves: Market and reserve of each column.
        categories: Market and e-mode of each category; the base one has no e-mode ("").
    """

    markets: tuple[str, ...]
    reserves: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]

    def find(self, key: tuple[str, str, str, str]) -> tuple[int, int, int, int]:
        """Indices of the names (market, e-mode, reserve, side).

        Raises:
            UnknownName: For the first name that the layout does not hold.
        """
        market, e_mode, reserve, side = key
        if market not in self.markets:
            raise UnknownName("market", market, self.markets)
        if (market, e_mode) not in self.categories:
            known = [
                name for owner, name in self.categories if owner == market and name
            ]
            raise UnknownName("e_mode", e_mode, known)
        if (market, reserve) not in self.reserves:
            known = [name for owner, name in self.reserves if owner == market]
            raise UnknownName("reserve", reserve, known)
        if side not in SIDES:
            raise UnknownName("side", side, SIDES)
        return (
            self.markets.index(market),
            self.categories.index((market, e_mode)),
            self.reserves.index((market, reserve)),
            SIDES.index(side),
        )


class UnknownName(LookupError):  # noqa: N818 - it is caught, never shown
    """A name that a layout does not hold."""

    def __init__(
        self, column: str, name: str, known: tuple[str, ...] | list[str]
    ) -> None:
        self.column = column
        self.name = name
        self.remedy = suggest(name, known)
        super().__init__(f"{column} {name}")

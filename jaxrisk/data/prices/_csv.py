"""Price tables in CSV: one row a price, columns found by name or by place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int64

from .._content import Content, Kind
from .._csv import read_table
from .._errors import Fault, suggest
from .._parse import ANY_UNIT, parse_prices, parse_times
from .._source import Column, Source, Stamp
from ._format import AbstractPriceFormat
from ._series import PriceSeries, series_of
from ._symbols import NotDollarsError, asset_of_file


@dataclass(frozen=True)
class CsvFormat(AbstractPriceFormat):
    """A CSV file with a time, a price, and maybe a symbol in each row.

    Attributes:
        name: What `format=` takes.
        about: Whose files these are.
        time: Name of the column of times.
        price: Name of the column of prices.
        header: Names that tell this format from others, in lower case.
        columns: All names, in order, of files without a header; empty if they have one.
        symbol: Name of the column of symbols; empty if the file is of one asset.
        units: Units of Unix times.
        stamp: What the times are.
        blanks: Whether a price may be missing.
        of_symbol: Asset and quote of a symbol.
        of_file: Asset and quote of a file without symbols, from its path.
    """

    name: str
    about: str
    time: str
    price: str
    header: frozenset[str]
    columns: tuple[str, ...] = ()
    symbol: str = ""
    units: tuple[str, ...] = ANY_UNIT
    stamp: Stamp = Stamp.INSTANT
    blanks: bool = False
    of_symbol: Callable[[str], tuple[str, str]] = lambda symbol: (symbol, "USD")
    of_file: Callable[[Path], tuple[str, str]] = asset_of_file

    def recognizes(self, content: Content) -> bool:
        """By the names of the header, or by the number of columns without one."""
        if content.kind is not Kind.CSV:
            return False
        if content.has_header:
            return self.header <= set(content.names)
        return len(content.header) == len(self.columns)

    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices, one series a symbol."""
        wanted = [name for name in (self.time, self.price, self.symbol) if name]
        places = self._places(content, wanted, faults)
        if faults:
            return []
        cells, line = read_table(content, places, faults)
        source = Source(content.path, self.name, self.stamp)
        at = Column(self.time, line)
        time = parse_times(cells[0], at, units=self.units, faults=faults)
        at = Column(self.price, line)
        price = parse_prices(cells[1], at, blanks=self.blanks, faults=faults)
        if self.symbol:
            groups = group_by_symbol(cells[2], Column(self.symbol, line), faults)
        else:
            groups = {str(content.path): np.arange(line.size)}
        series = []
        for symbol, rows in groups.items():
            try:
                asset = self._asset(symbol)
            except NotDollarsError as error:
                faults.append(not_in_dollars(error))
                continue
            series.append(
                series_of(
                    asset,
                    source,
                    time=time[rows],
                    price=price[rows],
                    column=at.taken(rows),
                )
            )
        return series

    def _asset(self, symbol: str) -> tuple[str, str]:
        return self.of_symbol(symbol) if self.symbol else self.of_file(Path(symbol))

    def _places(
        self, content: Content, wanted: Sequence[str], faults: list[Fault]
    ) -> list[int]:
        names = content.names
        if self.columns and not content.has_header:
            names = self.columns
        for name in wanted:
            if name.casefold() not in names:
                problem = f"column '{name}' is missing."
                remedy = suggest(name, content.header)
                faults.append(Fault(content.preamble + 1, "", problem, remedy))
        return [] if faults else [names.index(name.casefold()) for name in wanted]


def group_by_symbol(
    symbols: pd.Series, column: Column, faults: list[Fault]
) -> dict[str, Int64[np.ndarray, " group"]]:
    """Rows of every symbol, symbols in the order in which they first occur."""
    code, names = pd.factorize(symbols)
    if np.any(code < 0):
        line, name = column.place(int(np.argmax(code < 0)))
        faults.append(Fault(line, name, "is empty.", "Name the asset of the row."))
    order = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[order], np.arange(len(names) + 1))
    return {
        str(name): order[ends[number] : ends[number + 1]]
        for number, name in enumerate(names)
    }


def not_in_dollars(error: NotDollarsError) -> Fault:
    """The fault of a file whose prices are in something else."""
    remedy = f"Multiply them by the price of {error.quote}, or use a pair with USD."
    return Fault(0, "", str(error), remedy)

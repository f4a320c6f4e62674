"""Price tables in CSV: one row a price, columns found by name or by place."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int64

from .._errors import SHOWN, Fault, suggest
from ._content import Content, Kind
from ._format import AbstractPriceFormat
from ._parse import ANY_UNIT, parse_prices, parse_times
from ._series import Column, PriceSeries, Source, Stamp, series_of
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


def read_table(
    content: Content,
    places: Sequence[int],
    faults: list[Fault],
    *,
    as_text: bool = False,
) -> tuple[list[pd.Series], Int64[np.ndarray, " row"]]:
    """Some columns of a CSV file.

    Args:
        content: The file.
        places: Which columns, from 0.
        faults: Grows by the rows that have more or fewer fields than the first.
        as_text: Whether every cell stays the text that it is.

    Returns:
        The columns in the order of `places`, of numbers where every cell is one and of
        texts elsewhere; and the line of each row, from 1.
    """
    skipped = content.preamble + content.has_header
    nothing = [pd.Series(dtype=float) for _ in places], np.arange(0)
    ragged = _ragged(content)
    faults += ragged
    if ragged:
        return nothing
    try:
        frame = pd.read_csv(
            io.BytesIO(content.raw),
            names=list(range(len(content.header))),
            header=None,
            skiprows=skipped,
            usecols=sorted(set(places)),
            skip_blank_lines=False,
            low_memory=False,
            dtype=str if as_text else None,
        )
    except pd.errors.EmptyDataError:
        return nothing
    line = np.arange(len(frame)) + skipped + 1
    # A blank line is a row without a cell.
    filled = np.asarray(frame.notna()).any(axis=1)
    columns = [pd.Series(frame[place]) for place in places]
    if not filled.all():
        columns = [pd.Series(column[filled]) for column in columns]
    return columns, line[filled]


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


def _ragged(content: Content) -> list[Fault]:
    """Rows that have more or fewer fields than the first one."""
    fields = _fields_by_line(content.raw)
    fields[: content.preamble] = 0
    expected = len(content.header)
    rows = np.flatnonzero((fields != expected) & (fields > 0))
    last = int(np.flatnonzero(fields)[-1])
    faults = []
    for count, row in enumerate(rows[:SHOWN]):
        more = f" (the first of {rows.size:,})" if count == 0 and rows.size > 1 else ""
        problem = f"has {fields[row]} fields, the first row has {expected}{more}."
        remedy = "Write numbers without thousands separators, one row a line."
        if row == last and fields[row] < expected:
            remedy = "The file is cut off here: download it again."
        faults.append(Fault(int(row) + 1, "", problem, remedy))
    return faults


def _fields_by_line(raw: bytes) -> Int64[np.ndarray, " line"]:
    """Number of fields in each line; 0 for a blank one."""
    if b'"' in raw:
        lines = raw.decode().split("\n")
        return np.asarray([len(next(csv.reader([text]), [])) for text in lines])
    letters = np.frombuffer(raw.replace(b"\r\n", b"\n"), np.uint8)
    end = np.append(np.flatnonzero(letters == ord("\n")), letters.size)
    start = np.append(0, end[:-1] + 1)
    commas = np.flatnonzero(letters == ord(","))
    inside = np.searchsorted(commas, end) - np.searchsorted(commas, start)
    return np.where(end > start, inside + 1, 0)

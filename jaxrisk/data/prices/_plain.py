"""Tables of one's own: a column of times, and a column for each asset or one price."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from .._content import Content, Kind
from .._csv import read_table
from .._errors import Fault
from .._parse import ANY_UNIT, parse_prices, parse_times
from .._source import Column, Source
from ._format import AbstractPriceFormat
from ._series import PriceSeries, series_of
from ._symbols import asset_of_file


TIMES = ("time", "timestamp", "datetime", "date", "unix", "open_time")
PRICES = ("price", "close", "price_usd", "usd_price", "value")
# What may stand beside one price without being an asset.
OTHERS = frozenset({"open", "high", "low", "volume", "market_cap", "total_volume"})
BLANKS = ("null", "nan", "na", "none", "inf")


class PlainCsv(AbstractPriceFormat):
    """`time,WETH,WBTC,...` or `time,price`, with a header."""

    name = "plain"
    about = "plain CSV: time and a column for each asset, or time,price"

    def recognizes(self, content: Content) -> bool:
        """By a column of times beside which no column has words."""
        if content.kind is not Kind.CSV or not content.has_header:
            return False
        names = set(content.names)
        if names.isdisjoint(TIMES) or len(names) < 2:
            return False
        if not names.isdisjoint(PRICES):
            return names <= {*TIMES, *PRICES, *OTHERS}
        cells = zip(content.names, content.sample, strict=False)
        return not any(name not in TIMES and _is_word(cell) for name, cell in cells)

    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices, one series an asset; a cell may be empty."""
        if content.kind is not Kind.CSV:
            faults.append(Fault(0, "", "is not CSV.", "Name another format."))
            return []
        places = chosen_columns(content.header, faults)
        if faults:
            return []
        cells, line = read_table(content, places, faults)
        names = [content.header[place] for place in places]
        columns = [Column(name, line) for name in names]
        source = Source(content.path, self.name)
        return series_of_columns(cells, columns, source, faults)


class Parquet(AbstractPriceFormat):
    """The same as `PlainCsv` in Parquet; times may also be the index."""

    name = "parquet"
    about = "Parquet: time and a column for each asset, or time,price"

    def recognizes(self, content: Content) -> bool:
        """By the first four bytes."""
        return content.kind is Kind.PARQUET

    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices, one series an asset; a cell may be null."""
        if content.kind is not Kind.PARQUET:
            faults.append(Fault(0, "", "is not Parquet.", "Name another format."))
            return []
        frame = _read_parquet(content.path, faults)
        places = [] if faults else chosen_columns(list(frame.columns), faults)
        if faults:
            return []
        row = np.arange(len(frame))
        names = [frame.columns[place] for place in places]
        columns = [Column(f"{name}[{{row}}]", row) for name in names]
        cells = [pd.Series(frame.iloc[:, place]) for place in places]
        source = Source(content.path, self.name)
        return series_of_columns(cells, columns, source, faults)


def chosen_columns(header: Sequence[str], faults: list[Fault]) -> list[int]:
    """Places of the time and of the prices: the one called so, or all others."""
    names = [name.casefold() for name in header]
    time = next((names.index(name) for name in TIMES if name in names), -1)
    if time < 0:
        problem = f"there is no column of times among {', '.join(header)}."
        faults.append(Fault(0, "", problem, f"Name it one of {', '.join(TIMES)}."))
        return []
    named = [place for place, name in enumerate(names) if name in PRICES]
    assets = [
        place
        for place, name in enumerate(names)
        if place != time and name not in {*TIMES, *OTHERS}
    ]
    if not (named or assets):
        problem = f"there is no price beside '{header[time]}'."
        faults.append(Fault(0, "", problem, "Add a column for each asset."))
    return [time, *(named[:1] or assets)]


def series_of_columns(
    cells: Sequence[pd.Series],
    columns: Sequence[Column],
    source: Source,
    faults: list[Fault],
) -> list[PriceSeries]:
    """One series a column after the first, which has the times."""
    time = parse_times(cells[0], columns[0], units=ANY_UNIT, faults=faults)
    series = []
    for values, column in zip(cells[1:], columns[1:], strict=True):
        name = column.name.removesuffix("[{row}]")
        is_named = name.casefold() in PRICES
        asset = asset_of_file(source.path) if is_named else (name, "USD")
        price = parse_prices(values, column, blanks=True, faults=faults)
        series.append(series_of(asset, source, time=time, price=price, column=column))
    return series


def _is_word(cell: str) -> bool:
    """Whether a cell is neither a number, however written, nor blank."""
    return cell[:1].isalpha() and cell.casefold() not in BLANKS


def _read_parquet(path: Path, faults: list[Fault]) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except ImportError:
        problem = "is Parquet, which needs the package pyarrow."
        remedy = "pip install 'jaxrisk[data]', or save the file as CSV."
        faults.append(Fault(0, "", problem, remedy))
    except (OSError, ValueError) as error:
        problem = f"is damaged Parquet: {str(error).splitlines()[0]}"
        faults.append(Fault(0, "", problem, "Write or download it again."))
    else:
        is_dated = isinstance(frame.index, pd.DatetimeIndex)
        named = frame.rename_axis("time").reset_index() if is_dated else frame
        return named.rename(columns=str)
    return pd.DataFrame()

"""Lists of records in JSON: [ms, price] or {"timestamp": s, "price": p}."""

import numpy as np
import pandas as pd

from .._errors import Fault
from .._parse import parse_prices, parse_times
from .._source import Column, Source
from ._series import PriceSeries, series_of


Key = int | str


def series_of_records(
    records: list[object],
    keys: tuple[Key, Key],
    asset: tuple[str, str],
    source: Source,
    *,
    at: str,
    units: tuple[str, ...],
    blanks: bool,
    faults: list[Fault],
) -> list[PriceSeries]:
    """The series of one asset; none if a record has another shape.

    Args:
        records: Lists or objects, one a price.
        keys: Where a record has its time and its price.
        asset: Symbol and quote.
        source: The file.
        at: Path of a record in the document, `{row}` for its place in the list.
        units: Units of the times.
        blanks: Whether a price may be null.
        faults: Grows by what is wrong.
    """
    try:
        cells = [tuple(_scalar(record[key]) for key in keys) for record in records]  # pyright: ignore[reportIndexIssue]
    except (TypeError, LookupError):
        faults.append(_misshapen(records, keys, at))
        return []
    row = np.arange(len(cells))
    times, prices = (pd.Series([cell[n] for cell in cells]) for n in (0, 1))
    column = Column(f"{at}{_index(keys[0])}", row)
    time = parse_times(times, column, units=units, faults=faults)
    column = Column(f"{at}{_index(keys[1])}", row)
    price = parse_prices(prices, column, blanks=blanks, faults=faults)
    return [series_of(asset, source, time=time, price=price, column=column)]


def _misshapen(records: list[object], keys: tuple[Key, Key], at: str) -> Fault:
    """The first record that has no time or no price."""
    for row, record in enumerate(records):
        for key in keys:
            try:
                record[key]  # pyright: ignore[reportIndexIssue]
            except (TypeError, LookupError):
                name = at.replace("{row}", str(row))
                problem = f"{str(record)[:60]} has no {_index(key)}."
                remedy = "Save the answer as it came, or name another format."
                return Fault(0, name, problem, remedy)
    raise AssertionError("every record has its keys")


def _scalar(cell: object) -> int | float | str | None:
    """A cell that pandas can judge; what is no number is shown as it stands."""
    if cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)):
        return cell
    return str(cell)


def _index(key: Key) -> str:
    return f"[{key}]" if isinstance(key, int) else f".{key}"

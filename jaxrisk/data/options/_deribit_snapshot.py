"""Snapshots of Deribit in CSV: an option a row, volatilities as ratios."""

import numpy as np

from .._columns import has_columns, read_columns
from .._content import Content
from .._errors import Fault
from .._source import Source
from ._chain import OptionChain
from ._format import AbstractOptionFormat
from ._rows import Units, chains_of


# `time_to_maturity` is not read: its year has 365.25 days, that of the marks 365.
_COLUMNS = {
    "asset": "currency",
    "quoted": "timestamp",
    "expiry": "expiry_datetime",
    "strike": "strike",
    "kind": "option_type",
    "mark": "mark_price",
    "volatility": "implied_volatility",
    "open_interest": "open_interest",
    "forward": "underlying",
    "delta": "delta",
}


class DeribitSnapshot(AbstractOptionFormat):
    """`timestamp,instrument_name,underlying,...,implied_volatility,delta,...`."""

    name = "deribit_snapshot"
    about = "snapshot of Deribit's options in CSV"

    def recognizes(self, content: Content) -> bool:
        """By the names of the header."""
        return has_columns(content, list(_COLUMNS.values()))

    def read(
        self, content: Content, faults: list[Fault], at: np.datetime64 | None
    ) -> list[OptionChain]:
        """A chain for each currency; forwards are marks of futures, or synthetic."""
        columns = read_columns(content, list(_COLUMNS.values()), faults)
        if not columns:
            return []
        cells = {field: columns[name] for field, name in _COLUMNS.items()}
        source = Source(content.path, self.name)
        units = Units(("s", "ms", "us", "ns"), volatility=1.0)
        return chains_of(cells, source, units, faults, at=at)

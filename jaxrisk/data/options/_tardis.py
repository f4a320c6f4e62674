"""Tardis: options_chain in CSV, a row for every change of an option."""

import numpy as np

from .._columns import has_columns, read_columns
from .._content import Content
from .._errors import Fault
from .._source import Source
from ._chain import OptionChain
from ._format import AbstractOptionFormat
from ._rows import Units, chains_of


_COLUMNS = {
    "asset": "symbol",
    "quoted": "timestamp",
    "expiry": "expiration",
    "strike": "strike_price",
    "kind": "type",
    "mark": "mark_price",
    "volatility": "mark_iv",
    "open_interest": "open_interest",
    "forward": "underlying_price",
    "delta": "delta",
}


class TardisOptionsChain(AbstractOptionFormat):
    """`exchange,symbol,timestamp,local_timestamp,type,strike_price,expiration,...`."""

    name = "tardis_options_chain"
    about = "options_chain of Tardis"

    def recognizes(self, content: Content) -> bool:
        """By the names of the header."""
        return has_columns(content, list(_COLUMNS.values()))

    def read(
        self, content: Content, faults: list[Fault], at: np.datetime64 | None
    ) -> list[OptionChain]:
        """A chain for each coin: the last row of each option, by `at` if given."""
        columns = read_columns(content, list(_COLUMNS.values()), faults)
        if not columns:
            return []
        cells = {field: columns[name] for field, name in _COLUMNS.items()}
        symbols, column = cells["asset"]
        cells["asset"] = symbols.astype(str).str.split("-").str[0], column
        source = Source(content.path, self.name)
        return chains_of(cells, source, Units(("us",), 0.01), faults, at=at)

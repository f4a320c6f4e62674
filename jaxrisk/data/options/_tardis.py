"""Tardis: options_chain in CSV, a row for every change of an option."""

from ._csv import CsvFormat
from ._rows import Units


TARDIS_OPTIONS_CHAIN = CsvFormat(
    name="tardis_options_chain",
    about="options_chain of Tardis",
    columns={
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
    },
    units=Units(("us",), volatility=0.01),
)

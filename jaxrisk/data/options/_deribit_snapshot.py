"""Snapshots of Deribit in CSV: an option a row, volatilities as ratios."""

from ._csv import CsvFormat
from ._rows import Units


DERIBIT_SNAPSHOT = CsvFormat(
    name="deribit_snapshot",
    about="snapshot of Deribit's options in CSV",
    # `time_to_maturity` is not read: its year has 365.25 days, that of the marks 365.
    columns={
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
    },
    # Forwards are marks of futures, or synthetic.
    units=Units(("s", "ms", "us", "ns"), volatility=1.0),
)

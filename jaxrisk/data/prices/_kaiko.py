"""Kaiko's candles: timestamp,open,high,low,close,volume, with or without a header."""

from .._source import Stamp
from ._csv import CsvFormat


KAIKO = CsvFormat(
    name="kaiko",
    about="candles of Kaiko",
    time="timestamp",
    price="close",
    header=frozenset({"timestamp", "open", "high", "low", "close", "volume"}),
    columns=("timestamp", "open", "high", "low", "close", "volume"),
    units=("ms",),
    stamp=Stamp.OPENING,
    # An hour without a trade has `null` for its prices.
    blanks=True,
)

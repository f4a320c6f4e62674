"""Klines of data.binance.vision: spot without a header, futures with one."""

from .._source import Stamp
from ._csv import CsvFormat
from ._symbols import asset_of_pair_file


BINANCE = CsvFormat(
    name="binance",
    about="klines of data.binance.vision",
    time="open_time",
    price="close",
    header=frozenset({"open_time", "close", "close_time"}),
    columns=(
        *("open_time", "open", "high", "low", "close", "volume", "close_time"),
        *("quote_volume", "count", "taker_buy_volume", "taker_buy_quote_volume"),
        "ignore",
    ),
    # Spot files have microseconds since January 2025.
    units=("ms", "us"),
    stamp=Stamp.OPENING,
    of_file=asset_of_pair_file,
)

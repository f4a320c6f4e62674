"""Candles with a ticker in each row: date,open,high,low,close,volume,ticker."""

from .._source import Stamp
from ._csv import CsvFormat
from ._symbols import asset_of_pair


TICKER_CANDLES = CsvFormat(
    name="ticker_candles",
    about="candles with dates and a ticker, as scripts save them from Binance",
    time="date",
    price="close",
    symbol="ticker",
    header=frozenset({"date", "open", "high", "low", "close", "ticker"}),
    stamp=Stamp.OPENING,
    of_symbol=asset_of_pair,
)

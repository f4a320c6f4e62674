"""CryptoDataDownload: newest row first, Unix times in s and ms in one file."""

from .._source import Stamp
from ._csv import CsvFormat
from ._symbols import asset_of_pair


# The column `date` is not read: it changes its format within a file, `unix` its unit.
CRYPTODATADOWNLOAD = CsvFormat(
    name="cryptodatadownload",
    about="candles of CryptoDataDownload",
    time="unix",
    price="close",
    symbol="symbol",
    header=frozenset({"unix", "date", "symbol", "close"}),
    units=("s", "ms"),
    stamp=Stamp.OPENING,
    of_symbol=asset_of_pair,
)

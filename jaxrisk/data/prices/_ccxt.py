"""Rows of CCXT's fetch_ohlcv: [[ms, open, high, low, close, volume], ...]."""

from .._content import Content, Kind
from .._errors import Fault
from .._source import Source, Stamp
from ._format import AbstractPriceFormat
from ._json import series_of_records
from ._series import PriceSeries
from ._symbols import asset_of_file


CLOSE = 4


class Ccxt(AbstractPriceFormat):
    """A list of candles, as CCXT gives them; Binance's own are longer, and read too."""

    name = "ccxt"
    about = "candles of CCXT"

    def recognizes(self, content: Content) -> bool:
        """By a list of lists with a close."""
        rows = content.kind is Kind.JSON and content.document
        return isinstance(rows, list) and (
            not rows or (isinstance(rows[0], list) and len(rows[0]) > CLOSE)
        )

    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices of one asset, which only the file name may tell."""
        rows = content.kind is Kind.JSON and content.document
        if not isinstance(rows, list):
            problem = "is no list of candles [ms, open, high, low, close, volume]."
            faults.append(Fault(0, "", problem, "Name another format."))
            return []
        return series_of_records(
            rows,
            (0, CLOSE),
            asset_of_file(content.path),
            Source(content.path, self.name, Stamp.OPENING),
            at="[{row}]",
            units=("ms",),
            blanks=False,
            faults=faults,
        )

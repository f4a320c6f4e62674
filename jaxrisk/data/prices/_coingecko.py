"""CoinGecko: the answer of market_chart, the CSV of its site, and CSV by symbol."""

from .._content import Content, Kind
from .._errors import Fault
from .._source import Source
from ._csv import CsvFormat
from ._format import AbstractPriceFormat
from ._json import series_of_records
from ._series import PriceSeries
from ._symbols import asset_of_file


COINGECKO_SITE = CsvFormat(
    name="coingecko_csv",
    about="daily prices from the site of CoinGecko",
    time="snapped_at",
    price="price",
    header=frozenset({"snapped_at", "price"}),
    # Days on which CoinGecko had no price.
    blanks=True,
)
COINGECKO_SYMBOLS = CsvFormat(
    name="coingecko_symbols",
    about="prices of CoinGecko saved as symbol,timestamp,USD_price",
    time="timestamp",
    price="USD_price",
    symbol="symbol",
    header=frozenset({"symbol", "timestamp", "usd_price"}),
    units=("ms",),
)


class CoinGeckoChart(AbstractPriceFormat):
    """`{"prices": [[ms, price], ...], "market_caps": ..., "total_volumes": ...}`."""

    name = "coingecko"
    about = "market_chart of CoinGecko"

    def recognizes(self, content: Content) -> bool:
        """By the key `prices`."""
        document = content.kind is Kind.JSON and content.document
        return isinstance(document, dict) and isinstance(document.get("prices"), list)

    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices of one coin, which only the file name may tell."""
        if not self.recognizes(content):
            problem = "there is no list under 'prices'."
            faults.append(Fault(0, "", problem, "Save the whole answer."))
            return []
        document = content.document
        assert isinstance(document, dict)
        return series_of_records(
            document["prices"],
            (0, 1),
            asset_of_file(content.path),
            Source(content.path, self.name),
            at="prices[{row}]",
            units=("ms",),
            blanks=True,
            faults=faults,
        )

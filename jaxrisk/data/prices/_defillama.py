"""DefiLlama: the answer of coins.llama.fi/chart, any number of coins."""

from .._content import Content, Kind
from .._errors import Fault
from .._source import Source
from ._format import AbstractPriceFormat
from ._json import series_of_records
from ._series import PriceSeries


class DefiLlama(AbstractPriceFormat):
    """`{"coins": {id: {"symbol": s, "prices": [{"timestamp": s, "price": p}]}}}`."""

    name = "defillama"
    about = "chart of DefiLlama (coins.llama.fi)"

    def recognizes(self, content: Content) -> bool:
        """By an object of objects under the key `coins`."""
        document = content.kind is Kind.JSON and content.document
        coins = document.get("coins") if isinstance(document, dict) else None
        return isinstance(coins, dict) and all(
            isinstance(entry, dict) for entry in coins.values()
        )

    def read(self, content: Content, faults: list[Fault]) -> list[PriceSeries]:
        """Prices, one series a coin."""
        if not self.recognizes(content):
            problem = "there is no object of coins under 'coins'."
            faults.append(Fault(0, "", problem, "Save the whole answer."))
            return []
        document = content.document
        assert isinstance(document, dict)
        series = []
        for coin, entry in document["coins"].items():
            at = f"coins['{coin}'].prices"
            prices = entry.get("prices")
            if not isinstance(prices, list):
                problem = "there is no list of prices."
                faults.append(Fault(0, at, problem, "Save the answer of /chart."))
                continue
            series += series_of_records(
                prices,
                ("timestamp", "price"),
                (str(entry.get("symbol") or coin), "USD"),
                Source(content.path, self.name),
                at=f"{at}[{{row}}]",
                units=("s",),
                blanks=False,
                faults=faults,
            )
        return series

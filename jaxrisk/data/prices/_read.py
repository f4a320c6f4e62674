"""Read a price file of any known format."""

from pathlib import Path

from .._content import Content
from .._errors import DataError, Fault
from .._formats import opened
from ._binance import BINANCE
from ._ccxt import Ccxt
from ._coingecko import COINGECKO_SITE, COINGECKO_SYMBOLS, CoinGeckoChart
from ._cryptodatadownload import CRYPTODATADOWNLOAD
from ._defillama import DefiLlama
from ._format import AbstractPriceFormat
from ._kaiko import KAIKO
from ._plain import Parquet, PlainCsv
from ._series import PriceSeries
from ._ticker_candles import TICKER_CANDLES


SAVE_AS_TABLE = "; else save it as CSV with columns time,price"

# In the order in which they are tried: what fits more files comes later.
PRICE_FORMATS: dict[str, AbstractPriceFormat] = {
    known.name: known
    for known in (
        DefiLlama(),
        CoinGeckoChart(),
        Ccxt(),
        Parquet(),
        COINGECKO_SYMBOLS,
        COINGECKO_SITE,
        CRYPTODATADOWNLOAD,
        TICKER_CANDLES,
        BINANCE,
        KAIKO,
        PlainCsv(),
    )
}


def read_prices(path: Path, format: str = "") -> tuple[PriceSeries, ...]:
    """Read the prices of a file, or say what is wrong with it.

    Args:
        path: CSV, JSON or Parquet file; the first two may be gzipped.
        format: A name of `PRICE_FORMATS`; if empty, the content tells, and the guess is
            logged.

    Returns:
        A series for each asset, in the order of the file.

    Raises:
        DataError: With every fault of the file: no known format, damage, and each cell
            that is no time or no price.
        ValueError: If there is no such format.
    """
    content, known = opened(
        path, format, PRICE_FORMATS, "price", otherwise=SAVE_AS_TABLE
    )
    return prices_in(content, known)


def prices_in(content: Content, known: AbstractPriceFormat) -> tuple[PriceSeries, ...]:
    """The prices of a file of a known format; see `read_prices`."""
    faults: list[Fault] = []
    series = known.read(content, faults)
    if faults:
        raise DataError(content.path, faults)
    if not any(one.price.size for one in series):
        problem = "is empty: it has no prices."
        remedy = "Download it again, or leave it out."
        raise DataError(content.path, [Fault(0, "", problem, remedy)])
    return tuple(series)

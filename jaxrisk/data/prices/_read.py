"""Read a price file of any known format."""

import logging
from pathlib import Path

from .._content import Content
from .._errors import DataError, Fault, suggest
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


_logger = logging.getLogger(__name__)

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
    if format and format not in PRICE_FORMATS:
        raise ValueError(
            f"there is no price format '{format}'. {suggest(format, PRICE_FORMATS)}"
        )
    return prices_in(Content(path), format)


def prices_in(content: Content, format: str = "") -> tuple[PriceSeries, ...]:
    """The prices of a file that was opened; see `read_prices`."""
    known = PRICE_FORMATS[format] if format else _recognized(content)
    faults: list[Fault] = []
    series = known.read(content, faults)
    if faults:
        raise DataError(content.path, faults)
    if not any(one.price.size for one in series):
        problem = "is empty: it has no prices."
        remedy = "Download it again, or leave it out."
        raise DataError(content.path, [Fault(0, "", problem, remedy)])
    if not format:
        _logger.info("%s: read as %s, %s", content.path, known.name, known.about)
    return tuple(series)


def _recognized(content: Content) -> AbstractPriceFormat:
    for known in PRICE_FORMATS.values():
        if known.recognizes(content):
            return known
    start = " ".join(content.raw[:60].decode(errors="replace").split())
    problem = f"no known price file starts with '{start}'."
    remedy = (
        "Name its format if it is one of "
        f"{', '.join(PRICE_FORMATS)}; else save it as CSV with columns time,price."
    )
    raise DataError(content.path, [Fault(0, "", problem, remedy)])

"""Files in: books of users, of analysts, and synthetic ones; prices of vendors."""

from ._book_file import read_book, write_book
from ._book_layout import BookLayout
from ._errors import DataError, Fault
from ._lido import (
    LIDO_LAYOUT,
    STETH_PRICE,
    STETH_THRESHOLD,
    convert_lido_book,
    read_lido_book,
)
from ._synthetic_book import synthetic_book
from ._synthetic_market import SyntheticMarket
from ._text_file import says_synthetic
from .prices import (
    PRICE_FORMATS,
    PriceCheck,
    PriceSeries,
    check_prices,
    read_prices,
)


__all__ = [
    "LIDO_LAYOUT",
    "PRICE_FORMATS",
    "STETH_PRICE",
    "STETH_THRESHOLD",
    "BookLayout",
    "DataError",
    "Fault",
    "PriceCheck",
    "PriceSeries",
    "SyntheticMarket",
    "check_prices",
    "convert_lido_book",
    "read_book",
    "read_lido_book",
    "read_prices",
    "says_synthetic",
    "synthetic_book",
    "write_book",
]

"""Files in: books of users, of analysts, and synthetic ones; prices of vendors."""

from ._any_file import FILE_FORMATS, Found, read_file
from ._book_file import read_book, write_book
from ._book_layout import BookLayout
from ._clock import clock, duration
from ._errors import DataError, Fault
from ._synthetic_book import synthetic_book
from ._synthetic_market import SyntheticMarket
from ._text_file import says_synthetic
from .books import (
    BOOK_FORMATS,
    LIDO_LAYOUT,
    STETH_PRICE,
    STETH_THRESHOLD,
    Positions,
    convert_lido_book,
    read_lido_book,
    read_positions,
)
from .prices import (
    PRICE_FORMATS,
    PriceCheck,
    PriceSeries,
    check_prices,
    read_prices,
)
from .reserves import (
    RESERVE_FORMATS,
    Reserves,
    chosen_reserves,
    config_sections,
    read_reserves,
)


__all__ = [
    "BOOK_FORMATS",
    "FILE_FORMATS",
    "LIDO_LAYOUT",
    "PRICE_FORMATS",
    "RESERVE_FORMATS",
    "STETH_PRICE",
    "STETH_THRESHOLD",
    "BookLayout",
    "DataError",
    "Fault",
    "Found",
    "Positions",
    "PriceCheck",
    "PriceSeries",
    "Reserves",
    "SyntheticMarket",
    "check_prices",
    "chosen_reserves",
    "clock",
    "config_sections",
    "convert_lido_book",
    "duration",
    "read_book",
    "read_file",
    "read_lido_book",
    "read_positions",
    "read_prices",
    "read_reserves",
    "says_synthetic",
    "synthetic_book",
    "write_book",
]

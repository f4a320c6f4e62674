"""Files in: books that users bring, books that analysts published, synthetic books."""

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


__all__ = [
    "LIDO_LAYOUT",
    "STETH_PRICE",
    "STETH_THRESHOLD",
    "BookLayout",
    "DataError",
    "Fault",
    "SyntheticMarket",
    "convert_lido_book",
    "read_book",
    "read_lido_book",
    "says_synthetic",
    "synthetic_book",
    "write_book",
]

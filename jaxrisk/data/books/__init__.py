"""Books in: positions of accounts, from subgraphs, queries and analysts."""

from ._format import AbstractBookFormat, Wishes
from ._lido_steth import (
    LIDO_LAYOUT,
    STETH_PRICE,
    STETH_THRESHOLD,
    convert_lido_book,
    read_lido_book,
)
from ._positions import LeftOut, Origin, Place, Positions
from ._read import (
    BOOK_FORMATS,
    check_wishes,
    positions_in,
    read_positions,
    recognized_book,
    warnings_of,
)


__all__ = [
    "BOOK_FORMATS",
    "LIDO_LAYOUT",
    "STETH_PRICE",
    "STETH_THRESHOLD",
    "AbstractBookFormat",
    "LeftOut",
    "Origin",
    "Place",
    "Positions",
    "Wishes",
    "check_wishes",
    "convert_lido_book",
    "positions_in",
    "read_lido_book",
    "read_positions",
    "recognized_book",
    "warnings_of",
]

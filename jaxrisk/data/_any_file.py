"""Read a data file of any kind, told by its content or its format."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from ._content import Content
from ._formats import check_format, log_guess, recognized, unknown_file
from .books import (
    BOOK_FORMATS,
    AbstractBookFormat,
    Positions,
    Wishes,
    positions_in,
    recognized_book,
)
from .depth import DEPTH_FORMATS, AbstractDepthFormat, QuoteLadder, depth_in
from .options import OPTION_FORMATS, AbstractOptionFormat, OptionChain, options_in
from .prices import (
    PRICE_FORMATS,
    SAVE_AS_TABLE,
    AbstractPriceFormat,
    PriceSeries,
    prices_in,
)
from .reserves import RESERVE_FORMATS, AbstractReserveFormat, Reserves, reserves_in


Known: TypeAlias = (
    AbstractPriceFormat
    | AbstractBookFormat
    | AbstractReserveFormat
    | AbstractOptionFormat
    | AbstractDepthFormat
)

FILE_FORMATS: dict[str, Known] = {
    **PRICE_FORMATS,
    **BOOK_FORMATS,
    **RESERVE_FORMATS,
    **OPTION_FORMATS,
    **DEPTH_FORMATS,
}

Found: TypeAlias = (
    tuple[PriceSeries, ...]
    | tuple[OptionChain, ...]
    | tuple[QuoteLadder, ...]
    | Positions
    | Reserves
)
"""What a file may hold."""


def read_file(
    path: Path, format: str = "", *, columns: Mapping[str, str] | None = None
) -> Found:
    """Read a file, whose kind its content or its format tells.

    Args:
        path: CSV, JSON or Parquet file.
        format: One of `FILE_FORMATS`; if empty, the content tells, and the guess is
            logged.
        columns: Columns of a book in CSV with names of their own, by field.

    Raises:
        DataError: With every fault of the file.
        ValueError: If there is no such format.
    """
    check_format(format, FILE_FORMATS, "file")
    content = Content(path)
    wishes = Wishes(columns=dict(columns or {}))
    known = FILE_FORMATS[format] if format else _recognized(content, wishes)
    if isinstance(known, AbstractOptionFormat):
        return options_in(content, known)
    if isinstance(known, AbstractDepthFormat):
        return depth_in(content, known)
    if isinstance(known, AbstractReserveFormat):
        return reserves_in(content, known)
    if isinstance(known, AbstractBookFormat):
        return positions_in(content, known, wishes)
    return prices_in(content, known)


def _recognized(content: Content, wishes: Wishes) -> Known:
    """The format that a file looks like; tables of prices fit most, and come last."""
    known = (
        recognized(content, OPTION_FORMATS)
        or recognized(content, DEPTH_FORMATS)
        or recognized(content, RESERVE_FORMATS)
        or recognized_book(content, wishes)
        or recognized(content, PRICE_FORMATS)
    )
    if known is None:
        what = "file of prices, positions, reserves, options or quotes"
        raise unknown_file(content, what, FILE_FORMATS, SAVE_AS_TABLE)
    log_guess(content, known.name, known.about)
    return known

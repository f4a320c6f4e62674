"""Read a data file of any kind, told by its content or its format."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from ._content import Content
from .books import BOOK_FORMATS, Positions, Wishes, positions_in, recognized_book
from .depth import DEPTH_FORMATS, QuoteLadder, depth_in, recognized_depth
from .options import OPTION_FORMATS, OptionChain, options_in, recognized_options
from .prices import PRICE_FORMATS, PriceSeries, prices_in
from .reserves import RESERVE_FORMATS, Reserves, recognized_reserves, reserves_in


FILE_FORMATS = (
    *PRICE_FORMATS,
    *BOOK_FORMATS,
    *RESERVE_FORMATS,
    *OPTION_FORMATS,
    *DEPTH_FORMATS,
)

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
        format: One of `FILE_FORMATS`; guessed if empty.
        columns: Columns of a book in CSV with names of their own, by field.

    Raises:
        DataError: With every fault of the file.
    """
    content = Content(path)
    wishes = Wishes(columns=dict(columns or {}))
    book = BOOK_FORMATS.get(format)
    reserves = RESERVE_FORMATS.get(format)
    options, depth = OPTION_FORMATS.get(format), DEPTH_FORMATS.get(format)
    if not format:
        options, depth = recognized_options(content), recognized_depth(content)
        reserves = recognized_reserves(content)
        book = recognized_book(content, wishes)
    if options is not None:
        return options_in(content, options)
    if depth is not None:
        return depth_in(content, depth)
    if reserves is not None:
        return reserves_in(content, reserves)
    if book is not None:
        return positions_in(content, book, wishes)
    return prices_in(content, format)

"""Read a data file of any kind: prices, a book, or reserve parameters."""

from collections.abc import Mapping
from pathlib import Path

from .books import BOOK_FORMATS, Positions, Wishes, positions_in, recognized_book
from .prices import PRICE_FORMATS, PriceSeries, prices_in
from .prices._content import Content
from .reserves import RESERVE_FORMATS, Reserves, recognized_reserves, reserves_in


FILE_FORMATS = (*PRICE_FORMATS, *BOOK_FORMATS, *RESERVE_FORMATS)


def read_file(
    path: Path, format: str = "", *, columns: Mapping[str, str] | None = None
) -> tuple[PriceSeries, ...] | Positions | Reserves:
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
    if not format:
        reserves = recognized_reserves(content)
        book = recognized_book(content, wishes)
    if reserves is not None:
        return reserves_in(content, reserves)
    if book is not None:
        return positions_in(content, book, wishes)
    return prices_in(content, format)

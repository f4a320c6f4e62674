"""Read a file of quotes or books of any known format."""

from collections.abc import Mapping
from pathlib import Path

from .._content import Content
from .._errors import DataError, Fault
from .._formats import opened
from ._format import AbstractDepthFormat
from ._ladder import QuoteLadder
from ._oneinch import OneInch
from ._tardis import TardisBook
from ._tokens import TOKENS, Token


DEPTH_FORMATS: dict[str, AbstractDepthFormat] = {
    known.name: known for known in (OneInch(), TardisBook())
}


def read_depth(
    path: Path, format: str = "", *, tokens: Mapping[str, Token] | None = None
) -> tuple[QuoteLadder, ...]:
    """Read the quotes of a file, or say what is wrong with it.

    Args:
        path: CSV file, plain, gzipped, or zipped.
        format: A name of `DEPTH_FORMATS`; if empty, the content tells, and the guess is
            logged.
        tokens: Tokens by address in lower case, beside `TOKENS`.

    Returns:
        The ladders of each pair, in the order of the file.

    Raises:
        DataError: With every fault of the file: no known format, damage, amounts that
            are none, tokens of unknown decimals, prices that contradict the amounts.
        ValueError: If there is no such format.
    """
    content, known = opened(path, format, DEPTH_FORMATS, "depth")
    return depth_in(content, known, tokens=tokens)


def depth_in(
    content: Content,
    known: AbstractDepthFormat,
    *,
    tokens: Mapping[str, Token] | None = None,
) -> tuple[QuoteLadder, ...]:
    """The ladders of a file of a known format; see `read_depth`."""
    faults: list[Fault] = []
    ladders = known.read(content, faults, {**TOKENS, **(tokens or {})})
    if faults:
        raise DataError(content.path, faults)
    if not any(one.sold.size for one in ladders):
        problem = "is empty: it has no quotes."
        remedy = "Download it again, or leave it out."
        raise DataError(content.path, [Fault(0, "", problem, remedy)])
    return tuple(one for one in ladders if one.sold.size)

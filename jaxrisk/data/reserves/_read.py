"""Read a file of reserve parameters of any known format."""

import logging
from pathlib import Path

from .._content import Content
from .._errors import DataError, Fault, suggest
from ._aave_report import AaveReport
from ._format import AbstractReserveFormat
from ._reserve import Reserves
from ._ui_pool import UiPoolData


_logger = logging.getLogger(__name__)

RESERVE_FORMATS: dict[str, AbstractReserveFormat] = {
    known.name: known for known in (AaveReport(), UiPoolData())
}


def read_reserves(path: Path, format: str = "") -> Reserves:
    """Read the reserve parameters of a file, or say what is wrong with it.

    Args:
        path: JSON file, plain, gzipped or the one file of a zip.
        format: A name of `RESERVE_FORMATS`; if empty, the content tells, and the guess
            is logged.

    Raises:
        DataError: With every fault of the file.
        ValueError: If there is no such format.
    """
    if format and format not in RESERVE_FORMATS:
        known = suggest(format, RESERVE_FORMATS)
        raise ValueError(f"there is no format of reserves '{format}'. {known}")
    content = Content(path)
    found = RESERVE_FORMATS[format] if format else recognized_reserves(content)
    if found is None:
        start = " ".join(content.raw[:60].decode(errors="replace").split())
        problem = f"no known file of reserves starts with '{start}'."
        remedy = f"Name its format if it is one of {', '.join(RESERVE_FORMATS)}."
        raise DataError(path, [Fault(0, "", problem, remedy)])
    if not format:
        _logger.info("%s: read as %s, %s", path, found.name, found.about)
    return reserves_in(content, found)


def recognized_reserves(content: Content) -> AbstractReserveFormat | None:
    """The format of reserves that a file looks like, if any."""
    return next(
        (known for known in RESERVE_FORMATS.values() if known.recognizes(content)), None
    )


def reserves_in(content: Content, known: AbstractReserveFormat) -> Reserves:
    """The reserves of a file of a known format.

    Raises:
        DataError: With every fault of the file.
    """
    faults: list[Fault] = []
    reserves = known.read(content, faults)
    if faults:
        raise DataError(content.path, faults)
    return reserves

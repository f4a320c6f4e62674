"""Read a file of reserve parameters of any known format."""

from pathlib import Path

from .._content import Content
from .._errors import DataError, Fault
from .._formats import opened
from ._aave_report import AaveReport
from ._format import AbstractReserveFormat
from ._reserve import Reserves
from ._ui_pool import UiPoolData


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
    content, known = opened(path, format, RESERVE_FORMATS, "reserve")
    return reserves_in(content, known)


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

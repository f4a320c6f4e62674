"""Read an option file of any known format."""

import logging
from pathlib import Path

import numpy as np

from .._content import Content
from .._errors import DataError, Fault, suggest
from ._chain import OptionChain
from ._deribit_snapshot import DeribitSnapshot
from ._deribit_summary import DeribitSummary
from ._format import AbstractOptionFormat
from ._tardis import TardisOptionsChain


_logger = logging.getLogger(__name__)

OPTION_FORMATS: dict[str, AbstractOptionFormat] = {
    known.name: known
    for known in (DeribitSnapshot(), DeribitSummary(), TardisOptionsChain())
}


def read_options(
    path: Path, format: str = "", *, at: np.datetime64 | None = None
) -> tuple[OptionChain, ...]:
    """Read the options of a file, or say what is wrong with it.

    Args:
        path: CSV or JSON file, plain, gzipped, or zipped.
        format: A name of `OPTION_FORMATS`; if empty, the content tells, and the guess
            is logged.
        at: Time of the snapshot, UTC: later rows are not read. The end of the file, if
            None.

    Returns:
        A chain for each asset, in the order of their symbols.

    Raises:
        DataError: With every fault of the file: no known format, damage, cells that
            are no number of their kind, and columns in another unit.
        ValueError: If there is no such format.
    """
    if format and format not in OPTION_FORMATS:
        raise ValueError(
            f"there is no option format '{format}'. {suggest(format, OPTION_FORMATS)}"
        )
    content = Content(path)
    known = OPTION_FORMATS[format] if format else recognized_options(content)
    if known is None:
        raise _unknown(content)
    if not format:
        _logger.info("%s: read as %s, %s", path, known.name, known.about)
    return options_in(content, known, at=at)


def recognized_options(content: Content) -> AbstractOptionFormat | None:
    """The option format that a file looks like, if any."""
    known = OPTION_FORMATS.values()
    return next((one for one in known if one.recognizes(content)), None)


def options_in(
    content: Content, known: AbstractOptionFormat, *, at: np.datetime64 | None = None
) -> tuple[OptionChain, ...]:
    """The chains of a file of a known format; see `read_options`."""
    faults: list[Fault] = []
    chains = known.read(content, faults, at)
    if faults:
        raise DataError(content.path, faults)
    if not chains:
        when = "" if at is None else f" by {at}"
        problem = f"is empty: no option has mark, volatility and forward{when}."
        raise DataError(content.path, [Fault(0, "", problem, "Download it again.")])
    return tuple(chains)


def _unknown(content: Content) -> DataError:
    start = " ".join(content.raw[:60].decode(errors="replace").split())
    problem = f"no known option file starts with '{start}'."
    remedy = f"Name its format if it is one of {', '.join(OPTION_FORMATS)}."
    return DataError(content.path, [Fault(0, "", problem, remedy)])

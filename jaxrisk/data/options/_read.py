"""Read an option file of any known format."""

from pathlib import Path

import numpy as np

from .._content import Content
from .._errors import DataError, Fault
from .._formats import opened
from ._chain import OptionChain
from ._deribit_snapshot import DERIBIT_SNAPSHOT
from ._deribit_summary import DeribitSummary
from ._format import AbstractOptionFormat
from ._tardis import TARDIS_OPTIONS_CHAIN


OPTION_FORMATS: dict[str, AbstractOptionFormat] = {
    known.name: known
    for known in (DERIBIT_SNAPSHOT, DeribitSummary(), TARDIS_OPTIONS_CHAIN)
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
    content, known = opened(path, format, OPTION_FORMATS, "option")
    return options_in(content, known, at=at)


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

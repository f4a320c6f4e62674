"""`jaxrisk report`."""

from pathlib import Path
from typing import TYPE_CHECKING

from ._exits import exits
from ._options import Folder, Verbose
from ._publish import published
from ._voice import PlainVoice


if TYPE_CHECKING:
    from ..output import Result


def report(directory: Folder, verbose: Verbose = False) -> None:
    """Rebuild the report of a stored result."""
    voice = PlainVoice()
    with exits(voice, verbose=verbose):
        from ..output import Result
        from ._backend import start_backend

        start_backend(verbose=verbose)
        write_pages(Result.open(directory), directory)
        voice.say(f"Report in {directory}: report.html, report.pdf.")


def write_pages(result: "Result", directory: Path) -> None:
    """Write both pages, or neither."""
    from ..report import write_report

    with published(directory) as partial:
        write_report(result.to_xarray(), partial)

"""A short run in a process of its own, for `jaxrisk run --dry-run`; not a command.

Another process, as memory that was once used is not given back, and because it starts,
compiles and ends as a run does.
"""

import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from ._exits import exits
from ._options import ConfigFile, Settings, Verbose
from ._voice import PlainVoice


def rehearse(
    config: ConfigFile,
    settings: Settings = None,
    with_report: Annotated[bool, typer.Option("--report/--no-report")] = True,
    verbose: Verbose = False,
) -> None:
    """Run the first paths, throw the result away, and print what it took as JSON."""
    with exits(PlainVoice(), verbose=verbose), tempfile.TemporaryDirectory() as folder:
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from ..config import load
        from ..output import Result
        from ..run import pilot
        from ._report import write_pages

        result, measured = pilot(load(config, settings or []))
        directory = Path(folder) / "out"
        result.save(directory)
        if with_report:
            write_pages(Result.open(directory), directory)
        peak = _peak_bytes()
        print(json.dumps({"pilot": dataclasses.asdict(measured), "peak_bytes": peak}))


def _peak_bytes() -> int:
    """Most memory that this process had at a time."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not `getrusage`, which remembers the process that this one was started from.
        words = status.read_text().split()
        return int(words[words.index("VmHWM:") + 1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


if __name__ == "__main__":
    typer.run(rehearse)

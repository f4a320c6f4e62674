"""`jaxrisk sweep-report`."""

from pathlib import Path
from typing import Annotated

import typer

from ._exits import exits
from ._options import Verbose
from ._publish import published
from ._voice import PlainVoice


def sweep_report(
    store: Annotated[
        Path, typer.Argument(metavar="STORE", help="Zarr store of a sweep.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Output folder; that of the store with -report."
        ),
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Draw a sweep: maps, effects one at a time, settings worth choosing from."""
    voice = PlainVoice()
    with exits(voice, verbose=verbose):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from ..report import write_sweep_report
        from ..sweep import dataset_of

        dataset = dataset_of(store)
        folder = out or store.with_name(f"{store.stem}-report")
        with published(folder) as partial:
            write_sweep_report(dataset, partial)
        voice.say(f"Report in {folder}: sweep.html, sweep.pdf.")

"""`jaxrisk sweep`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import SOME_FAILED, MistakeError, exits
from ._options import LogJson, Quiet, Verbose
from ._voice import AbstractVoice, heard, voice


if TYPE_CHECKING:
    from ..sweep import Plan, Swept
    from ..sweep._run import Opened


class _Stored:
    """What is on disk, said to whoever stopped the command."""

    def __init__(self) -> None:
        self.folder: Path | None = None

    def sentence(self) -> str:
        if self.folder is None:
            return ""
        return (
            f"What is done is stored in {self.folder}; the same command goes on from"
            " there."
        )


def sweep(
    design: Annotated[
        Path, typer.Argument(metavar="SWEEP", help="A YAML file of a sweep.")
    ],
    workers: Annotated[
        str | None,
        typer.Option(
            metavar="WHICH",
            help="Who computes: local (a process a core), gpu (one a GPU), slurm, each"
            " with a number if wanted (local:4), or tcp://host:port of a dask"
            " scheduler; this process if not given.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="STORE", help="Zarr store; out/NAME.zarr of the sweep."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Predict time, memory and disk; stop.")
    ] = False,
    device_hour_price: Annotated[
        float | None,
        typer.Option(min=0, help="Price of a device for an hour, for --dry-run."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Run many settings of a config into one store; repeat it to go on.

    The same command again computes what is missing or damaged. A setting that fails is
    stored with its error, and the others go on; the exit code is then 3.
    """
    speaker, stored = voice(quiet=quiet, as_json=log_json), _Stored()
    with exits(speaker, verbose=verbose, on_disk=stored.sentence):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from ..sweep import plan_of

        with heard(lambda _: None):
            plan = plan_of(design)
            engine = _engine(workers)
            if dry_run:
                from ._sweep_forecast import forecast

                print(forecast(plan, workers=workers, price=device_hour_price))
                return
            folder = out or Path("out") / f"{plan.name}.zarr"
            found = _computed(plan, folder, engine, speaker, stored)
        from ._sweep_table import table_of

        print(table_of(found), flush=True)
        if found.failed:
            speaker.warn(
                f"{found.failed:,} of {found.settings:,} settings failed, the first"
                f" with: {found.error}"
            )
            raise typer.Exit(SOME_FAILED)


def _engine(workers: str | None) -> "Opened | None":
    from ..sweep import EngineError, engine_of

    try:
        return None if workers is None else engine_of(workers)
    except EngineError as error:
        raise MistakeError(str(error)) from None


def _computed(
    plan: "Plan",
    folder: Path,
    engine: "Opened | None",
    speaker: AbstractVoice,
    stored: _Stored,
) -> "Swept":
    from ..sweep import Done, EngineError, opened
    from ..sweep import sweep as swept

    store, seen = opened(plan, folder)
    stored.folder = folder
    if seen.refused:
        speaker.warn(
            f"{seen.refused:,} of {plan.settings:,} settings cannot be, the first for:"
            f" {seen.reason}; add a condition under where to leave them out."
        )
    done = store.done()
    before = sum(len(store.plan.tiles.settings(task)) for task in done)
    damaged = store.marked() - len(done)
    if damaged:
        speaker.warn(f"{damaged:,} tasks in {folder} are damaged: computed again.")
    with speaker.pace(total=plan.settings, before=before) as note:

        def told(task: Done) -> None:
            note(settings=task.settings, failed=task.failed, paths=task.paths)

        try:
            found = swept(store, engine=engine, heard=told)
        except EngineError as error:
            raise MistakeError(str(error)) from None
    speaker.say(f"In {folder}: {found.settings:,} settings, {found.computed:,} new.")
    return found

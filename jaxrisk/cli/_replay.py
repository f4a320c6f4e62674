"""`jaxrisk replay`."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import exits
from ._options import Folder, Verbose
from ._publish import published
from ._voice import PlainVoice, heard, unheard


if TYPE_CHECKING:
    import xarray as xr

    from ..output import Result

SAME = 1e-5
"""Relative difference of float32 sums in another order."""


class Format(enum.StrEnum):
    """How the path is printed."""

    TABLE = "table"
    CSV = "csv"


def replay(
    directory: Folder,
    path: Annotated[int, typer.Option(min=0, help="Number of the path, from 0.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="PREFIX", help="Start of the file names; DIR/replay_K."),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="Print some steps, or all.")
    ] = Format.TABLE,
    verbose: Verbose = False,
) -> None:
    """Simulate one path of a result again, and record all."""
    voice = PlainVoice()
    # The warnings of the config were said when it was run.
    with exits(voice, verbose=verbose), heard(unheard):
        from ..output import Result
        from ..run import replay as simulate_again
        from ._backend import start_backend
        from ._replay_table import csv_of, table_of

        start_backend(verbose=verbose)
        result = Result.open(directory)
        dataset = simulate_again(result, path)
        prefix = out or directory / f"replay_{path}"
        _write(dataset, prefix)
        printed = csv_of(dataset) if form is Format.CSV else table_of(dataset)
        print(printed, flush=True)
        facts = dataset.attrs
        voice.say(f"Status {facts['status']}: {facts['explanation']}")
        is_same, sentence = compared(result, dataset)
        (voice.say if is_same else voice.warn)(sentence)
        voice.say(f"In {prefix.parent}: {prefix.name}.zarr, .html, .svg.")


def compared(result: "Result", dataset: "xr.Dataset") -> tuple[bool, str]:
    """Whether the path loses what the run says it lost, and that in a sentence."""
    from ..output import path_bad_debt

    stored, path = result.to_xarray(), int(dataset.attrs["path"])
    worst = stored["worst_path"].to_numpy().tolist()
    if path not in worst:
        return True, "The result keeps the losses of its worst paths, not of this one."
    before = float(stored["worst_loss"][worst.index(path)])
    now = sum(path_bad_debt(dataset))
    place = f"Path {path} is number {worst.index(path) + 1} of the {len(worst)} worst"
    if abs(now - before) <= SAME * max(abs(before), 1.0):
        return True, f"{place}: {now:,.0f} USD of bad debt, as in the run."
    return False, (
        f"{place} with {before:,.0f} USD of bad debt, but this replay has {now:,.0f} "
        "USD: the book, the versions or the device have changed since. Run again."
    )


def _write(dataset: "xr.Dataset", prefix: Path) -> None:
    """The dataset and its plot, or nothing."""
    from ..output import write_replay
    from ..report import write_replay_page

    with published(prefix.parent) as partial:
        write_replay(dataset, partial / f"{prefix.name}.zarr")
        write_replay_page(dataset, partial / prefix.name)

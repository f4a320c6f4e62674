"""`jaxrisk sensitivities`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._exits import MistakeError, exits
from ._hosts import ended_together, join
from ._options import ConfigFile, Hosts, LogJson, Quiet, Seed, Settings, Verbose
from ._voice import AbstractVoice, PlainVoice, heard, unheard, voice


if TYPE_CHECKING:
    import xarray as xr


class Response(StrEnum):
    """What borrowers do when limits change."""

    FIXED = "fixed"
    RELEVERED = "relevered"


class Method(StrEnum):
    """How slopes are found."""

    AUTO = "auto"
    BUMP = "bump"
    PATHWISE = "pathwise"


def sensitivities(
    config: ConfigFile,
    of: Annotated[
        str,
        typer.Option(
            metavar="MEASURES",
            help="Of mean, probability, liquidated, es99 (any level); comma-separated.",
        ),
    ] = "mean,es99,probability,liquidated",
    wrt: Annotated[
        str,
        typer.Option(
            metavar="PARAMETERS",
            help="Numbers of the config: a field such as liquidation_threshold (each"
            " reserve), all:volatility (together), or a dotted path; comma-separated.",
        ),
    ] = "liquidation_threshold",
    method: Annotated[
        Method,
        typer.Option(
            help="bump: shifted runs; pathwise: slopes of the paths, audited; auto: the"
            " better of both, by that audit."
        ),
    ] = Method.AUTO,
    book: Annotated[
        Response,
        typer.Option(help="What borrowers do when their limits change."),
    ] = Response.FIXED,
    pairs: Annotated[
        int,
        typer.Option(
            min=0, max=20, help="Cross second derivatives among so many largest."
        ),
    ] = 0,
    width: Annotated[
        float | None,
        typer.Option(help="Shift of the bumps: 0.01 is a percentage point, or 1 %."),
    ] = None,
    paths: Annotated[int | None, typer.Option(min=2, help="Monte Carlo paths.")] = None,
    seed: Seed = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="STORE", help="Keep the dataset, as a Zarr store."),
    ] = None,
    hosts: Hosts = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Tell how losses answer to parameters, each with its error and its audit."""
    speaker = voice(quiet=quiet, as_json=log_json)
    with ended_together(), exits(speaker, verbose=verbose):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from .. import sensitivity
        from ..config import load

        leads = join(hosts)
        _refuse(out if leads else None, width, _names(of))
        shown = speaker if leads else PlainVoice(quiet=True)
        told = speaker.warn if leads else unheard
        with heard(told), shown.progress() as progress:
            loaded = load(config, settings or [])
            found = sensitivity.sensitivities(
                loaded,
                of=_names(of),
                wrt=_names(wrt),
                method=method.value,
                book=book.value,
                paths=paths,
                seed=seed,
                width=width,
                pairs=pairs,
                progress=progress,
            )
        if leads:
            _tell(found, out, speaker)


def _tell(found: "xr.Dataset", out: Path | None, speaker: AbstractVoice) -> None:
    from ..sensitivity import save, table

    print(table(found), flush=True)
    if out is not None:
        save(found, out)
        speaker.say(f"In {out}: the dataset, for xarray.open_zarr.")


def _refuse(out: Path | None, width: float | None, of: list[str]) -> None:
    """Tell a mistake now rather than after the run."""
    from ..sensitivity import check_store, measures

    if out is not None:
        check_store(out)
    if width is not None and not 0 < width < 1:
        raise MistakeError(f"--width {width:g}: give a number between 0 and 1.")
    try:
        measures(of)
    except ValueError as error:
        raise MistakeError(f"--of: {error}.") from None


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]

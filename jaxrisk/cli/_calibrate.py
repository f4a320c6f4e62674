"""`jaxrisk calibrate`: a market model from files of prices, quotes and options."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ._columns import pairs_of
from ._exits import MistakeError, exits
from ._options import LogJson, Quiet, Verbose
from ._publish import published
from ._voice import AbstractVoice, heard, voice


if TYPE_CHECKING:
    import numpy as np

    from ..calibrate import Calibration, Choice, Files, Settings


Step: TypeAlias = Annotated[
    float, typer.Option(min=1, help="Step of returns; that of the simulation.")
]
RegimeStep: TypeAlias = Annotated[
    float, typer.Option(min=0.1, help="Step of returns that tell regimes apart.")
]
Start: TypeAlias = Annotated[
    str, typer.Option("--from", metavar="DATE", help="First day used, UTC.")
]
End: TypeAlias = Annotated[
    str, typer.Option("--to", metavar="DATE", help="Day before which it ends.")
]


def calibrate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Prices, quotes, options; see docs."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Sections of a config to write, YAML.")
    ],
    names: Annotated[
        str,
        typer.Option(metavar="ETH=WETH,...", help="Names of assets in the config."),
    ] = "",
    assets: Annotated[
        str, typer.Option(metavar="WETH,...", help="Those used; else all of the files.")
    ] = "",
    pegs: Annotated[
        str,
        typer.Option(metavar="USDC=USD,...", help="Pegged assets, and to what."),
    ] = "",
    step_minutes: Step = 60.0,
    regime_step_hours: RegimeStep = 24.0,
    start: Start = "",
    end: End = "",
    jumps: Annotated[
        bool, typer.Option("--jumps", help="Jumps beside Student-t shocks.")
    ] = False,
    backtest: Annotated[
        bool, typer.Option("--backtest", help="Test value at risk on unseen days.")
    ] = False,
    cut_ticks: Annotated[
        bool, typer.Option("--cut-ticks", help="Leave out what may be bad ticks.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Fit a market model to data, and write it as sections of a config."""
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose), heard(speaker.warn):
        plots = _plots(out, force=force)
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from ..calibrate import Choice, Settings
        from ._calibration_table import backtest_lines, table_of_fits

        settings = Settings(
            pegs=pairs_of("--pegs", pegs),
            step_seconds=60 * step_minutes,
            regime_step_seconds=3600 * regime_step_hours,
            start=_day("--from", start),
            end=_day("--to", end),
            jumps=jumps,
        )
        choice = Choice(
            names=pairs_of("--names", names),
            assets=[one.strip() for one in assets.split(",") if one.strip()],
            start=settings.start,
            end=settings.end,
            cut_ticks=cut_ticks,
        )
        given, calibration = _fitted(files, choice, settings, speaker)
        print(table_of_fits(calibration), flush=True)
        if backtest:
            print("\n".join(backtest_lines(given, settings)), flush=True)
        _write(calibration, given, out, plots)
        speaker.say(f"In {out.parent}: {out.name}, {plots}.")


def _fitted(
    paths: list[Path], choice: "Choice", settings: "Settings", speaker: AbstractVoice
) -> "tuple[Files, Calibration]":
    """What was read, and every fit to it."""
    from ..calibrate import CalibrationError, read_files
    from ..calibrate import calibrate as fit

    try:
        files = read_files(paths, choice, warn=speaker.warn)
        return files, fit(files, settings, tell=speaker.say)
    except CalibrationError as error:
        raise MistakeError(str(error)) from error


def _plots(out: Path, *, force: bool) -> str:
    """Name of the page of plots, beside a file that may be written."""
    if out.suffix not in {".yaml", ".yml"}:
        raise MistakeError(f"--out {out}: a config ends in .yaml; rename it.")
    plots = out.with_suffix(".pdf")
    for target in (out, plots):
        if target.exists() and not force:
            raise MistakeError(f"{target} is there. Choose another name, or --force.")
    return plots.name


def _day(option: str, text: str) -> "np.datetime64 | None":
    import numpy as np

    if not text:
        return None
    try:
        return np.datetime64(text, "ns")
    except ValueError as error:
        raise MistakeError(
            f"{option}: '{text}' is no date. Write it as 2023-10-31."
        ) from error


def _write(calibration: "Calibration", files: "Files", out: Path, plots: str) -> None:
    """The sections, and the page of plots; both or nothing."""
    from ..calibrate import draw, sections_of
    from ..config import yaml_text

    text = yaml_text(sections_of(calibration, files.records))
    with published(out.parent) as partial:
        start = "# Written by jaxrisk calibrate; another config may extend this one.\n"
        (partial / out.name).write_text(start + text, encoding="utf-8")
        draw(calibration, partial / plots)

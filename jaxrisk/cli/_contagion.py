"""`jaxrisk contagion`."""

from pathlib import Path
from typing import Annotated

import typer

from ._exits import MistakeError, exits
from ._keep import keep
from ._options import ConfigFile, LogJson, Quiet, Seed, Settings, Verbose
from ._voice import heard, voice


def contagion(
    config: ConfigFile,
    fall: Annotated[
        float,
        typer.Option(help="Relative fall of an asset; below 0 for a rise."),
    ] = 0.1,
    level: Annotated[
        float, typer.Option(help="Confidence level of the expected shortfall.")
    ] = 0.99,
    paths: Annotated[
        int | None, typer.Option(min=2, help="Monte Carlo paths of every run.")
    ] = None,
    seed: Seed = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep every coefficient, as CSV."),
    ] = None,
    order: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep who fails first, as CSV."),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw the network, as SVG."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Tell what a shock to each asset does to each market, and who fails first.

    Lets every asset fall in turn in the first step, on the same draws. A coefficient is
    what the shock adds to a market's expected shortfall of bad debt, over the
    collateral that it destroys in all markets: 0.2 is 20 cents a dollar. "shows after"
    is how many steps it takes until bad debt comes sooner than it would have.
    """
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose):
        _check(fall, level)
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from .. import risk
        from ..config import load
        from ..run import Stage, prepare
        from ..sensitivity import check_store
        from ._contagion_figure import figure_of
        from ._contagion_table import csv_of, order_csv_of, table_of

        for file in (out, order, figure):
            if file is not None:
                check_store(file)
        with heard(speaker.warn), speaker.progress() as progress:
            loaded = load(config, settings or [])
            model = prepare(loaded)
            start = loaded.run.seed if seed is None else seed
            found = risk.contagion(
                model.system,
                model.axes,
                paths=loaded.run.paths if paths is None else paths,
                seed=start,
                fall=fall,
                level=level,
                heard=lambda done, total: progress(Stage("shocks", done, total)),
            )
        print(table_of(found, seed=start), flush=True)
        if out is not None:
            keep(csv_of(found, seed=start), out)
            speaker.say(f"In {out}: every coefficient, with its error.")
        if order is not None:
            keep(order_csv_of(found, seed=start), order)
            speaker.say(f"In {order}: who fails first, with intervals.")
        if figure is not None:
            keep(figure_of(found, model), figure)
            speaker.say(f"In {figure}: the network.")


def _check(fall: float, level: float) -> None:
    if not fall or fall >= 1:
        raise MistakeError(
            f"--fall {fall:g}: a price cannot fall by that and be a shock and a price. "
            "Give a share above 0 and below 1, or one below 0 for a rise."
        )
    if not 0 < level < 1:
        raise MistakeError(
            f"--level {level:g}: a confidence level is a share above 0 and below 1. "
            "Give 0.99 for the worst 1 %."
        )

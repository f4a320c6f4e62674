"""`jaxrisk attribution`."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from ._exits import exits
from ._options import ConfigFile, LogJson, Quiet, Seed, Settings, Verbose
from ._voice import heard, voice


class By(enum.StrEnum):
    """What losses are attributed to."""

    MECHANISM = "mechanism"
    CHANNEL = "channel"


def attribution(
    config: ConfigFile,
    asset: Annotated[
        str | None,
        typer.Option(
            help="Whose price and drawdown; that of most collateral if not given."
        ),
    ] = None,
    by: Annotated[
        By,
        typer.Option(
            help="Who trades (liquidations, dealers, perps), or how trouble travels "
            "(price, oracle, claim, run, hedging)."
        ),
    ] = By.MECHANISM,
    paths: Annotated[
        int | None, typer.Option(min=2, help="Monte Carlo paths of every variant.")
    ] = None,
    seed: Seed = None,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep every number, as CSV."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Tell what each mechanism, or each channel, adds to losses.

    Runs the config as it is, without each mechanism, with each alone and with none, on
    the same draws; up to nine variants, or twelve by channel. "one off" is what goes
    away if that mechanism alone is taken out, "one on" what it does alone. They need
    not add up to what all do together: mechanisms amplify each other, and the rest is
    the row "interaction".

    Without liquidations the book stays as it is until the horizon, so bad debt is what
    it is short of then. In "price impact" everybody trades, and no price moves by it.

    By channel liquidations are always on. Taken away are: price, what sales do to
    prices; oracle, that contracts see prices late; claim, that what backs an asset may
    fail or be marked down; run, that suppliers and providers of liquidity leave;
    hedging, options dealers and perpetuals.
    """
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from .. import risk
        from ..config import load
        from ..run import Stage, prepare
        from ..sensitivity import check_store
        from ._asset import chosen_asset
        from ._attribution_table import csv_of, table_of
        from ._keep import keep

        if out is not None:
            check_store(out)
        with heard(speaker.warn), speaker.progress() as progress:
            loaded = load(config, settings or [])
            model = prepare(loaded)
            chosen = chosen_asset(model, asset)
            start = loaded.run.seed if seed is None else seed
            found = risk.attribution(
                model.system,
                asset=model.axes.assets.index(chosen),
                paths=loaded.run.paths if paths is None else paths,
                seed=start,
                switches=risk.CHANNELS if by is By.CHANNEL else risk.MECHANISMS,
                heard=lambda done, total: progress(Stage("variants", done, total)),
            )
        print(table_of(found, asset=chosen, seed=start), flush=True)
        if out is not None:
            keep(csv_of(found, asset=chosen, seed=start), out)
            speaker.say(f"In {out}: every number, with its error.")

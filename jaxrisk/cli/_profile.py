"""`jaxrisk profile`."""

from pathlib import Path
from typing import Annotated

import typer

from ._exits import exits
from ._options import ConfigFile, LogJson, Quiet, Settings, Verbose
from ._voice import heard, voice


def profile(
    config: ConfigFile,
    asset: Annotated[
        str | None,
        typer.Option(help="Whose price moves; that of most collateral if not given."),
    ] = None,
    bump: Annotated[
        float,
        typer.Option(
            min=0.001, max=0.5, help="Half-width of the differences, in log price."
        ),
    ] = 0.02,
    settings: Settings = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep every number, as CSV."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Tell what must be sold if a price moves at once, and how that feeds back.

    Borrowers' collateral, options dealers' hedges and closed perpetuals, together and
    one by one, before anybody answers; no paths. The slope of all sales in price, and
    its slope, are found twice: by differentiating the formulae, which is blind to
    thresholds, and by differences over a bump. Where they differ a threshold is near.
    """
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from .. import risk
        from ..config import load
        from ..run import prepare
        from ..sensitivity import check_store
        from ._asset import chosen_asset
        from ._keep import keep
        from ._profile_table import csv_of, table_of

        if out is not None:
            check_store(out)
        with heard(speaker.warn):
            model = prepare(load(config, settings or []))
            chosen = chosen_asset(model, asset)
            number = model.axes.assets.index(chosen)
            found = risk.system_profile(model.system, number, bump=bump)
        print(table_of(found, asset=chosen), flush=True)
        if out is not None:
            keep(csv_of(found, asset=chosen), out)
            speaker.say(f"In {out}: every number, at every move.")

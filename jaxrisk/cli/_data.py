"""`jaxrisk data`: look at files before a run reads them."""

from pathlib import Path
from typing import Annotated

import typer

from ._exits import MISTAKE, MistakeError, exits
from ._options import Verbose
from ._voice import PlainVoice


data = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Look at files before a run reads them.",
    epilog="Example: jaxrisk data check prices/*.csv.gz",
)


@data.callback()
def _group() -> None:
    """Look at files before a run reads them."""


@data.command(epilog="Example: jaxrisk data check BTCUSDT-1h-2024-01.csv")
def check(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Prices: CSV, JSON or Parquet."),
    ],
    form: Annotated[
        str,
        typer.Option("--format", help="See docs/data.md; else guessed."),
    ] = "",
    verbose: Verbose = False,
) -> None:
    """Say what price files hold, and what is odd about them."""
    voice = PlainVoice()
    with exits(voice, verbose=verbose):
        from ..data import PRICE_FORMATS, DataError, check_prices, read_prices
        from ._data_table import table_of

        if form and form not in PRICE_FORMATS:
            known = ", ".join(PRICE_FORMATS)
            raise MistakeError(f"there is no price format '{form}'. Known: {known}.")
        unusable = 0
        for path in files:
            try:
                checks = [check_prices(one) for one in read_prices(path, form)]
            except DataError as error:
                voice.fail(str(error))
                unusable += 1
                continue
            print(table_of(checks, guessed=not form), flush=True)
            for one in checks:
                for warning in one.warnings():
                    voice.warn(f"{path}: {one.series.asset}, {warning}")
        if unusable:
            raise typer.Exit(MISTAKE)

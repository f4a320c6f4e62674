"""`jaxrisk data`: look at files before a run reads them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ._columns import Columns, check_columns, pairs_of
from ._exits import MISTAKE, MistakeError, exits
from ._options import Verbose
from ._voice import AbstractVoice, PlainVoice


if TYPE_CHECKING:
    from ..data import Found

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
        typer.Argument(
            metavar="FILE...",
            help="Prices, books, reserves, options, quotes: CSV, JSON or Parquet.",
        ),
    ],
    form: Annotated[
        str,
        typer.Option("--format", help="See docs/data.md; else guessed."),
    ] = "",
    columns: Columns = "",
    verbose: Verbose = False,
) -> None:
    """Say what data files hold, and what is odd about them."""
    voice = PlainVoice()
    with exits(voice, verbose=verbose):
        from ..data import FILE_FORMATS, DataError, read_file

        if form and form not in FILE_FORMATS:
            known = ", ".join(FILE_FORMATS)
            raise MistakeError(f"there is no format '{form}'. Known: {known}.")
        named = pairs_of("--columns", columns)
        check_columns(form, named)
        unusable = 0
        for path in files:
            try:
                found = read_file(path, form, columns=named)
            except DataError as error:
                voice.fail(str(error))
                unusable += 1
                continue
            _tell(found, voice, guessed=not form)
        if unusable:
            raise typer.Exit(MISTAKE)


@data.command(
    epilog="Example: jaxrisk data reserves getReservesData.json --reserves WETH,USDC"
)
def reserves(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Reserve parameters: JSON.")
    ],
    symbols: Annotated[
        str,
        typer.Option("--reserves", metavar="A,B", help="Which ones; else all active."),
    ] = "",
    market: Annotated[str, typer.Option(help="Name of the market.")] = "aave_v3",
    e_modes: Annotated[
        str, typer.Option(metavar="ID=NAME,...", help="Names of e-modes.")
    ] = "",
    form: Annotated[
        str, typer.Option("--format", help="See docs/data.md; else guessed.")
    ] = "",
    verbose: Verbose = False,
) -> None:
    """Print the sections `assets` and `markets` of a config, as YAML."""
    voice = PlainVoice()
    with exits(voice, verbose=verbose):
        from ..config import yaml_text
        from ..data import (
            RESERVE_FORMATS,
            chosen_reserves,
            config_sections,
            read_reserves,
        )

        if form and form not in RESERVE_FORMATS:
            known = ", ".join(RESERVE_FORMATS)
            raise MistakeError(f"there is no format '{form}'. Known: {known}.")
        wanted = [name.strip() for name in symbols.split(",") if name.strip()]
        chosen = chosen_reserves(read_reserves(file, form), wanted)
        names = pairs_of("--e-modes", e_modes)
        sections = config_sections(chosen, wanted, market=market, e_modes=names)
        for note in chosen.notes:
            voice.warn(f"{file}: {note}")
        print(yaml_text(sections), end="", flush=True)


def _tell(found: "Found", voice: AbstractVoice, *, guessed: bool) -> None:
    """What is in a file on stdout, and what is odd about it on stderr."""
    from ..data import Positions, PriceSeries, Reserves, check_prices
    from ..data.books import warnings_of
    from ._data_table import table_of, table_of_quotes
    from ._position_table import table_of_positions
    from ._reserve_table import table_of_reserves

    warnings: list[str] = []
    if isinstance(found, Positions):
        table = table_of_positions(found, guessed=guessed)
        warnings += [f"{found.origin.path}: {one}" for one in warnings_of(found)]
    elif isinstance(found, Reserves):
        table = table_of_reserves(found, guessed=guessed)
        warnings += [f"{found.path}: {note}" for note in found.notes]
    elif checks := [check_prices(one) for one in found if isinstance(one, PriceSeries)]:
        table = table_of(checks, guessed=guessed)
        for check in checks:
            start = f"{check.series.source.path}: {check.series.asset}, "
            warnings += [start + one for one in check.warnings()]
    else:
        quotes = [one for one in found if not isinstance(one, PriceSeries)]
        table = table_of_quotes(quotes, guessed=guessed)
    print(table, flush=True)
    for warning in warnings:
        voice.warn(warning)

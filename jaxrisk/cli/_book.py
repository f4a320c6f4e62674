"""`jaxrisk book`: commands on books."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._columns import Columns, check_columns, pairs_of
from ._exits import MistakeError, exits
from ._options import ConfigFile, LogJson, Quiet, Seed, Settings, Verbose
from ._publish import published
from ._voice import heard, voice


if TYPE_CHECKING:
    from ..config import Config
    from ..run import Model

SUFFIXES = (".csv.gz", ".csv")

book = typer.Typer(
    name="book", help="Commands on books.", no_args_is_help=True, rich_markup_mode=None
)


@book.command(
    epilog="Example: jaxrisk book compress configs/aave_v3_ethereum.yaml --cohorts 384"
    " --out cohorts.csv.gz"
)
def compress(
    config: ConfigFile,
    cohorts: Annotated[int, typer.Option(min=1, help="Most rows of borrowers.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Book to write: .csv or .csv.gz.")
    ],
    file: Annotated[
        Path | None,
        typer.Option("--book", metavar="FILE", help="A book instead of the config's."),
    ] = None,
    check_paths: Annotated[
        int | None,
        typer.Option(
            min=0, help="Paths to run with every account; 0: none; the config's."
        ),
    ] = None,
    paths: Annotated[
        int | None, typer.Option(min=1, help="Paths to find the worst among.")
    ] = None,
    seed: Seed = None,
    settings: Settings = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Write a book as cohorts, and beside it what they keep and what they miss."""
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose), heard(speaker.warn):
        from ._backend import start_backend

        start_backend(verbose=verbose)
        from ..config import load
        from ..run import compression_facts, prepare

        stem = _stem(out)
        changes = _changes(cohorts, file, check_paths, paths, seed)
        loaded = load(config, [*(settings or []), *changes])
        source = _source(loaded, out)
        model = prepare(loaded)
        with speaker.progress() as progress:
            facts = compression_facts(model, progress=progress)
        _write(model, facts, source, out, f"{stem}.json")
        print(_told(facts), flush=True)
        speaker.say(f"In {out.parent}: {out.name}, {stem}.json.")


@book.command(
    "import",
    epilog="Example: jaxrisk book import userReserves.json --out book.csv.gz",
)
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Positions: CSV or JSON.")
    ],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Book to write: .csv or .csv.gz.")
    ],
    form: Annotated[
        str, typer.Option("--format", help="See docs/books.md; else guessed.")
    ] = "",
    columns: Columns = "",
    market: Annotated[str, typer.Option(help="Name of the market; else guessed.")] = "",
    e_modes: Annotated[
        str, typer.Option(metavar="ID=NAME,...", help="Names of e-modes.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    log_json: LogJson = False,
) -> None:
    """Write the positions of an indexer, a query or an analyst as a book."""
    speaker = voice(quiet=quiet, as_json=log_json)
    with exits(speaker, verbose=verbose), heard(speaker.warn):
        from ..data import BOOK_FORMATS, read_positions, write_book
        from ..data.books import warnings_of
        from ._position_table import table_of_positions

        _stem(out)
        if form and form not in BOOK_FORMATS:
            known = ", ".join(BOOK_FORMATS)
            raise MistakeError(f"there is no book format '{form}'. Known: {known}.")
        if out.resolve() == file.resolve() or (out.exists() and not force):
            raise MistakeError(
                f"--out {out} is there already. Choose another name, or --force."
            )
        named = pairs_of("--columns", columns)
        check_columns(form, named)
        positions = read_positions(
            file,
            form,
            market=market,
            columns=named,
            e_modes=pairs_of("--e-modes", e_modes),
        )
        if positions.origin.format == "jaxrisk":
            raise MistakeError(f"{file} is a book of this package. Use it as it is.")
        comment = f"From {file.name}, {positions.origin.about}."
        with published(out.parent) as partial:
            write_book(
                partial / out.name,
                positions.book(),
                layout=positions.layout,
                comments=[comment],
            )
        for warning in warnings_of(positions):
            speaker.warn(f"{file}: {warning}")
        print(table_of_positions(positions, guessed=not form), flush=True)
        speaker.say(f"In {out.parent}: {out.name}.")


def _stem(out: Path) -> str:
    """Name of a book file without its ending."""
    for suffix in SUFFIXES:
        if out.name.endswith(suffix) and out.name != suffix:
            return out.name.removesuffix(suffix)
    raise MistakeError(f"--out {out}: a book file ends in .csv or .csv.gz; rename it.")


def _changes(
    cohorts: int,
    file: Path | None,
    check_paths: int | None,
    paths: int | None,
    seed: int | None,
) -> list[str]:
    """What the options change in the config."""
    own = {
        "book.cohorts": cohorts,
        "run.cohort_check_paths": check_paths,
        "run.paths": paths,
        "run.seed": seed,
    }
    changes = [f"{name}={value}" for name, value in own.items() if value is not None]
    if file is not None:
        changes += ["book.accounts=null", f"book.file={json.dumps(str(file))}"]
    return changes


def _source(config: "Config", out: Path) -> Path | None:
    """The file that the book is read from, which must not be the one written."""
    if config.book.file is None:
        return None
    source = config.folder / config.book.file
    if source.resolve() == out.resolve():
        raise MistakeError(
            f"--out {out} is the book itself; cohorts do not give it back. Choose"
            " another name."
        )
    return source


def _write(
    model: "Model", facts: dict[str, Any], source: Path | None, out: Path, beside: str
) -> None:
    """The book and its facts, or nothing."""
    from ..config import layout_of
    from ..data import says_synthetic, write_book
    from ..run import file_facts

    made_up = source is not None and says_synthetic(source)
    first = "SYNTHETIC: cohorts" if made_up else "Cohorts"
    comment = f"{first} of a book of {facts['rows_of_full_book']} rows; see {beside}."
    layout = layout_of(model.config)
    with published(out.parent) as partial:
        write_book(partial / out.name, model.book, layout=layout, comments=[comment])
        files = {"book": {"file": out.name, **file_facts(partial / out.name)}}
        if source is not None:
            files["full_book"] = {"file": source.name, **file_facts(source)}
        text = json.dumps(files | facts, indent=2, allow_nan=False)
        (partial / beside).write_text(text + "\n", encoding="utf-8")


def _told(facts: dict[str, Any]) -> str:
    """The facts in a few lines."""
    profile = dict(facts["profile"])
    together = profile.pop("together")
    name, worst = max(profile.items(), key=lambda item: abs(item[1]["largest_error"]))
    lines = [
        f"{facts['rows_of_full_book']:,} rows as {facts['rows']:,}, of which"
        f" {facts['single_accounts']:,} are single accounts; totals by reserve equal.",
        "liquidation profile, largest error for falls up to 60 %: all together"
        f" {_percent(together)}, {name} alone {_percent(worst)}",
    ]
    check = facts["check"]
    if check is None:
        return "\n".join([*lines, "error on simulated losses: not measured"])
    count = check["paths_with_every_account"]
    lines += [f"against every account on {count:,} paths (± one standard error):"]
    for measure in ("liquidations", "bad_debt", "es99"):
        lines += [f"  {measure.replace('_', ' '):13} {_checked(check[measure])}"]
    return "\n".join(lines)


def _percent(error: dict[str, float]) -> str:
    return f"{100 * error['largest_error']:+.2f} % (at {100 * error['at_drop']:.0f} %)"


def _checked(error: dict[str, float | None] | None) -> str:
    value, spread = ((error or {}).get(k) for k in ("relative_error", "standard_error"))
    if value is None or spread is None:
        return "not measured: too few of these paths lose"
    return f"{100 * value:+.2f} ± {100 * spread:.2f} %"

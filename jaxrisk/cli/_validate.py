"""`jaxrisk validate`."""

import json
import sys
from typing import Annotated

import typer

from ._exits import FAILED, MistakeError, exits
from ._options import Verbose
from ._voice import PlainVoice


def validate(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]...", help="Such as V3; all without any."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Rows as JSON.")] = False,
    list_them: Annotated[bool, typer.Option("--list", help="Name the cases.")] = False,
    verbose: Verbose = False,
) -> None:
    """Compare known numbers with what this package computes."""
    voice = PlainVoice()
    with exits(voice, verbose=verbose):
        from .. import validate as validation
        from ._backend import start_backend

        chosen = _known(cases or [])
        if list_them:
            print("\n".join(f"{name:4} {_about(name)}" for name in chosen))
            return
        start_backend(verbose=verbose)
        rows = []
        for name in chosen:
            if sys.stderr.isatty():
                voice.say(f"{name}: {_about(name)} ...")
            rows += validation.run_cases([name])
        if as_json:
            print(json.dumps(validation.as_records(rows), indent=2))
        else:
            print(validation.format_rows(rows))
        if any(row.failed for row in rows):
            raise typer.Exit(FAILED)


def _known(names: list[str]) -> list[str]:
    """The cases that are meant, in the order of the table; all without any."""
    from ..validate import CASES, run_cases

    wanted = {name.upper() for name in names} or set(CASES)
    if not wanted <= set(CASES):
        # Names are checked before anything runs; the message knows the nearest case.
        try:
            run_cases(names)
        except ValueError as error:
            raise MistakeError(str(error)) from None
    return [name for name in CASES if name in wanted]


def _about(name: str) -> str:
    from ..validate import CASES

    return CASES[name].description

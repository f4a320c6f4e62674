"""Options that are pairs: `--columns account=borrower,amount=token_amount`."""

from typing import Annotated, TypeAlias

import typer

from ._exits import MistakeError


Columns: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="FIELD=COLUMN,...", help="Columns of a CSV with names of their own."
    ),
]


def pairs_of(option: str, text: str) -> dict[str, str]:
    """The pairs of an option.

    Raises:
        MistakeError: If a part is no pair, or a name is there twice.
    """
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, separator, value = (word.strip() for word in part.partition("="))
        if not (name and separator and value):
            raise MistakeError(f"{option}: '{part}' is no pair. Write NAME=VALUE.")
        if name in pairs:
            raise MistakeError(f"{option}: '{name}' is there twice. Leave one out.")
        pairs[name] = value
    return pairs


def check_columns(form: str, columns: dict[str, str]) -> None:
    """Refuse fields that no book has.

    Raises:
        MistakeError: With the nearest field that exists.
    """
    from ..data.books import BOOK_FORMATS, Wishes, check_wishes

    try:
        check_wishes(form if form in BOOK_FORMATS else "", Wishes(columns=columns))
    except ValueError as error:
        raise MistakeError(f"--columns: {error}") from None

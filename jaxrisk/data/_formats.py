"""Formats of files: what each can do, and which one a file is of."""

import abc
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from ._content import Content, Kind
from ._errors import DataError, Fault, suggest


_logger = logging.getLogger(__name__)


class AbstractFormat(abc.ABC):
    """A layout of files that some vendor or tool writes.

    Attributes:
        name: What `format=` takes.
        about: Whose files these are, for messages.
    """

    name: str
    about: str

    @abc.abstractmethod
    def recognizes(self, content: Content) -> bool:
        """Whether a file looks like this format."""


Format = TypeVar("Format", bound=AbstractFormat)


def opened(
    path: Path,
    format: str,
    formats: Mapping[str, Format],
    what: str,
    *,
    otherwise: str = "",
) -> tuple[Content, Format]:
    """A file and its format.

    Args:
        path: The file.
        format: A name of `formats`; if empty, the content tells, and the guess is
            logged.
        formats: Those that it may be of, in the order in which they are tried.
        what: What they hold, for messages: `price`.
        otherwise: What to do with a file of none of them, as the end of a sentence.

    Raises:
        DataError: If the file cannot be read, or looks like none of the formats.
        ValueError: If there is no such format.
    """
    check_format(format, formats, what)
    content = Content(path)
    if format:
        return content, formats[format]
    known = recognized(content, formats)
    if known is None:
        raise unknown_file(content, f"{what} file", formats, otherwise)
    log_guess(content, known.name, known.about)
    return content, known


def check_format(format: str, formats: Iterable[str], what: str) -> None:
    """Refuse a name that no format has; none at all is fine.

    Raises:
        ValueError: With the nearest name that exists.
    """
    if format and format not in (known := list(formats)):
        raise ValueError(
            f"there is no {what} format '{format}'. {suggest(format, known)}"
        )


def recognized(content: Content, formats: Mapping[str, Format]) -> Format | None:
    """The first format that a file looks like, if any."""
    return next((one for one in formats.values() if one.recognizes(content)), None)


def log_guess(content: Content, name: str, about: str) -> None:
    """Say which format a file was taken for."""
    _logger.info("%s: read as %s, %s", content.path, name, about)


def unknown_file(
    content: Content, what: str, formats: Iterable[str], otherwise: str = ""
) -> DataError:
    """The error of a file that looks like none of the formats.

    Args:
        content: The file.
        what: What was looked for: `price file`.
        formats: Names of all that were tried.
        otherwise: What else to do, as the end of a sentence.
    """
    document = content.document if content.kind is Kind.JSON else None
    if isinstance(document, dict) and document.get("errors"):
        problem = f"is an answer with errors: {str(document['errors'])[:200]}."
        return DataError(content.path, [Fault(0, "", problem, "Repeat the query.")])
    start = " ".join(content.raw[:60].decode(errors="replace").split())
    problem = f"no known {what} starts with '{start}'."
    remedy = f"Name its format if it is one of {', '.join(formats)}{otherwise}."
    return DataError(content.path, [Fault(0, "", problem, remedy)])

"""What is wrong with a config, said so that it can be mended."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file; line 0 is a source without lines, such as an option."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True)
class Fault:
    """One fault of a config.

    Attributes:
        mark: Where it is.
        field: Dotted path of the field; empty for the file.
        reason: Why it cannot be; then, after a semicolon, what to do.
        got: What was given; empty where nothing was.
    """

    mark: Mark
    field: str
    reason: str
    got: str = ""

    def __str__(self) -> str:
        got = f"got {self.got}" if self.got else ""
        return ": ".join(filter(None, (str(self.mark), self.field, got, self.reason)))


class ConfigError(ValueError):
    """A config cannot be used; the message lists all of its faults, one a line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def shown(value: object) -> str:
    """`value` as a user would write it, cut to a few words."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def did_you_mean(name: object, known: Sequence[str]) -> str:
    """A remedy for an unknown name: the nearest known one, and all of them."""
    text = str(name)
    lower = {other.lower(): other for other in known}
    near = difflib.get_close_matches(text.lower(), lower, n=1, cutoff=0.6)
    guess = f"did you mean {lower[near[0]]}? " if near else ""
    listed = ", ".join(known) if known else "none"
    return f"{guess}known: {listed}"

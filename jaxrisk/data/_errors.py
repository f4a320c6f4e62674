"""What is wrong with a data file, said so that it can be mended."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


SHOWN = 20  # faults printed; the rest are counted


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a file.

    Attributes:
        line: Line of the file, from 1; 0 if the fault is of the whole file.
        column: Name of the column; empty if the fault is of the whole line.
        problem: What was given and why it cannot be.
        remedy: What to do about it.
    """

    line: int
    column: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        column = f"column '{self.column}'" if self.column else ""
        where = ", ".join(part for part in (line, column) if part)
        return f"{where}: {self.problem} {self.remedy}".removeprefix(": ")


class DataError(ValueError):
    """A data file cannot be used; the message lists every fault found in it."""

    def __init__(self, path: Path, faults: Iterable[Fault]) -> None:
        self.path = path
        self.faults = tuple(sorted(faults, key=lambda fault: fault.line))
        shown = [f"{path}: {fault}" for fault in self.faults[:SHOWN]]
        hidden = len(self.faults) - len(shown)
        if hidden:
            shown.append(f"{path}: and {hidden:,} more faults like these.")
        super().__init__("\n".join(shown))


def suggest(name: str, known: Iterable[str]) -> str:
    """A remedy for an unknown name: the nearest known one, or all of them."""
    known = sorted(set(known))
    folded = {other.casefold(): other for other in known}
    near = difflib.get_close_matches(name.casefold(), folded, n=1)
    if near:
        return f"Did you mean '{folded[near[0]]}'?"
    return f"Known: {', '.join(known) or 'none'}."

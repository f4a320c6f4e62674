"""What must hold of all rows of a file together."""

import re

import numpy as np

from .._errors import Fault
from ._batch import place_in
from ._entries import SUPPLY, Entries
from ._positions import COLLATERAL, Origin


UNUSED = re.compile(r'[,"#\n\r]')  # in names: a book file could not hold them


def check_names(entries: Entries, origin: Origin, faults: list[Fault]) -> None:
    """Names must be there, and fit into a book file."""
    reserves = [place.reserve for place in entries.place]
    kinds = (
        ("account", entries.name, entries.owner),
        ("reserve", reserves, entries.where),
    )
    for column, names, index in kinds:
        if all(names) and not UNUSED.search("".join(names)):
            continue
        for number, name in enumerate(names):
            if name and not UNUSED.search(name):
                continue
            first = int(entries.row[np.argmax(index == number)])
            line, where = place_in(origin.at, first, column)
            problem = f"'{name}' has a comma, quote or '#'." if name else "is empty."
            remedy = "Rename it." if name else f"Give the name of the {column}."
            faults.append(Fault(line, where, problem, remedy))


def check_modes(entries: Entries, origin: Origin, faults: list[Fault]) -> None:
    """All rows of an account must be in one e-mode."""
    modes = list(dict.fromkeys(place.e_mode for place in entries.place))
    code = np.array([modes.index(place.e_mode) for place in entries.place], np.int64)
    mode = code[entries.where]
    first = np.full(len(entries.name), entries.owner.size)
    np.minimum.at(first, entries.owner, np.arange(entries.owner.size))
    first = first[entries.owner]
    for row in np.flatnonzero(mode != mode[first]):
        line, column = place_in(origin.at, int(entries.row[row]), "e_mode")
        problem = (
            f"account '{entries.name[entries.owner[row]]}' is in e-mode "
            f"'{modes[mode[row]]}' here, and in '{modes[mode[first[row]]]}' before."
        )
        remedy = "An account is in one e-mode; use one everywhere."
        faults.append(Fault(line, column, problem, remedy))


def check_flags(entries: Entries, origin: Origin, faults: list[Fault]) -> None:
    """A supply is collateral or it is not: a record each would be two supplies."""
    filled = entries.taken(entries.amount > 0)
    owner = filled.balance(flags=False)
    idle, used = (np.flatnonzero(filled.on(side)) for side in (SUPPLY, COLLATERAL))
    _, *first = np.intersect1d(owner[idle], owner[used], return_indices=True)
    for row, other in zip(idle[first[0]], used[first[1]], strict=True):
        at, there = place_in(origin.at, int(filled.row[other]), "")
        line, column = place_in(origin.at, int(filled.row[row]), "")
        problem = (
            f"account '{filled.name[filled.owner[row]]}' has this supply of "
            f"{filled.place[filled.where[row]].reserve} as collateral in "
            f"{f'line {at}' if at else there}, and not here."
        )
        remedy = "Keep one of the rows; of several positions, ask for the id of each."
        faults.append(Fault(line, column, problem, remedy))

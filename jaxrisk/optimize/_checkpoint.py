"""What a stopped search leaves: its states, and the best point so far."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from ..output import OutputError
from ._pose import Posed
from ._solve import best_so_far
from ._state import SearchState


CHECKPOINT, BEST, RESULT, TABLE = (
    "checkpoint.json",
    "best.json",
    "result.json",
    "result.txt",
)


def restored(folder: Path, key: str) -> tuple[SearchState, ...]:
    """States of an earlier search of the same question; none without one.

    Raises:
        OutputError: There is one of another question, or it cannot be read.
    """
    path = folder / CHECKPOINT
    if not path.exists():
        return ()
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        known, states = facts["key"], facts["states"]
        found = tuple(SearchState.of(each) for each in states)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"{path} cannot be read ({error}); remove it to start anew."
        ) from error
    if known != key:
        raise OutputError(
            f"{folder} holds the search of another config or seed; give another --out,"
            f" or remove {path}."
        )
    return found


def keep_states(
    folder: Path, key: str, posed: Posed, states: Sequence[SearchState]
) -> None:
    """Write the states and the best point so far, each file in whole or not at all.

    Raises:
        OutputError: They cannot be written.
    """
    whole = json.dumps({"key": key, "states": [state.text() for state in states]})
    write(folder / CHECKPOINT, whole)
    problem = posed.problem
    best = best_so_far(problem, states[: posed.section.starts])
    if best is not None:
        names = problem.domain.names
        facts = {
            "note": "best of the iterations so far, in sample: not re-evaluated",
            "parameters": dict(zip(names, best.point, strict=True)),
            "terms": best.value,
            "errors": best.error,
            "paths": best.paths,
        }
        write(folder / BEST, json.dumps(facts, indent=1))


def write(path: Path, text: str) -> None:
    """All of a file or nothing of it.

    Raises:
        OutputError: It cannot be written.
    """
    partial = path.with_name(f".partial-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(
            f"Writing {path} failed ({error.strerror or error}). Make room, or choose"
            " another place, and run again: it goes on from the last iteration."
        ) from error

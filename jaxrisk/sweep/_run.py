"""A sweep: what is missing in its store is computed, by this process or by others."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ..engine import workers
from ..output import OutputError
from ._claims import Claims
from ._identity import Examined, examined, facts_of, refuse_another, stored
from ._plan import Plan
from ._schema import FAILED
from ._store import Store, read
from ._task import Done, Worker
from ._template import setting_bytes


PAUSE = 0.5
"""Time until a task that another process has is looked at again [s]."""

Engine: TypeAlias = Callable[[Sequence[int]], Iterator[Done | None]]
"""From tasks to what became of them, in any order; None for one that another has."""

Opened: TypeAlias = Callable[[Store], AbstractContextManager[Engine]]


@dataclass(frozen=True)
class Swept:
    """What a sweep has come to.

    Attributes:
        folder: The store.
        plan: What it holds.
        settings: How many.
        failed: How many of them have an error instead of numbers.
        computed: How many were computed now.
        error: That of the first failed one; empty if there is none.
    """

    folder: Path
    plan: Plan
    settings: int
    failed: int
    computed: int
    error: str


Heard: TypeAlias = Callable[[Done], None]


def opened(plan: Plan, folder: Path) -> tuple[Store, Examined]:
    """The store of a sweep: the one that is there, or a new one.

    Raises:
        ConfigError: If no setting can be.
        OutputError: If the place holds something else, or cannot take a store.
    """
    seen = examined(plan)
    if folder.exists():
        refuse_another(folder, plan, seen.inputs)
    else:
        _check_room(plan, seen, folder)
        Store.create(folder, plan, seen.axes, facts_of(plan, seen))
        refuse_another(folder, plan, seen.inputs)
    # What is there keeps its chunks, whatever a design says now.
    return Store(folder, stored(folder)[0]), seen


def sweep(
    store: Store, *, engine: Opened | None = None, heard: Heard = lambda _: None
) -> Swept:
    """Compute what is missing in a store.

    Args:
        store: From `opened`.
        engine: Who computes; this process on all of its devices if not given.
        heard: Called with every task that is done.

    Raises:
        OutputError: If the disk is full, or does not allow it.
    """
    missing = [k for k in range(store.plan.tiles.tasks) if not store.is_done(k)]
    computed = 0
    if missing:
        with (engine or in_process)(store) as compute:
            while missing:
                before = len(missing)
                for done in compute(tuple(missing)):
                    if done is not None:
                        missing.remove(done.task)
                        computed += done.settings
                        heard(done)
                if len(missing) == before:
                    time.sleep(PAUSE)
                # Those that another process had may be done by now.
                missing = [task for task in missing if not store.is_done(task)]
    Claims(store.folder).clear()
    failed, error = failures(store.folder)
    settings = store.plan.settings
    return Swept(store.folder, store.plan, settings, failed, computed, error)


@contextmanager
def in_process(store: Store) -> Iterator[Engine]:
    """This process, with all of its devices."""
    _, axes, _ = stored(store.folder)
    worker = Worker(store.plan, axes, workers())

    def compute(tasks: Sequence[int]) -> Iterator[Done | None]:
        for task in tasks:
            yield done_once(store, worker, task)

    yield compute


def done_once(store: Store, worker: Worker, task: int) -> Done | None:
    """Compute and store a task; None if another process is at it."""
    with Claims(store.folder).held(task) as own:
        if not own:
            return None
        if store.is_done(task):
            settings = len(store.plan.tiles.settings(task))
            return Done(task, settings, 0, 0, 0.0)
        done, entries = worker.compute(task)
        store.write(task, entries)
        return done


def failures(folder: Path) -> tuple[int, str]:
    """How many settings of a store failed, and the error of the first."""
    state = read(folder, "state")
    failed = int(np.count_nonzero(state == FAILED))
    if not failed:
        return 0, ""
    return failed, str(read(folder, "error")[state == FAILED][0])


def _check_room(plan: Plan, seen: Examined, folder: Path) -> None:
    """Refuse a disk that is too small, before anything is computed."""
    parents = [path for path in folder.absolute().parents if path.exists()]
    needed = plan.settings * setting_bytes(plan, seen.axes)
    free = shutil.disk_usage(parents[0]).free
    if free < needed:
        raise OutputError(
            f"The store takes up to {needed / 1e6:,.0f} MB, and {parents[0]} has"
            f" {free / 1e6:,.0f} MB free. Make room, or choose another place with"
            " --out."
        )

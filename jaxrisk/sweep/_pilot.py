"""What a sweep will take, from one task that is run and thrown away."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import jax
import numpy as np

from ..engine import workers
from ..run._clock import Stopwatch
from ..run._devices import device_name
from ._identity import Examined, examined, facts_of
from ._models import Books, structure_of, system_of
from ._plan import Plan
from ._store import Store
from ._task import Worker


LOOKED_AT = 64
"""Settings whose structure is looked at, at most; of every combination of what is no
number at least one."""


@dataclass(frozen=True)
class SweepPilot:
    """What one task took.

    Attributes:
        settings: Of the sweep.
        refused: Of them, those that no config can have.
        tasks: Of the sweep.
        groups: Structures among settings: each is compiled once by every worker.
        all_seen: Whether every setting was looked at for that.
        task_settings: Settings of the task.
        task_seconds: Computing and storing it.
        compile_seconds: Tracing and compiling one structure.
        disk_bytes: Of the whole store.
        device: In words.
        devices: How many a worker like this one uses.
    """

    settings: int
    refused: int
    tasks: int
    groups: int
    all_seen: bool
    task_settings: int
    task_seconds: float
    compile_seconds: float
    disk_bytes: int
    device: str
    devices: int

    def seconds(self, count: int) -> float:
        """Time that so many workers like this one take [s]."""
        rounds = -(-self.tasks // count)
        share = min(rounds * self.task_settings, self.settings)
        computing = share * self.task_seconds / self.task_settings
        return self.groups * self.compile_seconds + computing


def sweep_pilot(plan: Plan) -> SweepPilot:
    """Run the first task twice: once to compile, once to measure.

    Raises:
        ConfigError: If no setting can be.
    """
    seen = examined(plan)
    groups, every = _groups(plan)
    worker = Worker(plan, seen.axes, workers())
    watch = Stopwatch()
    worker.compute(0)
    _, compiling = watch.read()
    started = time.perf_counter()
    done, entries = worker.compute(0)
    disk = _stored_bytes(plan, seen, entries)
    elapsed = time.perf_counter() - started
    return SweepPilot(
        settings=plan.settings,
        refused=seen.refused,
        tasks=plan.tiles.tasks,
        groups=groups,
        all_seen=every,
        task_settings=done.settings,
        task_seconds=elapsed,
        compile_seconds=compiling,
        disk_bytes=disk,
        device=device_name(),
        devices=len(jax.local_devices()),
    )


def _stored_bytes(plan: Plan, seen: Examined, entries: dict[str, np.ndarray]) -> int:
    """Size of the store once all of it is as large as its first task."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "pilot.zarr"
        store = Store.create(place, plan, seen.axes, facts_of(plan, seen))
        before = _size(place)
        store.write(0, entries)
        return before + (_size(place) - before) * plan.tiles.tasks


def _size(folder: Path) -> int:
    # A file takes whole blocks of a disk.
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    return sum(-(-size // 4096) * 4096 for size in sizes)


def _groups(plan: Plan) -> tuple[int, bool]:
    """How many structures there are among some settings, and whether these are all."""
    columns = [
        column
        for column in plan.columns.values()
        if not all(isinstance(value, float) for value in column)
    ]
    kinds = {
        repr([column[setting] for column in columns]): setting
        for setting in range(plan.settings)
    }
    spread = np.linspace(0, plan.settings - 1, LOOKED_AT).astype(int).tolist()
    chosen = sorted({*list(kinds.values())[:LOOKED_AT], *spread})
    books, found = Books(plan), set()
    for setting in chosen:
        changes = plan.changes(setting)
        try:
            config = plan.config(setting)
            found.add(structure_of(system_of(config, books.of(config, changes))))
        except (ValueError, ArithmeticError):
            continue
    return len(found), len(chosen) == plan.settings

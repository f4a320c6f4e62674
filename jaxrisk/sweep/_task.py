"""One task: some settings, from configs to chunks."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..config import Config
from ..engine._places import Device
from ..risk import Axes
from ..run._model import axes_of
from ._launch import Job, Launcher
from ._measure import Entries, Measured, compared, measured
from ._models import Books, capital_efficiency, system_of
from ._plan import Plan
from ._schema import DONE, FAILED, LABELED, SCHEMA, rows_of
from ._template import variables


@dataclass(frozen=True)
class Done:
    """What became of a task.

    Attributes:
        task: Its number.
        settings: How many it has.
        failed: How many of them failed.
        paths: Paths simulated, those of failed settings left out.
        seconds: That it took.
        error: Of the first that failed; empty if none did.
    """

    task: int
    settings: int
    failed: int
    paths: int
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class _Setting:
    number: int
    config: Config
    axes: Axes
    efficiency: np.ndarray


class Worker:
    """Computes tasks of one sweep; what tasks share is made once."""

    def __init__(self, plan: Plan, axes: Axes, places: Sequence[Device]) -> None:
        """Args: the sweep; rows that any setting has; where to run."""
        self.plan, self._axes = plan, axes
        self._books = Books(plan)
        self._launcher = Launcher(places, paths=plan.paths)
        self._variables = variables(plan, axes)
        self._base: Measured | None = None

    def compute(self, task: int) -> tuple[Done, Entries]:
        """Simulate the settings of a task.

        Returns:
            What became of it, and its variables, [setting ...].
        """
        started = time.perf_counter()
        settings = self.plan.tiles.settings(task)
        base = self.base()
        rows = {number: row for row, number in enumerate(settings)}
        errors: dict[int, str] = {}
        known: dict[int, _Setting] = {}
        entries = self._blank(len(settings))
        jobs = self._jobs(settings, known, errors)
        for job, outcome in self._launcher.run(jobs, expected=len(settings)):
            setting = known.pop(job.setting)
            found = measured(setting.config, setting.axes, outcome)
            if found.error:
                errors[job.setting] = found.error
            else:
                more = compared(found, base)
                efficiency = {"capital_efficiency": setting.efficiency}
                row = rows[job.setting]
                self._put(entries, row, setting.axes, found.entries | more | efficiency)
        for number, row in rows.items():
            entries["state"][row] = FAILED if number in errors else DONE
            entries["error"][row] = errors.get(number, "")
        good = len(settings) - len(errors)
        seconds = time.perf_counter() - started
        error = errors[min(errors)] if errors else ""
        counts = (len(settings), len(errors), good * self.plan.paths)
        return Done(task, *counts, seconds, error), entries

    def base(self) -> Measured:
        """The config that settings are compared with, simulated once."""
        if self._base is None:
            config = self.plan.base
            book = self._books.of(config, {})
            job = Job(-1, system_of(config, book), self.plan.seed)
            ((_, outcome),) = self._launcher.run([job], expected=1)
            self._base = measured(config, axes_of(config), outcome)
        return self._base

    def _jobs(
        self, settings: list[int], known: dict[int, _Setting], errors: dict[int, str]
    ) -> Iterator[Job]:
        """Systems one by one; a setting that cannot be is noted, and passed over."""
        for number in settings:
            changes = self.plan.changes(number)
            try:
                config = self.plan.variants(changes)
                book = self._books.of(config, changes)
                system = system_of(config, book)
            except (ValueError, ArithmeticError) as error:
                errors[number] = str(error)
                continue
            axes = axes_of(config)
            efficiency = capital_efficiency(config, book, axes)
            known[number] = _Setting(number, config, axes, efficiency)
            yield Job(number, system, self.plan.seed_of(number))

    def _blank(self, settings: int) -> Entries:
        blank = {
            name: np.full((settings, *shape), np.nan)
            for name, (_, shape) in self._variables.items()
        }
        texts = np.full(settings, "", np.dtypes.StringDType())
        return blank | {"state": np.zeros(settings, np.int8), "error": texts}

    def _put(
        self, entries: Entries, row: int, axes: Axes, found: Mapping[str, np.ndarray]
    ) -> None:
        """Numbers of a setting in their places: its rows may be fewer than all."""
        if all(rows_of(self._axes, dim) == rows_of(axes, dim) for dim in LABELED):
            for name, values in found.items():
                entries[name][row] = values
            return
        for name, values in found.items():
            places = [
                [rows_of(self._axes, dim).index(label) for label in rows_of(axes, dim)]
                if dim in LABELED
                else range(size)
                for dim, size in zip(SCHEMA[name].dims, values.shape, strict=True)
            ]
            entries[name][(row, *np.ix_(*places))] = values

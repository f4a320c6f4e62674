"""Progress bars: one a stage, with paths a second and the time left."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ._pace import Pace


if TYPE_CHECKING:
    from ..run import Progress as Listener
    from ..run import Stage
    from ._voice import Noted


class _Rate(ProgressColumn):
    """Paths a second, once it is known."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} paths/s" if speed else "compiling")


@contextmanager
def bars() -> "Iterator[Listener]":
    """Draw a bar for each stage on stderr while the context is open."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def listener(stage: "Stage") -> None:
            if stage.name not in tasks:
                tasks[stage.name] = progress.add_task(stage.name, total=stage.total)
            progress.update(tasks[stage.name], completed=stage.done)

        yield listener


@contextmanager
def sweep_bar(*, total: int, before: int) -> "Iterator[Noted]":
    """Draw one bar for a sweep on stderr while the context is open."""
    columns = (
        TextColumn("settings"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    pace = Pace(total, before)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("compiling", total=total, completed=before)

        def noted(*, settings: int, failed: int, paths: int) -> None:
            pace.add(settings=settings, failed=failed, paths=paths)
            progress.update(task, completed=pace.done, description=_told(pace))

        yield noted


def _told(pace: Pace) -> str:
    left = pace.seconds_left or 0.0
    rates = f"{pace.settings_per_second:,.1f}/s, {pace.paths_per_second:,.0f} paths/s"
    failed = f", {pace.failed:,} failed" if pace.failed else ""
    return f"{rates}{failed}, {left:,.0f} s left"

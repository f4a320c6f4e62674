"""How a command speaks on stderr: to a person, or one JSON object a line."""

import abc
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

from ._pace import Pace


if TYPE_CHECKING:
    from ..run import Progress, Stage


class Noted(Protocol):
    """Hears of a task of a sweep that is done."""

    def __call__(self, *, settings: int, failed: int, paths: int) -> None:
        """Args: settings of the task, those that failed, and paths simulated."""


class AbstractVoice(abc.ABC):
    """Says what happens; results are not its business, they go to stdout."""

    @abc.abstractmethod
    def say(self, text: str) -> None:
        """Tell what was done."""

    @abc.abstractmethod
    def warn(self, text: str) -> None:
        """Tell what should be looked at."""

    @abc.abstractmethod
    def fail(self, text: str) -> None:
        """Tell why the command ends here."""

    @abc.abstractmethod
    def progress(self) -> "AbstractContextManager[Progress]":
        """A listener for the stages of a run, while the context is open."""

    @abc.abstractmethod
    def pace(self, *, total: int, before: int) -> "AbstractContextManager[Noted]":
        """A listener for the tasks of a sweep, while the context is open.

        Args:
            total: Settings of the sweep.
            before: Those that are done already.
        """


class PlainVoice(AbstractVoice):
    """Sentences, and a progress bar where stderr is a terminal."""

    def __init__(self, *, quiet: bool = False) -> None:
        """If `quiet`, tell nothing but warnings and failures."""
        self._quiet = quiet

    def say(self, text: str) -> None:
        """Print a sentence, unless quiet."""
        if not self._quiet:
            _stderr(text)

    def warn(self, text: str) -> None:
        """Print a warning."""
        _stderr(f"warning: {text}")

    def fail(self, text: str) -> None:
        """Print an error."""
        _stderr(f"error: {text}")

    @contextmanager
    def progress(self) -> "Iterator[Progress]":
        """A progress bar; nothing in a pipe."""
        if self._quiet or not sys.stderr.isatty():
            yield _unheard
            return
        from ._bars import bars

        with bars() as listener:
            yield listener

    @contextmanager
    def pace(self, *, total: int, before: int) -> "Iterator[Noted]":
        """A bar with settings, paths, failures and the time left; nothing in a pipe."""
        if self._quiet or not sys.stderr.isatty():
            yield _unnoted
            return
        from ._bars import sweep_bar

        with sweep_bar(total=total, before=before) as noted:
            yield noted


class JsonVoice(AbstractVoice):
    """One JSON object a line, for programs."""

    def say(self, text: str) -> None:
        """Write an `info` event."""
        self._write("info", message=text)

    def warn(self, text: str) -> None:
        """Write a `warning` event."""
        self._write("warning", message=text)

    def fail(self, text: str) -> None:
        """Write an `error` event."""
        self._write("error", message=text)

    @contextmanager
    def progress(self) -> "Iterator[Progress]":
        """Write a `progress` event whenever paths are done."""
        started: dict[str, float] = {}

        def listener(stage: "Stage") -> None:
            now = time.monotonic()
            seconds = now - started.setdefault(stage.name, now)
            self._write(
                "progress",
                stage=stage.name,
                done=stage.done,
                total=stage.total,
                seconds=round(seconds, 3),
                paths_per_second=round(stage.done / seconds, 1) if seconds else None,
            )

        yield listener

    @contextmanager
    def pace(self, *, total: int, before: int) -> "Iterator[Noted]":
        """Write a `progress` event with every task."""
        pace = Pace(total, before)

        def noted(*, settings: int, failed: int, paths: int) -> None:
            pace.add(settings=settings, failed=failed, paths=paths)
            left = pace.seconds_left
            self._write(
                "progress",
                stage="sweep",
                done=pace.done,
                total=pace.total,
                failed=pace.failed,
                seconds=round(pace.seconds, 3),
                scenarios_per_second=round(pace.settings_per_second, 3),
                paths_per_second=round(pace.paths_per_second, 1),
                seconds_left=None if left is None else round(left, 1),
            )

        yield noted

    def _write(self, event: str, **facts: object) -> None:
        _stderr(json.dumps({"event": event, **facts}, ensure_ascii=False))


def voice(*, quiet: bool, as_json: bool) -> AbstractVoice:
    """The voice that the options ask for."""
    return JsonVoice() if as_json else PlainVoice(quiet=quiet)


@contextmanager
def heard(hear: Callable[[str], None]) -> Iterator[None]:
    """Pass on what the library logs, such as the warnings of a config."""
    logger = logging.getLogger("jaxrisk")
    handler = _Handler(hear)
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates


class _Handler(logging.Handler):
    def __init__(self, hear: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._hear = hear

    def emit(self, record: logging.LogRecord) -> None:
        self._hear(record.getMessage())


def unheard(text: str) -> None:
    """Drop what was said."""


def _unheard(stage: "Stage") -> None:
    pass


def _unnoted(*, settings: int, failed: int, paths: int) -> None:
    del settings, failed, paths


def _stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""Ctrl-C and a request to end, as one exception that every cleanup sees."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


SIGNALS = (signal.SIGINT, signal.SIGTERM)
SAME_PRESS = 2.0
"""Seconds in which a second signal is taken for the same one: cleanup goes on."""


class Stopped(KeyboardInterrupt):
    """Somebody asked the command to end."""


class Stop:
    """The signal that came, if one did."""

    def __init__(self) -> None:
        """No signal yet."""
        self.number = 0
        self._at = -float("inf")

    @property
    def code(self) -> int:
        """The exit code that a shell expects: 130 after Ctrl-C."""
        return 128 + (self.number or signal.SIGINT)

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Note the signal and interrupt what runs."""
        now = time.monotonic()
        if now - self._at < SAME_PRESS:
            return
        self.number, self._at = number, now
        raise Stopped


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Turn signals into `Stopped` while the context is open."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        # Python hands signals to the main thread alone.
        yield stop
        return
    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

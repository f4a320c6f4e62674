"""How fast a sweep goes, and when it will be done."""

import time


class Pace:
    """Counts settings and paths as tasks are done."""

    def __init__(self, total: int, before: int) -> None:
        """Args: settings in all, and those that were done before this command."""
        self.total, self.done, self.failed = total, before, 0
        self._before, self._paths = before, 0
        self._started = time.monotonic()

    def add(self, *, settings: int, failed: int, paths: int) -> None:
        """Note a task."""
        self.done += settings
        self.failed += failed
        self._paths += paths

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._started

    @property
    def settings_per_second(self) -> float:
        """Settings of this command alone, compilation included."""
        return (self.done - self._before) / max(self.seconds, 1e-9)

    @property
    def paths_per_second(self) -> float:
        """Paths of this command alone, compilation included."""
        return self._paths / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Until all are done; None while nothing is known."""
        rate = self.settings_per_second
        return (self.total - self.done) / rate if rate else None

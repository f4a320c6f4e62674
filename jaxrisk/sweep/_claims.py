"""Who is at work on a task: files that only one process can create.

A claim saves work, and nothing hangs on it: two processes that compute the same task
write the same chunks. So a claim of a process that has ended, or has not been heard of
for a while, is taken over.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ._store import MARK, refused


BEAT = 15.0
"""Time between signs of life [s]."""

LEASE = 120.0
"""Silence after which a claim counts for nothing [s]."""


class Claims:
    """The claims of a store."""

    def __init__(self, folder: Path) -> None:
        """Args: folder of the store."""
        self._store = folder
        self._folder = folder / MARK / "claims"

    @contextmanager
    def held(self, task: int) -> Iterator[bool]:
        """Whether the task is this process's while the context is open."""
        if not self._take(task):
            yield False
            return
        file, ended = self._file(task), threading.Event()
        beating = threading.Thread(target=_beat, args=(file, ended), daemon=True)
        beating.start()
        try:
            yield True
        finally:
            ended.set()
            file.unlink(missing_ok=True)
            beating.join()

    def _take(self, task: int) -> bool:
        file = self._file(task)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if file.exists() and _is_stale(file):
                file.unlink(missing_ok=True)
            own = {"host": socket.gethostname(), "pid": os.getpid()}
            with file.open("x", encoding="utf-8") as claim:
                json.dump(own, claim)
        except FileExistsError:
            return False
        except OSError as error:
            raise refused(self._store, error) from error
        return True

    def clear(self) -> None:
        """Remove the folder, once there is no claim in it."""
        with suppress(OSError):
            self._folder.rmdir()

    def _file(self, task: int) -> Path:
        return self._folder / f"{task}.json"


def _beat(file: Path, ended: threading.Event) -> None:
    while not ended.wait(BEAT):
        with suppress(OSError):
            os.utime(file)


def _is_stale(file: Path) -> bool:
    try:
        if time.time() - file.stat().st_mtime > LEASE:
            return True
        owner = json.loads(file.read_text(encoding="utf-8"))
        return owner["host"] == socket.gethostname() and not _lives(owner["pid"])
    except (OSError, ValueError, KeyError):
        # Just being written, or gone.
        return False


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

"""Files in an output folder: all of them at once, or none."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ._exits import MistakeError


_PARTIAL = ".partial-"


@contextmanager
def published(folder: Path) -> Iterator[Path]:
    """A folder to write in; what is in it moves to `folder` when the context closes.

    Args:
        folder: Where to; made if it does not exist. Files of the same names in it are
            replaced.

    Raises:
        MistakeError: The disk refused. `folder` is as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=folder))
    except OSError as error:
        raise _refused(folder, error) from error
    try:
        yield partial
        _move(sorted(partial.iterdir()), folder)
    except OSError as error:
        raise _refused(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _move(items: list[Path], folder: Path) -> None:
    for item in items:
        target = folder / item.name
        if target.is_dir():
            target.rename(item.parent / f"replaced-{item.name}")
        item.replace(target)


def _refused(folder: Path, error: OSError) -> MistakeError:
    return MistakeError(
        f"Writing to {folder} failed ({error.strerror or error}). Make room or choose "
        "another folder, and repeat the command."
    )

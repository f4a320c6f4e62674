"""Whether a folder can take a result: asked before a run, and again before writing."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ._errors import OutputError
from ._format import size


RESULT = "result.zarr"
SUMMARY = "summary.json"
MANIFEST = "manifest.json"

IDENTITY = ("config_hash", "seed", "paths")
"""What makes two runs the same run."""


def check_folder(
    directory: Path,
    identity: Mapping[str, object],
    *,
    needed: int = 0,
    force: bool = False,
) -> None:
    """Refuse a folder that cannot, or should not, take a result. Writes nothing.

    Args:
        directory: Where the result should go; need not exist.
        identity: `config_hash`, `seed` and `paths` of the run.
        needed: Room that the result takes [byte].
        force: Take a folder that holds another run.

    Raises:
        OutputError: It is not a folder, may not be written, holds another run or has
            no room.
    """
    nearest = _nearest(directory)
    if not nearest.is_dir():
        raise OutputError(
            f"{nearest} is a file, so {directory} cannot be a folder. "
            "Choose another output folder."
        )
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(
            f"{nearest} may not be written. Choose another output folder, or change "
            "its permissions."
        )
    if not force:
        _refuse_another_run(directory, identity)
    free = shutil.disk_usage(nearest).free
    if free < needed:
        raise OutputError(
            f"The result takes about {size(needed)}, and {directory} has {size(free)} "
            "free. Make room, or choose an output folder on another disk."
        )


def read_manifest(directory: Path) -> dict[str, Any]:
    """The manifest of a finished run.

    Raises:
        OutputError: There is none, or it is cut off.
    """
    file = directory / MANIFEST
    if not directory.is_dir():
        raise OutputError(
            f"{directory} is not a folder. Give the output folder of a run."
        )
    if not file.is_file():
        raise OutputError(
            f"{directory} holds no finished run: {MANIFEST}, which is written last, is "
            "missing. Run again."
        )
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise OutputError(
            f"{file} is cut off or changed ({error}). Run again."
        ) from error
    if not isinstance(manifest, dict):
        raise OutputError(f"{file} is not a manifest of jaxrisk. Run again.")
    return manifest


def held_run(directory: Path) -> dict[str, Any]:
    """The manifest of what a folder holds; empty where it holds no finished run."""
    try:
        return read_manifest(directory)
    except OutputError:
        return {}


def _refuse_another_run(directory: Path, identity: Mapping[str, object]) -> None:
    remedy = "Choose another output folder, or replace it with --force."
    held = held_run(directory)
    if not held and any((directory / name).exists() for name in (MANIFEST, RESULT)):
        raise OutputError(
            f"{directory} holds a run that did not finish, or was damaged. {remedy}"
        )
    other = [name for name in IDENTITY if held.get(name) != identity[name]]
    if held and other:
        detail = ", ".join(
            f"{name} {held.get(name)}, not {identity[name]}" for name in other
        )
        raise OutputError(f"{directory} holds another run ({detail}). {remedy}")


def _nearest(directory: Path) -> Path:
    """The folder itself, or the closest one above it that exists."""
    return next(
        path for path in (directory, *directory.absolute().parents) if path.exists()
    )


def estimated_size(steps: int, assets: int) -> int:
    """Room that a result and its report take [byte]: price fans and fixed parts."""
    fans = 2 * (steps + 1) * assets * 7 * 8
    return 8_000_000 + 2 * fans

"""A result on disk: all of it or nothing, and a cut one is noticed."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import xarray as xr

from ._errors import OutputError
from ._folder import (
    IDENTITY,
    MANIFEST,
    RESULT,
    SUMMARY,
    check_folder,
    held_run,
    read_manifest,
)
from ._records import records


_PARTIAL = ".partial-"
_FILES = (RESULT, SUMMARY, MANIFEST)
_REPORTS = ("report.html", "report.pdf")
_ROOM = 8_000_000
"""Bytes beside the arrays: metadata, both JSON files and the reports."""


def needed_bytes(dataset: xr.Dataset) -> int:
    """Room that a result takes on disk, at most [byte]."""
    return 2 * dataset.nbytes + _ROOM


def write(dataset: xr.Dataset, directory: Path, *, force: bool = False) -> None:
    """Write `result.zarr`, `summary.json` and, last, `manifest.json`.

    Everything is written to a folder beside them first and renamed when complete, so an
    interrupted run leaves the folder as it was. A folder without a manifest holds no
    finished run. Reports of another run are removed with it.

    Args:
        dataset: A result.
        directory: Where to; made if it does not exist.
        force: Replace another run.

    Raises:
        OutputError: The folder cannot take the result (see `check_folder`), or writing
            failed.
    """
    identity = {name: dataset.attrs[name] for name in IDENTITY}
    check_folder(directory, identity, needed=needed_bytes(dataset), force=force)
    try:
        with _staged(directory) as partial:
            dataset.to_zarr(
                partial / RESULT, mode="w", zarr_format=3, consolidated=False
            )
            _write_json(partial / SUMMARY, _summary(dataset))
            _write_json(partial / MANIFEST, _manifest(dataset, partial / RESULT))
            _swap(directory, partial, identity)
    except OSError as error:
        raise OutputError(
            f"Writing to {directory} failed ({error.strerror or error}); nothing was "
            "kept. Make room or choose another output folder, and run again."
        ) from error


def read(directory: Path) -> xr.Dataset:
    """The dataset of a finished run, in memory.

    Raises:
        OutputError: There is none, or it is not what was written.
    """
    manifest = read_manifest(directory)
    store = directory / RESULT
    if not store.is_dir():
        raise OutputError(f"{store} is missing. Run again.")
    if _digest(store) != manifest.get("result_sha256"):
        raise OutputError(
            f"{store} is not what was written: a file is cut off, missing or changed. "
            "Run again."
        )
    with xr.open_zarr(store, consolidated=False) as dataset:
        return dataset.load()


@contextmanager
def _staged(directory: Path) -> Iterator[Path]:
    """A folder inside the output folder to write in; gone afterwards in any case."""
    is_new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    for left in directory.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=directory))
    try:
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if is_new:
            with suppress(OSError):
                directory.rmdir()


def _swap(directory: Path, partial: Path, identity: Mapping[str, object]) -> None:
    """Put the new files in the place of earlier ones, or the earlier ones back."""
    held = held_run(directory)
    is_same = all(held.get(name) == value for name, value in identity.items())
    replaced = partial / "replaced"
    replaced.mkdir()
    replays = tuple(path.name for path in sorted(directory.glob("replay_*")))
    stale = () if is_same else (*_REPORTS, *replays)
    try:
        _move(_FILES[::-1], directory, replaced)
        _move(stale, directory, replaced)
        _move(_FILES, partial, directory)
    except BaseException:
        moved_in = tuple(name for name in _FILES if not (partial / name).exists())
        _move(moved_in, directory, partial)
        _move((*stale, *_FILES), replaced, directory)
        raise


def _move(names: tuple[str, ...], source: Path, target: Path) -> None:
    for name in names:
        if (source / name).exists():
            (source / name).rename(target / name)


def _summary(dataset: xr.Dataset) -> dict[str, Any]:
    facts = ("title", "horizon_days", "paths", "failed_paths", "seed")
    return {
        **{name: dataset.attrs[name] for name in facts},
        "confidence": 0.95,
        "losses": "positive; bad debt is what remains after the reserve fund",
        "estimates": records(dataset),
    }


def _manifest(dataset: xr.Dataset, store: Path) -> dict[str, Any]:
    facts = {name: _decoded(value) for name, value in dataset.attrs.items()}
    return {**facts, "result_sha256": _digest(store)}


def _decoded(value: object) -> object:
    """What an attribute says: those that hold JSON hold objects."""
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return value


def _write_json(file: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", encoding="utf-8")


def _digest(folder: Path) -> str:
    """SHA-256 of the names and bytes of all files in a folder."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        name = file.relative_to(folder).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()

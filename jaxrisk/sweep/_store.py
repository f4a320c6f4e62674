"""A sweep on disk: one Zarr store, written task by task, each as whole chunks.

The chunks of a task come first. Its checksum, which covers all of them, comes last, as
a chunk of `task_sha256`, written to another name, flushed and renamed: a task without
it is not done, and one with another is damaged. Chunks have checksums of their own too,
so that no reader takes a cut one for numbers.
"""

import hashlib
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BytesCodec, Crc32cCodec, ZstdCodec

from ..output import OutputError, Variable
from ..risk import Axes
from ._plan import Plan
from ._schema import SCHEMA
from ._template import Coordinate, coordinates, variables


MARK = "task_sha256"
"""The array whose chunks say which tasks are done."""

BYTES = 32
_TEXT = np.dtypes.StringDType()
_REMEDY = "Make room, or choose another place with --out, and run the command again."


class Store:
    """A store that is there: what is done, and where the rest goes."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        """Args: folder of the store; what it holds."""
        self.folder, self.plan = folder, plan

    @classmethod
    def create(
        cls, folder: Path, plan: Plan, axes: Axes, facts: Mapping[str, str | int]
    ) -> "Store":
        """Make a store without a number in it, all at once.

        Args:
            folder: Its name; its folder must be there.
            plan: What it is to hold.
            axes: Rows that any setting has.
            facts: Attributes.

        Raises:
            OutputError: If it cannot be written. Where another process made it
                meanwhile, that one stays.
        """
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=f".{folder.name}.partial-", dir=folder.parent
            ) as beside:
                partial = Path(beside) / "store"
                _template(partial, plan, axes, facts)
                if not folder.exists():
                    _rename(partial, folder)
        except OSError as error:
            raise refused(folder, error) from error
        return cls(folder, plan)

    def write(self, task: int, entries: Mapping[str, np.ndarray]) -> None:
        """Store a task: its chunks, and then its checksum.

        Args:
            task: Its number.
            entries: Variables by name, [setting ...] in the order of the task.

        Raises:
            OutputError: If the disk is full, or does not allow it.
        """
        region = self.plan.tiles.region(task)
        sizes = tuple(part.stop - part.start for part in region)
        try:
            with _quiet():
                for name, values in entries.items():
                    place = self.folder / name
                    array = zarr.open_array(place, mode="r+", zarr_format=3)
                    array[region] = values.reshape(*sizes, *values.shape[1:])
            self._mark(task)
        except OSError as error:
            raise refused(self.folder, error) from error

    def done(self) -> set[int]:
        """Tasks whose chunks are all there, as they were written."""
        return {task for task in range(self.plan.tiles.tasks) if self.is_done(task)}

    def is_done(self, task: int) -> bool:
        """Whether a task is stored, and nothing of it is cut, changed or missing."""
        try:
            mark = self._marker(task).read_bytes()
        except OSError:
            return False
        return len(mark) == BYTES and mark == self._digest(task)

    def marked(self) -> int:
        """Tasks with a checksum, whether it is right or not."""
        return sum(self._marker(k).exists() for k in range(self.plan.tiles.tasks))

    def _mark(self, task: int) -> None:
        marker = self._marker(task)
        marker.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=marker.parent, prefix=".partial-", delete=False
        ) as file:
            file.write(self._digest(task))
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, marker)

    def _marker(self, task: int) -> Path:
        return self.folder / MARK / "c" / str(task) / "0"

    def _digest(self, task: int) -> bytes:
        """SHA-256 of the names and bytes of a task's chunks."""
        place = "/".join(str(each) for each in self.plan.tiles.place(task))
        whole = hashlib.sha256()
        for name, kind in sorted(self._kept().items()):
            chunk = self.folder / name / "c" / place / "/".join("0" for _ in kind.dims)
            content = chunk.read_bytes() if chunk.is_file() else b""
            whole.update(f"{name}\0{len(content)}\0".encode())
            whole.update(content)
        return whole.digest()

    def _kept(self) -> dict[str, Variable]:
        """The variables that the store has."""
        return {name: kind for name, kind in SCHEMA.items() if self._has(name)}

    def _has(self, name: str) -> bool:
        return (self.folder / name / "zarr.json").is_file()


def read(folder: Path, name: str) -> np.ndarray:
    """A whole variable of a store."""
    array = zarr.open_array(folder / name, mode="r", zarr_format=3)
    return np.asarray(array[...])


def refused(folder: Path, error: OSError) -> OutputError:
    """What to say when a disk does not take a store."""
    return OutputError(
        f"Writing to {folder} failed ({error.strerror or error}); what is marked as"
        f" done in it is whole. {_REMEDY}"
    )


def attributes(folder: Path) -> dict[str, Any]:
    """What a store says about itself.

    Raises:
        OutputError: If it is no store, or its description is damaged.
    """
    try:
        text = (folder / "zarr.json").read_text(encoding="utf-8")
        found = json.loads(text).get("attributes", {})
    except FileNotFoundError as error:
        raise OutputError(
            f"{folder} is no store of a sweep: it has no zarr.json. Name the store that"
            " `jaxrisk sweep` made."
        ) from error
    except (OSError, ValueError, AttributeError) as error:
        raise OutputError(
            f"{folder}/zarr.json cannot be read ({error}). Restore the store, or remove"
            " it and run the sweep again."
        ) from error
    return found


def _rename(partial: Path, folder: Path) -> None:
    try:
        partial.rename(folder)
    except OSError:
        # Another process was first: a folder with something in it is not replaced.
        if not (folder / "zarr.json").is_file():
            raise


def _template(
    folder: Path, plan: Plan, axes: Axes, facts: Mapping[str, str | int]
) -> None:
    """Metadata of all variables, and all coordinates."""
    labels = coordinates(plan, axes)
    inner = [name for name, label in labels.items() if label.dims != (name,)]
    with _quiet():
        group = zarr.create_group(
            folder,
            zarr_format=3,
            attributes={**facts, "coordinates": " ".join(inner)},
        )
        for name, label in labels.items():
            _coordinate(group, name, label)
        for name, (kind, shape) in variables(plan, axes).items():
            _variable(group, plan, name, kind, shape)
        tasks = plan.tiles.tasks
        group.create_array(
            MARK,
            shape=(tasks, BYTES),
            chunks=(1, BYTES),
            dtype="uint8",
            fill_value=0,
            compressors=None,
            serializer=BytesCodec(),
            dimension_names=["task", "byte"],
            attributes={"units": "1", "long_name": "checksum of a task; 0: not done"},
        )
    for left in (folder / MARK).glob("c"):
        shutil.rmtree(left)


def _coordinate(group: zarr.Group, name: str, label: Coordinate) -> None:
    text = label.values.dtype.kind in "UOT"
    values = label.values.astype(_TEXT) if text else label.values
    array = group.create_array(
        name,
        shape=values.shape,
        chunks=tuple(max(size, 1) for size in values.shape),
        dtype="str" if text else values.dtype,
        compressors=(ZstdCodec(), Crc32cCodec()),
        dimension_names=list(label.dims),
        attributes={"units": label.unit, "long_name": label.sentence},
    )
    array[...] = values


def _variable(
    group: zarr.Group, plan: Plan, name: str, kind: Variable, shape: tuple[int, ...]
) -> None:
    dtype = {"state": "int8", "error": "str"}.get(name, "float64")
    fill = {"state": 0, "error": ""}.get(name, np.nan)
    group.create_array(
        name,
        shape=(*plan.tiles.shape, *shape),
        chunks=(*plan.tiles.chunk, *(max(size, 1) for size in shape)),
        dtype=dtype,
        fill_value=fill,
        compressors=(ZstdCodec(), Crc32cCodec()),
        dimension_names=[*plan.dims, *kind.dims],
        attributes={"units": kind.unit, "long_name": kind.sentence},
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Every chunk is written, one of blanks too; Zarr's remarks are not passed on."""
    with warnings.catch_warnings(), zarr.config.set({"array.write_empty_chunks": True}):
        warnings.simplefilter("ignore")
        yield

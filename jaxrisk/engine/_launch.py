"""Many paths: blocks on devices, launches from the host. The one path loop."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import numpy as np
from jax import lax
from jaxtyping import Array, UInt32

from .._random import seed_words
from ._rollout import Outcome, rollout
from ._system import System


Device: TypeAlias = Any
"""A `jax.Device`, which is a variable, and no type, to type checkers."""


_COMPILED: dict[Any, Callable[..., Outcome]] = {}
_COMPILING = threading.Lock()
"""Programs by structure, shapes and device. JAX keeps its own, but lets two threads
that come at the same time with a new one compile it twice."""


def workers() -> tuple[Device, ...]:
    """Where to run: every local device; a single CPU as often as it has cores.

    XLA runs a loop over steps on one thread, but several loops on a device.
    """
    devices = jax.local_devices()
    if len(devices) > 1 or devices[0].platform != "cpu":
        return tuple(devices)
    return tuple(devices) * _cores()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


UNIT = 64
"""Paths that a block is a multiple of: four AVX-512 registers of floats.

Compilers unroll a loop four times. In one without a remainder every path is computed by
the same instructions; in a shorter one products and sums are fused otherwise, and the
last bit of a path would depend on the block.
"""


@dataclass(frozen=True)
class Layout:
    """How paths are spread. Changes memory and speed, and never the numbers.

    Args:
        block: Paths that go through all steps together on a device; a multiple of
            `UNIT`.
        launch: Paths of one call to the devices, all together; a multiple of `block`.

    Raises:
        ValueError: If they are no such multiples.
    """

    block: int
    launch: int

    def __post_init__(self) -> None:
        """Check the multiples."""
        if self.block % UNIT or self.block < UNIT:
            raise ValueError(
                f"A block of {self.block} paths: give a multiple of {UNIT}, or the"
                " last bits of a path would depend on it."
            )
        if self.launch % self.block:
            raise ValueError(
                f"A launch of {self.launch} paths in blocks of {self.block}: give a"
                " multiple of the block."
            )

    @classmethod
    def fitting(cls, paths: int, accounts: int, devices: Sequence[Device]) -> "Layout":
        """Blocks that fit a core's cache on a CPU; one large block on an accelerator.

        Args:
            paths: Paths in all.
            accounts: Rows of the book.
            devices: Where to run.
        """
        if devices[0].platform == "cpu":
            block = 2 ** round(np.clip(np.log2(65536 / accounts), 6, 12))
            # XLA frees what the blocks of a launch leave behind only at its end.
            blocks = int(np.clip(2**21 // (accounts * block), 1, 64))
            wanted = blocks * block * len(devices)
        else:
            block = 2 ** round(np.clip(np.log2(2**26 / accounts), 10, 18))
            wanted = block * len(devices)
        unit = block * len(devices)
        return cls(block=block, launch=min(wanted, -(-paths // unit) * unit))


def simulate(
    system: System,
    *,
    paths: int,
    seed: int,
    layout: Layout | None = None,
    devices: Sequence[Device] | None = None,
) -> Iterator[Outcome]:
    """Outcomes of paths 0 to `paths` - 1, in order, a launch at a time.

    Args:
        system: What to simulate.
        paths: Number of paths.
        seed: In [0, 2^64).
        layout: Blocks and launches; chosen for the devices if not given.
        devices: Where to run; all `workers` if not given.

    Yields:
        NumPy outcomes, path axis last.
    """
    places, shape = _spread(system, paths, layout, devices)
    starts = range(0, paths, shape.launch)
    chunks = (np.arange(start, min(start + shape.launch, paths)) for start in starts)
    return _stream(system, chunks, seed, shape, places)


def revisit(
    system: System,
    *,
    path: np.ndarray,
    seed: int,
    layout: Layout | None = None,
    devices: Sequence[Device] | None = None,
) -> Iterator[Outcome]:
    """Outcomes of the paths with these global numbers; see `simulate`."""
    places, shape = _spread(system, path.size, layout, devices)
    starts = range(0, path.size, shape.launch)
    chunks = (path[start : start + shape.launch] for start in starts)
    return _stream(system, chunks, seed, shape, places)


def _spread(
    system: System,
    paths: int,
    layout: Layout | None,
    devices: Sequence[Device] | None,
) -> tuple[tuple[Device, ...], Layout]:
    places = tuple(devices if devices is not None else workers())
    rows = system.accounts.members.shape[0]
    return places, layout or Layout.fitting(paths, rows, places)


def _stream(
    system: System,
    chunks: Iterable[np.ndarray],
    seed: int,
    shape: Layout,
    places: tuple[Device, ...],
) -> Iterator[Outcome]:
    """Launch by launch, an equal part of each on every device.

    Each worker runs the program of a single device, from a thread of its own: a program
    partitioned over several is compiled otherwise, and its last bits would depend on
    how many there are.
    """
    homes = [jax.device_put((system, seed_words(seed)), place) for place in places]

    def on_device(number: int, path: np.ndarray) -> Outcome:
        here = jax.device_put(path.reshape(-1, shape.block), places[number])
        held, words = homes[number]
        # Precision is a setting of a thread, and this is not the caller's.
        with jax.enable_x64(system.dt.dtype == np.float64):
            launch = _program(held, words, here, places[number])
            return jax.block_until_ready(launch(held, words, here))

    with ThreadPoolExecutor(len(places)) as pool:
        pending: list[tuple[int, list[Future[Outcome]]]] = []
        for chunk in chunks:
            # The last launch is filled up with its own paths: one shape to compile.
            filled = np.resize(chunk, shape.launch).astype(np.uint32)
            parts = enumerate(np.split(filled, len(places)))
            futures = [pool.submit(on_device, *part) for part in parts]
            pending.append((chunk.size, futures))
            # One launch stays in flight while the host reads the one before.
            if len(pending) == 2:
                yield _collect(*pending.pop(0))
        for launched in pending:
            yield _collect(*launched)


def _program(
    system: System,
    words: UInt32[Array, " 2"],
    path: UInt32[Array, "block path"],
    place: Device,
) -> Callable[..., Outcome]:
    """`_launch`, compiled for arrays like these on this device."""
    leaves, structure = jax.tree.flatten((system, words, path))
    shapes = tuple((leaf.shape, str(leaf.dtype)) for leaf in leaves)
    with _COMPILING:
        key = (structure, shapes, place)
        if key not in _COMPILED:
            _COMPILED[key] = _launch.lower(system, words, path).compile()
        return _COMPILED[key]


@jax.jit
def _launch(
    system: System, words: UInt32[Array, " 2"], path: UInt32[Array, "block path"]
) -> Outcome:
    """Outcomes by block, on one device.

    Every number of the system is traced: systems of one structure share a compilation.
    """
    return lax.map(lambda ids: rollout(system, words, ids)[1], path)


def _collect(count: int, parts: list[Future[Outcome]]) -> Outcome:
    """Blocks side by side on the host, without the paths that only fill a launch."""

    def side_by_side(*devices: Array) -> np.ndarray:
        blocks = np.concatenate([np.asarray(values) for values in devices])
        values = np.moveaxis(blocks, 0, -2)
        return values.reshape(*values.shape[:-2], -1)[..., :count]

    return jax.tree.map(side_by_side, *(part.result() for part in parts))

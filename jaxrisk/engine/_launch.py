"""Many paths: blocks on devices, launches from the host. The one path loop."""

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import AxisType, Mesh, PartitionSpec
from jaxtyping import Array, UInt32

from .._random import seed_words
from ._rollout import Outcome, rollout
from ._system import System


Device: TypeAlias = Any
"""A `jax.Device`, which is a variable, and no type, to type checkers."""


@dataclass(frozen=True)
class Layout:
    """How paths are spread. Changes memory and speed, and never the numbers.

    Args:
        block: Paths that go through all steps together on a device.
        launch: Paths of one call to the devices, all together.
    """

    block: int
    launch: int

    @classmethod
    def fitting(cls, paths: int, accounts: int, devices: Sequence[Device]) -> "Layout":
        """Blocks that fit a core's cache on a CPU; one large block on an accelerator.

        Args:
            paths: Paths in all.
            accounts: Rows of the book.
            devices: Where to run.
        """
        if devices[0].platform == "cpu":
            block = 2 ** round(np.clip(np.log2(65536 / accounts), 4, 12))
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
        devices: Where to run; all local devices if not given.

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
    places = tuple(devices if devices is not None else jax.local_devices())
    rows = system.accounts.members.shape[0]
    return places, layout or Layout.fitting(paths, rows, places)


def _stream(
    system: System,
    chunks: Iterable[np.ndarray],
    seed: int,
    shape: Layout,
    places: tuple[Device, ...],
) -> Iterator[Outcome]:
    words, run = seed_words(seed), _compiled(shape, places)
    pending: list[tuple[int, Outcome]] = []
    for chunk in chunks:
        # The last launch is filled up with its own paths: one shape, one compilation.
        filled = np.resize(chunk, shape.launch).astype(np.uint32)
        pending.append((chunk.size, run(system, words, jnp.asarray(filled))))
        # One launch stays in flight while the host reads the one before.
        if len(pending) == 2:
            yield _collect(*pending.pop(0))
    for launched in pending:
        yield _collect(*launched)


@functools.cache
def _compiled(
    shape: Layout, places: tuple[Device, ...]
) -> Callable[[System, UInt32[Array, " 2"], UInt32[Array, " path"]], Outcome]:
    """The jitted launch of some paths: outcomes by block.

    Cached, and with every number of the system traced: systems of one structure share
    one compilation.
    """
    mesh = Mesh(np.array(places), ("device",), axis_types=(AxisType.Auto,))
    blocks = shape.launch // shape.block

    def on_device(
        system: System, words: UInt32[Array, " 2"], path: UInt32[Array, "block path"]
    ) -> Outcome:
        return lax.map(lambda ids: rollout(system, words, ids)[1], path)

    spread = jax.shard_map(
        on_device,
        mesh=mesh,
        in_specs=(PartitionSpec(), PartitionSpec(), PartitionSpec("device")),
        out_specs=PartitionSpec("device"),
        check_vma=False,
    )

    def launch(
        system: System, words: UInt32[Array, " 2"], path: UInt32[Array, " path"]
    ) -> Outcome:
        return spread(system, words, path.reshape(blocks, shape.block))

    return eqx.filter_jit(launch)


def _collect(count: int, outcome: Outcome) -> Outcome:
    """Blocks side by side on the host, without the paths that only fill a launch."""

    def side_by_side(blocks: Array) -> np.ndarray:
        values = np.moveaxis(np.asarray(blocks), 0, -2)
        return values.reshape(*values.shape[:-2], -1)[..., :count]

    return jax.tree.map(side_by_side, outcome)

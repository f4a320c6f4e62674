"""Many paths: blocks on devices, launches from the host. The one path loop."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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
    def fitting(
        cls, paths: int, accounts: int, devices: Sequence[jax.Device]
    ) -> "Layout":
        """Blocks that fit a core's cache on a CPU; one large block on an accelerator.

        Args:
            paths: Paths in all.
            accounts: Rows of the book.
            devices: Where to run.
        """
        if devices[0].platform == "cpu":
            block = int(np.clip(16384 // max(accounts, 1), 8, 256))
            wanted = 64 * block * len(devices)
        else:
            block = int(np.clip(2**26 // max(accounts, 1), 1024, 2**18))
            wanted = block * len(devices)
        unit = block * len(devices)
        return cls(block=block, launch=min(wanted, -(-paths // unit) * unit))


def simulate(
    system: System,
    *,
    paths: int,
    seed: int,
    layout: Layout | None = None,
    devices: Sequence[jax.Device] | None = None,
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
    places = list(devices if devices is not None else jax.local_devices())
    shape = layout or Layout.fitting(paths, system.accounts.members.shape[0], places)
    words = seed_words(seed)
    run = _compiled(shape, tuple(places))
    pending: list[tuple[int, Outcome]] = []
    for start in range(0, paths, shape.launch):
        pending.append((start, run(system, words, jnp.uint32(start))))
        # One launch stays in flight while the host reads the one before.
        if len(pending) == 2:
            yield _collect(*pending.pop(0), paths=paths, shape=shape)
    for start, outcome in pending:
        yield _collect(start, outcome, paths=paths, shape=shape)


@functools.cache
def _compiled(
    shape: Layout, places: tuple[jax.Device, ...]
) -> Callable[[System, UInt32[Array, " 2"], UInt32[Array, ""]], Outcome]:
    """The jitted launch from a first path on: outcomes by block.

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
        system: System, words: UInt32[Array, " 2"], start: UInt32[Array, ""]
    ) -> Outcome:
        path = start + jnp.arange(shape.launch, dtype=jnp.uint32)
        return spread(system, words, path.reshape(blocks, shape.block))

    return eqx.filter_jit(launch)


def _collect(start: int, outcome: Outcome, *, paths: int, shape: Layout) -> Outcome:
    """Blocks side by side on the host, without the paths that only fill a launch."""
    count = min(shape.launch, paths - start)

    def side_by_side(blocks: Array) -> np.ndarray:
        values = np.moveaxis(np.asarray(blocks), 0, -2)
        return values.reshape(*values.shape[:-2], -1)[..., :count]

    return jax.tree.map(side_by_side, outcome)

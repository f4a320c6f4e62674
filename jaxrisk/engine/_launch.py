"""Many paths: blocks on devices, launches from the host. The one path loop."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeAlias

import jax
import numpy as np
from jax import lax
from jaxtyping import Array, UInt32

from .._random import seed_words
from ._layout import Layout
from ._places import Device, Shares, workers
from ._programs import compiled
from ._rollout import Outcome, rollout
from ._system import System


Work: TypeAlias = Callable[[Any, UInt32[Array, " 2"], Any], Any]
"""From what is simulated, the seed, and a block's paths, to what is kept of them."""


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
        devices: Where to run, such as `mesh.devices.flat`; all `workers` if not given.
            Every process that has some of them makes the same call.

    Yields:
        NumPy outcomes, path axis last.
    """
    path = range(paths)
    places, shape = _spread(system, paths, layout, devices)
    return stream(_outcomes, system, launches(path, shape), seed, shape, places)


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
    return stream(_outcomes, system, launches(path, shape), seed, shape, places)


def _outcomes(
    system: System, words: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> Outcome:
    return rollout(system, words, path)[1]


def launches(
    path: Sequence[int] | np.ndarray, shape: Layout
) -> Iterator[tuple[int, np.ndarray]]:
    """The paths of every launch, and their number."""
    for start in range(0, len(path), shape.launch):
        part = np.asarray(path[start : start + shape.launch]).astype(np.uint32)
        yield part.size, part


def _spread(
    system: System,
    paths: int,
    layout: Layout | None,
    devices: Sequence[Device] | None,
) -> tuple[tuple[Device, ...], Layout]:
    places = tuple(devices if devices is not None else workers())
    rows = system.accounts.members.shape[0]
    return places, layout or Layout.fitting(paths, rows, places)


def stream(
    work: Work,
    given: Any,  # noqa: ANN401
    chunks: Iterable[tuple[int, Any]],
    seed: int,
    shape: Layout,
    places: tuple[Device, ...],
) -> Iterator[Any]:
    """Launch by launch, an equal part of each on every device.

    Places may be of several processes: each runs its own, and yields all results. Each
    worker runs the program of a single device, from a thread of its own: a program
    partitioned over several is compiled otherwise, and its last bits would depend on
    how many there are.

    Args:
        work: What is done with a block.
        given: What is common to all blocks.
        chunks: For every launch how many results it has, and the arrays, path by path,
            that its blocks are given.
        seed: In [0, 2^64).
        shape: Blocks and launches.
        places: Where to run.

    Yields:
        NumPy results of a launch, side by side on the last axis.
    """
    shares = Shares(places)
    common = (given, seed_words(seed))
    homes = {number: jax.device_put(common, places[number]) for number in shares.own}
    double = any(leaf.dtype == np.float64 for leaf in jax.tree.leaves(given))

    def on_device(number: int, part: Any) -> Any:  # noqa: ANN401
        held, words = homes[number]
        # Precision is a setting of a thread, and this is not the caller's.
        with jax.enable_x64(double):
            here = jax.device_put(part, places[number])
            given = (held, words, here)
            launch = compiled(_by_block, work, given, places[number])
            return jax.block_until_ready(launch(*given))

    def parts(chunk: Any) -> dict[int, Any]:  # noqa: ANN401
        # A device's blocks; the last launch is filled up with paths that are there.
        def of(values: np.ndarray) -> np.ndarray:
            filled = np.resize(values, shape.launch)
            return filled.reshape(len(places), -1, shape.block)

        filled = jax.tree.map(of, chunk)
        return {
            number: jax.tree.map(lambda each, k=number: each[k], filled)
            for number in shares.own
        }

    with ThreadPoolExecutor(len(shares.own)) as pool:
        pending: list[tuple[int, list[Future[Any]]]] = []
        for count, chunk in chunks:
            futures = [pool.submit(on_device, *part) for part in parts(chunk).items()]
            pending.append((count, futures))
            # One launch stays in flight while the host reads the one before.
            if len(pending) == 2:
                yield _collect(shares, *pending.pop(0))
        for launched in pending:
            yield _collect(shares, *launched)


def _by_block(
    work: Work,
    given: Any,  # noqa: ANN401
    words: UInt32[Array, " 2"],
    here: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Results of a launch on one device, block after block."""
    return lax.map(lambda block: work(given, words, block), here)


def _collect(shares: Shares, count: int, parts: list[Future[Any]]) -> Any:  # noqa: ANN401
    """Blocks side by side on the host, without those that only fill a launch."""

    def side_by_side(values: np.ndarray) -> np.ndarray:
        # In numbers: of an axis without rows NumPy cannot tell what -1 is.
        joined = values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])
        blocks = np.moveaxis(joined, 0, -2)
        paths = blocks.shape[-2] * blocks.shape[-1]
        return blocks.reshape(*blocks.shape[:-2], paths)[..., :count]

    mine = jax.tree.map(
        lambda *devices: np.stack([np.asarray(values) for values in devices]),
        *(part.result() for part in parts),
    )
    return jax.tree.map(side_by_side, shares.whole(mine))

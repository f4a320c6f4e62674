"""Slopes of many paths: blocks on devices, one number a block and parameter."""

from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, UInt32

from .._typing import PerPath
from ._adjoint import Weights, gradient
from ._adjoint_cascade import Slopes, Split
from ._launch import stream
from ._layout import Layout
from ._places import Device, workers


BLOCK = 128
"""Paths whose slopes are added up: one sample, and one block on a device. Fewer leave
groups half empty, more do not fit memory."""


def slopes(
    split: Split,
    directions: Slopes,
    *,
    path: np.ndarray,
    bad_debt: np.ndarray,
    repaid: np.ndarray,
    seed: int,
    devices: Sequence[Device] | None = None,
) -> Iterator[np.ndarray]:
    """Slopes of weighted sums over whole blocks, a launch at a time.

    Memory does not grow with the number of paths.

    Args:
        split: What to simulate, and which of its numbers move.
        directions: How they move: leaves like those of `split.moved`, with a leading
            axis of parameters.
        path: Global path numbers, `BLOCK` by `BLOCK`.
        bad_debt: Weight of each path's bad debt.
        repaid: Weight of the debt that liquidations repay on it.
        seed: In [0, 2^64).
        devices: Where to run; all `workers` if not given.

    Yields:
        [parameter, block]; not finite where a path of the block failed.

    Raises:
        ValueError: If the paths are no whole blocks.
    """
    if path.size % BLOCK:
        raise ValueError(f"{path.size} paths: give a multiple of {BLOCK}.")
    places = tuple(devices if devices is not None else workers())
    shape = Layout(block=BLOCK, launch=4 * BLOCK * len(places))
    kind = jax.tree.leaves(split.moved)[0].dtype
    whole = (path.astype(np.uint32), bad_debt.astype(kind), repaid.astype(kind))
    cuts = [
        slice(start, min(start + shape.launch, path.size))
        for start in range(0, path.size, shape.launch)
    ]
    chunks = (
        ((cut.stop - cut.start) // BLOCK, tuple(each[cut] for each in whole))
        for cut in cuts
    )
    return stream(_along, (split, directions), chunks, seed, shape, places)


def _along(
    given: tuple[Split, Slopes],
    words: UInt32[Array, " 2"],
    here: tuple[UInt32[Array, " path"], PerPath, PerPath],
) -> Float[Array, "parameter 1"]:
    """Along every direction; the block stands where outcomes have the path."""
    split, directions = given
    path, bad_debt, repaid = here
    found = gradient(split, words, path, Weights(bad_debt, repaid))[1]

    def product(slope: Array, direction: Array) -> Array:
        return jnp.tensordot(
            direction, slope, axes=slope.ndim, precision=lax.Precision.HIGHEST
        )

    parts = jax.tree.leaves(jax.tree.map(product, found, directions))
    return jnp.stack(parts).sum(axis=0)[:, None]

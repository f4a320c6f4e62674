r"""Prices alone in one kernel: a path's state stays on the chip for all steps.

A scan reads and writes the state of every path in every step, and its random numbers on
their way from one kernel to the next: 256 bytes a path and step for eight assets. Here
a thread keeps one path in registers and draws in place, and what moves is the path's
number and the result, 68 bytes a path for any number of steps. What is left is
arithmetic, some 75 instructions an asset and step (derived in docs/performance.md).

It goes through Pallas's Mosaic GPU, for Hopper and newer, and can be interpreted on a
CPU. It has been interpreted and lowered, and not yet run: no such device was at hand.

It covers what `walk` meets most: one regime, normal shocks, no jumps, no asset that
follows another. Everything else is for the scan.
"""

import functools
import importlib.util
import re
from typing import Any, NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental import pallas as pl
from jaxtyping import Array, Float, UInt32

from .._normal import normal_at
from .._random import Stream, address, centered, threefry
from .._typing import AssetPath, Scalar, Word
from ..process import Gaussian, NoJumps, OneRegime, Prices
from ._places import Device


Ref: TypeAlias = Any
"""A piece of the device's memory in a kernel; JAX does not name its type in public."""

PATHS = 128
"""Paths of a block of the kernel, one a thread: a warpgroup, which Mosaic works in."""

ASSETS = 12
"""Most that fit a thread's 255 registers: A (A + 1) / 2 numbers of the Cholesky factor,
five numbers, the state and a normal of each asset, and twenty to compute with: 194."""

OLDEST = 9
"""Compute capability of Hopper."""


class Numbers(NamedTuple):
    """What is common to all paths, by asset, as scalars."""

    spread: list[list[Scalar]]  # volatility times Cholesky factor, up to the diagonal
    decay: list[Scalar]
    compensation: list[Scalar]
    floor: list[Scalar]
    trend: list[Scalar]
    initial: list[Scalar]
    dt: Scalar


def covers(prices: Prices) -> bool:
    """Whether the kernel computes this process; on the host."""
    assets = prices.anchor.shape[0]
    return (
        isinstance(prices.innovation, Gaussian)
        and isinstance(prices.regimes, OneRegime)
        and isinstance(prices.jumps, NoJumps)
        and prices.anchor.dtype == np.float32
        and assets <= ASSETS
        and np.array_equal(np.asarray(prices.lift), np.eye(assets))
    )


def runs_on(device: Device) -> bool:
    """Whether Mosaic has code for this device: an NVIDIA GPU, Hopper or newer.

    Mosaic also needs absl, which JAX does not bring; the extra `gpu` does.
    """
    if device.platform != "gpu" or importlib.util.find_spec("absl") is None:
        return False
    # AMD's devices have names here, and no numbers.
    capability = re.fullmatch(r"(\d+)\.\d+", str(device.compute_capability))
    return capability is not None and int(capability[1]) >= OLDEST


def fused(
    prices: Prices,
    steps: int,
    seed: UInt32[Array, " 2"],
    path: UInt32[Array, " path"],
    *,
    interpret: Any = None,  # noqa: ANN401
) -> tuple[AssetPath, AssetPath]:
    """Final and lowest log prices [log USD], as the scan has them but for rounding.

    Args:
        prices: A process that the kernel `covers`.
        steps: Number of steps.
        seed: Words of the seed.
        path: Global path numbers.
        interpret: Pallas's settings for running the kernel's operations one by one on
            a CPU, with the memories of a GPU; none on a device.
    """
    # Here, as it fails where absl is not installed (`runs_on`).
    from jax.experimental.pallas import mosaic_gpu

    assets, count = prices.anchor.shape[0], path.shape[0]
    blocks = -(-count // PATHS)
    call = mosaic_gpu.kernel(
        functools.partial(_block, assets, steps),
        out_type=jax.ShapeDtypeStruct((2 * assets, blocks * PATHS), jnp.float32),
        grid=(blocks,),
        grid_names=("block",),
        interpret=interpret,
        # The fast logarithm and root are wrong by 2^-21 and two units in the last place
        # (CUDA programming guide), a normal by less than a part in ten million.
        compiler_params=mosaic_gpu.CompilerParams(approx_math=True),
    )
    whole = jnp.pad(path, (0, blocks * PATHS - count))
    found = call(seed, _table(prices), whole)[:, :count]
    anchor = prices.anchor[:, None]
    return anchor + found[:assets], anchor + found[assets:]


def _table(prices: Prices) -> Float[Array, " number"]:
    """`Numbers` in a row."""
    return jnp.concatenate(
        [
            (prices.scale[0][:, None] * prices.cholesky[0]).ravel(),
            prices.decay,
            prices.compensation[0],
            prices.floor,
            prices.trend,
            prices.initial,
            prices.dt[None],
        ]
    )


def _numbers(table: Ref, assets: int) -> Numbers:
    """Read `_table`; scalar by scalar, as the kernel has no other way to hold one."""

    def row(number: int) -> list[Scalar]:
        return [table[number * assets + asset] for asset in range(assets)]

    return Numbers(
        [row(asset)[: asset + 1] for asset in range(assets)],
        *(row(assets + number) for number in range(5)),
        dt=table[(assets + 5) * assets],
    )


def _block(
    assets: int,
    steps: int,
    seed: Ref,
    table: Ref,
    paths: Ref,
    out: Ref,
) -> None:
    """All steps of a block of paths, from the device's memory and back into it.

    A vector holds one number of each path.
    """
    here = pl.ds(lax.axis_index("block") * PATHS, PATHS)
    key, path, numbers = (seed[0], seed[1]), paths[here], _numbers(table, assets)
    # Mosaic's loop wants what it carries laid out by path from the start.
    nothing = centered(path) * 0
    start = [nothing + initial for initial in numbers.initial]

    def body(index: Array, carry: tuple) -> tuple:
        position, lowest, time = carry
        drawn = words(key, path, index.astype(jnp.uint32), assets)
        normal = [normal_at(centered(word), _root) for word in drawn]
        position = _moved(numbers, position, normal)
        time = time + numbers.dt
        now = _drifted(numbers, position, time)
        return position, list(map(jnp.minimum, lowest, now)), time

    carry = (start, start, numbers.dt * 0)
    position, lowest, time = lax.fori_loop(0, steps, body, carry)
    for row, values in enumerate([*_drifted(numbers, position, time), *lowest]):
        out[row, here] = values


def words(key: tuple[Word, Word], path: Word, step: Word, count: int) -> list[Word]:
    """The words behind `Draw.normal` on the stream of prices, a vector each.

    Both words of a pair are used, and `Draw` uses one: half its arithmetic.
    """
    found: list[Word] = []
    for pair in range(-(-count // 2)):
        at = address(step, Stream.PRICE, jnp.uint32(pair))
        found += threefry(key, path, jnp.broadcast_to(at, path.shape))
    return found[:count]


def _root(values: Array) -> Array:
    # Mosaic lowers the inverse root alone; of a number far below one it is not asked.
    return values * lax.rsqrt(jnp.maximum(values, 1))


def _moved(numbers: Numbers, position: list[Array], normal: list[Array]) -> list[Array]:
    """The recursion of `Prices`: x' = max(decay x + spread z - compensation, floor)."""
    moved = []
    for asset, row in enumerate(numbers.spread):
        at = position[asset] * numbers.decay[asset] - numbers.compensation[asset]
        for loading, drawn in zip(row, normal, strict=False):
            at = at + drawn * loading
        moved.append(jnp.maximum(at, numbers.floor[asset]))
    return moved


def _drifted(numbers: Numbers, position: list[Array], time: Scalar) -> list[Array]:
    """Log prices but for their anchor."""
    return [
        at + time * trend for at, trend in zip(position, numbers.trend, strict=True)
    ]

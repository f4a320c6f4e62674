"""Prices alone: all steps of a process that nobody trades on."""

import warnings
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, UInt32

from .._random import Draw
from .._typing import AssetPath
from ..process import Prices, PriceState
from ._fused import PATHS, covers, fused, runs_on
from ._launch import Work, launches, stream
from ._layout import Layout
from ._places import Device, workers


class Walk(eqx.Module):
    """A process, and how often it moves."""

    prices: Prices
    steps: int = eqx.field(static=True)


Moving: TypeAlias = tuple[PriceState, AssetPath]
"""What is carried from step to step: the process, and the lowest log price so far."""


class Walked(eqx.Module):
    """What is kept of a path."""

    final: AssetPath  # at the horizon [USD]
    lowest: AssetPath  # from start to horizon, step by step [USD]


def walk(
    prices: Prices,
    *,
    paths: int,
    seed: int,
    steps: int,
    devices: Sequence[Device] | None = None,
) -> Iterator[Walked]:
    """Final and lowest prices of paths 0 to `paths` - 1, a launch at a time.

    The paths are those that `simulate` draws with this seed.

    Args:
        prices: The process.
        paths: Number of paths.
        seed: In [0, 2^64).
        steps: Number of steps.
        devices: Where to run; all `workers` if not given.

    Yields:
        NumPy arrays, path axis last.
    """
    places = tuple(devices if devices is not None else workers())
    given = Walk(prices, steps)
    shape = Layout.fitting(paths, prices.anchor.shape[0], places)
    chunks = launches(range(paths), shape)
    return stream(way(given, places), given, chunks, seed, shape, places)


def way(given: Walk, places: Sequence[Device]) -> Work:
    """The one place where the kernel is chosen: if it can run there, and is right."""
    able = covers(given.prices) and all(runs_on(place) for place in places)
    return by_kernel if able and _is_right(given, places[0]) else by_scan


def by_scan(
    given: Walk, seed: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> Walked:
    """Step by step; any process, any device."""
    prices = given.prices
    state = prices.init(path.shape[0])

    def body(carry: Moving, step: Array) -> tuple[Moving, None]:
        return onward(prices, carry, Draw(seed=seed, path=path, step=step)), None

    steps = jnp.arange(given.steps, dtype=jnp.uint32)
    start = (state, _undisturbed(prices, state))
    (state, lowest), _ = lax.scan(body, start, steps)
    final = _undisturbed(prices, state)
    return Walked(final=jnp.exp(final), lowest=jnp.exp(lowest))


def onward(prices: Prices, moving: Moving, draw: Draw) -> Moving:
    """A step of the process, and of the lowest log price.

    Moves 56 bytes an asset, path and step: what is carried in and out (16); normals,
    shocks, positions with their drift, and log prices from one kernel to the next (32);
    and shocks and positions a second time in XLA's CPU code (8).
    """
    state = prices.step(moving[0], draw)
    return state, jnp.minimum(moving[1], _undisturbed(prices, state))


def _undisturbed(prices: Prices, state: PriceState) -> AssetPath:
    """Log prices without any impact."""
    return prices.log_price(state, jnp.zeros_like(state.position))


def by_kernel(
    given: Walk, seed: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> Walked:
    """All steps in one kernel; see `fused`."""
    final, lowest = fused(given.prices, given.steps, seed, path)
    return Walked(final=jnp.exp(final), lowest=jnp.exp(lowest))


def _is_right(given: Walk, place: Device) -> bool:
    """Whether a few paths of the kernel are those of the scan; says so if not."""
    shape = Layout(block=PATHS, launch=PATHS)

    def few(work: Work) -> Walked:
        chunks = launches(range(PATHS), shape)
        return next(stream(work, given, chunks, 0, shape, (place,)))

    scanned = few(by_scan)
    # Mosaic changes from release to release: whatever it raises, there is the scan.
    try:
        kernel = few(by_kernel)
    except Exception as fault:
        warnings.warn(f"No fused prices here, a scan instead: {fault}", stacklevel=3)
        return False
    if all(
        np.allclose(getattr(kernel, name), values, rtol=1e-4)
        for name, values in vars(scanned).items()
    ):
        return True
    warnings.warn("Fused prices are wrong here: a scan instead.", stacklevel=3)
    return False

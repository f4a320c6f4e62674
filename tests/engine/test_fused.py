"""The kernel draws the scan's words and computes the scan's prices, interpreted."""

from types import SimpleNamespace
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax._src.pallas.mosaic_gpu.interpret.params import InterpretGPUParams
from jax.experimental.pallas import mosaic_gpu

from jaxrisk._random import Draw, Stream, seed_words
from jaxrisk.engine import _fused, _walk
from jaxrisk.engine._fused import ASSETS, covers, fused, runs_on, words
from jaxrisk.engine._walk import Walk, Walked, by_kernel, by_scan, way
from jaxrisk.process import Prices, StudentT
from tests.engine.price_processes import FOLLOWING, PEGGED, WANDERING, process


SEED = 2**40 + 5
GPU = InterpretGPUParams()
"""A GPU's memories and threads on a CPU; in jax 0.10 it has no public name."""

PATH = np.array([0, 3, 77, 2**31, 2**32 - 1] * 30, np.uint32)


Ref: TypeAlias = Any
"""A piece of a device's memory in a kernel, whose type JAX does not name in public."""


def interpreted(given: Walk, seed: jax.Array, path: jax.Array) -> Walked:
    """`by_kernel` on a device that has no Mosaic."""
    final, lowest = fused(given.prices, given.steps, seed, path, interpret=GPU)
    return Walked(final=jnp.exp(final), lowest=jnp.exp(lowest))


def three() -> Prices:
    """Two assets that wander and one on its peg, whose floor is near."""
    return process(WANDERING, WANDERING, PEGGED)


@pytest.mark.parametrize("step", [0, 5, 2**16 - 1])
def test_words_are_those_of_the_engine_to_the_bit(step: int) -> None:
    def kernel(seed: Ref, path: Ref, out: Ref) -> None:
        drawn = words((seed[0], seed[1]), path[...], jnp.uint32(step), 5)
        for row, values in enumerate(drawn):
            out[row, :] = values

    shape = jax.ShapeDtypeStruct((5, PATH.size), jnp.uint32)
    seed, path = seed_words(SEED), jnp.asarray(PATH)
    found = mosaic_gpu.kernel(kernel, out_type=shape, interpret=GPU)(seed, path)
    draw = Draw(seed=seed, path=path, step=jnp.uint32(step))
    assert np.array_equal(found, draw._words(Stream.PRICE, 5))


def test_prices_are_those_of_the_scan_but_for_rounding() -> None:
    """150 paths: a block, and a part of one. Two dozen roundings of 6e-8 a price."""
    given, seed, path = Walk(three(), 24), seed_words(SEED), jnp.asarray(PATH)
    scan = jax.jit(by_scan)(given, seed, path)
    kernel = jax.jit(interpreted)(given, seed, path)
    np.testing.assert_allclose(kernel.final, scan.final, rtol=2e-6)
    np.testing.assert_allclose(kernel.lowest, scan.lowest, rtol=2e-6)
    assert kernel.final.shape == (3, 150)
    # The lowest price is not the last one, and the peg's floor was met.
    assert (kernel.lowest < kernel.final).mean() > 0.5
    np.testing.assert_allclose(kernel.lowest[2].min(), np.exp(0.01 - 0.012), rtol=1e-6)


def test_what_the_kernel_lacks_is_left_to_the_scan() -> None:
    assert covers(three())
    assert not covers(process(WANDERING, FOLLOWING))
    assert not covers(process(*[WANDERING] * (ASSETS + 1)))
    assert not covers(process(WANDERING, jumps_a_year=2.0))
    student = StudentT.of(4.0, dtype=np.dtype(np.float32))
    assert not covers(process(WANDERING, innovation=student))
    with jax.enable_x64(True):
        assert not covers(process(WANDERING, dtype=np.float64))


@pytest.mark.parametrize(
    ("platform", "capability", "able"),
    [
        ("gpu", "9.0", True),
        ("gpu", "10.0", True),
        ("gpu", "8.9", False),
        ("gpu", "gfx942", False),
        ("cpu", None, False),
        ("tpu", None, False),
    ],
)
def test_mosaic_has_code_for_hopper_and_newer(
    platform: str,
    capability: str | None,
    able: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    device = SimpleNamespace(platform=platform, compute_capability=capability)
    monkeypatch.setattr(_fused.importlib.util, "find_spec", lambda _: True)
    assert runs_on(device) == able
    monkeypatch.setattr(_fused.importlib.util, "find_spec", lambda _: None)
    assert not runs_on(device)


def test_a_cpu_scans() -> None:
    assert way(Walk(three(), 4), jax.local_devices()) is by_scan


def test_a_kernel_that_does_not_compile_leaves_the_scan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Here it cannot: Pallas has no compiler for a CPU."""
    monkeypatch.setattr(_walk, "runs_on", lambda _: True)
    with pytest.warns(UserWarning, match="No fused prices here, a scan instead"):
        assert way(Walk(three(), 4), jax.local_devices()) is by_scan


def test_a_kernel_is_used_if_it_is_right_and_only_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wrong(given: Walk, seed: jax.Array, path: jax.Array) -> Walked:
        right = by_scan(given, seed, path)
        return Walked(final=right.final, lowest=right.lowest * 1.001)

    given, places = Walk(three(), 4), jax.local_devices()
    monkeypatch.setattr(_walk, "runs_on", lambda _: True)
    monkeypatch.setattr(_walk, "by_kernel", interpreted)
    assert way(given, places) is interpreted
    monkeypatch.setattr(_walk, "by_kernel", wrong)
    with pytest.warns(UserWarning, match="Fused prices are wrong here"):
        assert way(given, places) is by_scan


def test_mosaic_accepts_the_kernel() -> None:
    """Down to Mosaic's own code; what its compiler makes of it needs a device."""
    path = jax.ShapeDtypeStruct((1000,), jnp.uint32)
    traced = jax.jit(by_kernel).trace(Walk(three(), 96), seed_words(SEED), path)
    assert "mosaic_gpu" in traced.lower(lowering_platforms=("cuda",)).as_text()


@pytest.mark.gpu
def test_on_a_device_the_kernel_gives_the_prices_of_the_scan() -> None:
    device = jax.local_devices()[0]
    if not runs_on(device):
        pytest.skip(f"{device.device_kind}: no Hopper or newer, or no absl")
    given, seed = Walk(process(*[WANDERING] * 8), 96), seed_words(SEED)
    path = jnp.arange(4096, dtype=jnp.uint32)
    scan, kernel = (jax.jit(f)(given, seed, path) for f in (by_scan, by_kernel))
    assert way(given, [device]) is by_kernel
    np.testing.assert_allclose(kernel.final, scan.final, rtol=1e-5)
    np.testing.assert_allclose(kernel.lowest, scan.lowest, rtol=1e-5)

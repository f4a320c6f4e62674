"""Prices that nobody trades on are the fundamental prices of a run."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.engine import Walked, walk
from tests.engine.price_processes import FOLLOWING, PEGGED, WANDERING, process
from tests.engine.systems import build, whole


def walked(paths: int, devices: int) -> Walked:
    """All launches side by side."""
    prices = process(WANDERING, FOLLOWING, PEGGED)
    places = jax.local_devices()[:devices]
    parts = list(walk(prices, paths=paths, seed=3, steps=5, devices=places))
    return jax.tree.map(lambda *each: np.concatenate(each, axis=-1), *parts)


def test_a_path_does_not_depend_on_how_many_there_are_or_where() -> None:
    few, many = walked(70, 1), walked(200, 2)
    assert few.final.shape == (3, 70)
    assert np.array_equal(few.final, many.final[:, :70])
    assert np.array_equal(few.lowest, many.lowest[:, :70])
    assert (few.lowest <= few.final).all()


@pytest.mark.slow
def test_a_walk_falls_as_deep_as_the_fundamental_prices_of_a_run() -> None:
    """With shocks, regimes and jumps of every kind, on the same seed."""
    system = build()
    (alone,) = walk(system.prices, paths=64, seed=1, steps=system.steps)
    run = whole(system, paths=64, block=64, launch=64)
    unmoved = jnp.zeros((system.prices.anchor.shape[0], 1), jnp.float32)
    initial = jnp.exp(system.prices.log_price(system.prices.init(1), unmoved))
    drawdown = 1 - alone.lowest / np.asarray(initial)
    assert drawdown.max() > 0.05
    np.testing.assert_allclose(drawdown, run.fundamental_drawdown, atol=2e-6)

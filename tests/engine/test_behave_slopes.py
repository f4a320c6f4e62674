"""Slopes through what borrowers, suppliers and providers do."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import seed_words
from jaxrisk.engine import Split, System
from jaxrisk.engine._adjoint import Weights, gradient
from jaxrisk.engine._rollout import rollout
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


PATHS = 8


def system_of() -> System:
    """Everybody acts, on a book that is a distribution but for those who act."""
    return fast_twin(small_system(11, accounts=8, steps=4, cohorts=3, behaviour="all"))


def weights() -> Weights:
    """Of bad debt, and a little of repayments."""
    return Weights(jnp.linspace(1, 2, PATHS), jnp.linspace(0.1, 0.2, PATHS))


def score_of(system: System) -> jax.Array:
    """What is differentiated."""
    path = jnp.arange(PATHS, dtype=jnp.uint32)
    return weights().score(rollout(system, seed_words(1), path)[1])


def moved(split: Split, direction: object, size: float) -> System:
    """The system, some way in a direction."""
    there = jax.tree.map(lambda at, way: at + size * way, split.moved, direction)
    return split.system(there)


@pytest.mark.slow
def test_slopes_through_behaviour_are_those_of_small_bumps() -> None:
    """In directions through thresholds, depths, rules and wealth; no path jumps."""
    with jax.enable_x64(True):
        split = Split(*eqx.partition(system_of(), eqx.is_inexact_array))
        path = jnp.arange(PATHS, dtype=jnp.uint32)
        found = jax.jit(lambda at: gradient(at, seed_words(1), path, weights())[1])(
            split
        )
        score = jax.jit(score_of)
        chance = np.random.default_rng(3)
        for name in ("accounts", "venues", "borrowers", "suppliers", "providers"):

            def of(leaf: jax.Array) -> jax.Array:
                size = np.where(np.isfinite(leaf), leaf, 0)
                return jnp.asarray(chance.normal(size=leaf.shape) * size)

            nowhere = jax.tree.map(jnp.zeros_like, split.moved)
            way = jax.tree.map(of, getattr(split.moved, name))
            way = eqx.tree_at(lambda at, part=name: getattr(at, part), nowhere, way)
            products = jax.tree.map(lambda one, other: (one * other).sum(), found, way)
            slope = float(sum(jax.tree.leaves(products)))
            up, down = (float(score(moved(split, way, each))) for each in (1e-7, -1e-7))
            bump = (up - down) / 2e-7
            scale = max(abs(slope), abs(bump))
            noise = 1e-15 * abs(up) / 1e-7
            assert scale > 0, name
            assert abs(slope - bump) < 1e-3 * scale + noise, (name, slope, bump)

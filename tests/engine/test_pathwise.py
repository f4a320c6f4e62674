"""The engine is differentiable along a path, where no switch flips."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import seed_words
from jaxrisk.engine import System
from jaxrisk.engine._rollout import rollout
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


PATHS = 64


def slopes(system: System, half: float) -> tuple[np.ndarray, np.ndarray]:
    """By path, of debt repaid, in a common factor on all liquidation thresholds.

    By forward differentiation through every step, and by a central difference.
    """
    path = jnp.arange(PATHS, dtype=jnp.uint32)

    @jax.jit
    def repaid(factor: jax.Array) -> jax.Array:
        scaled = eqx.tree_at(
            lambda at: at.accounts.weighted, system, factor * system.accounts.weighted
        )
        return rollout(scaled, seed_words(1), path)[1].repaid.sum(axis=0)

    one, unit = jnp.ones(()), jnp.ones(())
    forward = jax.jvp(repaid, (one,), (unit,))[1]
    difference = (repaid(one + half) - repaid(one - half)) / (2 * half)
    return np.asarray(forward), np.asarray(difference)


@pytest.mark.slow
def test_forward_differentiation_is_the_slope_of_the_path() -> None:
    """Of a book of cohorts: finite on all paths, the slope where no switch flips."""
    with jax.enable_x64(True):
        system = fast_twin(small_system(1, steps=6, cohorts=8))
        forward, difference = slopes(system, 1e-7)
    assert np.isfinite(forward).all()
    scale = np.abs(difference).max()
    agree = np.abs(forward - difference) < 1e-4 * np.abs(difference) + 1e-6 * scale
    assert (np.abs(difference) > 1e-3 * scale).mean() > 0.2
    assert agree.mean() > 0.9

"""Slopes through failures, redemptions, defaults and losses of receipts."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import seed_words
from jaxrisk.engine import System
from jaxrisk.engine import _adjoint as adjoint
from jaxrisk.engine._adjoint_cascade import Slopes
from jaxrisk.engine._rollout import rollout
from tests.engine.fast_twin import fast_twin
from tests.engine.test_adjoint import along, directions, split_of, weights
from tests.reference.small_systems import NETWORKS, small_system


PATHS = 16


def contagion() -> System:
    """All of it at once: receipts of what is owed, a stablecoin, and two lines."""
    plain = small_system(11, accounts=8, steps=5, network="spiral", credit=True)
    claims = NETWORKS["claims"]
    network = dataclasses.replace(
        plain.network, sources=claims.sources, receipts={1: 3, 0: 4}
    )
    return fast_twin(dataclasses.replace(plain, network=network))


@pytest.mark.slow
def test_the_adjoint_is_the_forward_derivative_and_the_bump() -> None:
    """To rounding against the one; to the bump's own error against the other."""
    with jax.enable_x64(True):
        split = split_of(contagion())
        path = jnp.arange(PATHS, dtype=jnp.uint32)
        score_of = weights(PATHS)

        @jax.jit
        def score(moved: Slopes) -> jax.Array:
            outcome = rollout(split.system(moved), seed_words(1), path)[1]
            return score_of.score(outcome)

        forward = jax.jit(lambda way: jax.jvp(score, (split.moved,), (way,))[1])
        found = jax.jit(
            lambda moved: adjoint.gradient(
                dataclasses.replace(split, moved=moved), seed_words(1), path, score_of
            )[1]
        )(split.moved)
        for seed in range(3):
            way = directions(split, seed)
            expected = forward(way)
            assert expected != 0
            np.testing.assert_allclose(along(found, way), expected, rtol=1e-8)
        way = losses_only(split.moved)
        step = 1e-6
        up, down = (
            score(jax.tree.map(lambda at, by, s=s: at + s * by, split.moved, way))
            for s in (step, -step)
        )
        bump = float(up - down) / (2 * step)
        assert bump != 0
        np.testing.assert_allclose(along(found, way), bump, rtol=1e-5)


def losses_only(moved: System) -> System:
    """One for the log of what failures leave, where they leave less than all."""
    nothing = jax.tree.map(jnp.zeros_like, moved)
    left = moved.network.failures.log_left  # pyright: ignore[reportAttributeAccessIssue]
    way = (left < 0).astype(left.dtype)
    return eqx.tree_at(lambda at: at.network.failures.log_left, nothing, way)

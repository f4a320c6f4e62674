"""Slopes told backwards are those of forward differentiation, and always numbers."""

import functools

import equinox as eqx
import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import seed_words
from jaxrisk.engine import Outcome, Split, System, slopes
from jaxrisk.engine import _adjoint as adjoint
from jaxrisk.engine._adjoint_cascade import Slopes
from jaxrisk.engine._rollout import rollout
from tests.engine.fast_twin import fast_twin
from tests.engine.systems import single
from tests.reference.small_systems import small_system


PATHS = 64
SLOW = pytest.mark.slow
VARIANTS = [
    {"oracle": "heartbeat", "keeper": "rational", "latency": 2},
    {"oracle": "delayed", "keeper": "poor", "latency": 0},
    {"oracle": "instant", "keeper": "greedy", "latency": 0},
]


def variant(number: int, seed: int = 1) -> System:
    """Twenty accounts, six of them cohorts; more than are near in one step."""
    twin = small_system(seed, accounts=20, steps=6, cohorts=6, **VARIANTS[number])
    return fast_twin(twin)


def split_of(system: System) -> Split:
    """Every number of the system is moved."""
    return Split(*eqx.partition(system, eqx.is_inexact_array))


def weights(paths: int = PATHS) -> adjoint.Weights:
    """A little of everything."""
    return adjoint.Weights(jnp.linspace(1, 2, paths), jnp.linspace(0.1, 0.2, paths))


@functools.cache
def backward():  # noqa: ANN201
    """The slopes, compiled once for systems of one structure."""
    path = jnp.arange(PATHS, dtype=jnp.uint32)
    return jax.jit(
        lambda split: adjoint.gradient(split, seed_words(1), path, weights())
    )


def directions(split: Split, seed: int) -> Slopes:
    """Every number by a random share of itself; what is infinite stays."""
    chance = np.random.default_rng(seed)

    def of(leaf: jax.Array) -> jax.Array:
        step = chance.normal(size=leaf.shape) * np.where(np.isfinite(leaf), leaf, 0)
        return jnp.asarray(step, leaf.dtype)

    return jax.tree.map(of, split.moved)


def along(slope: Slopes, direction: Slopes) -> float:
    """The slope in one direction."""
    products = jax.tree.map(lambda one, other: (one * other).sum(), slope, direction)
    return float(sum(jax.tree.leaves(products)))


@pytest.mark.parametrize(
    "number", [pytest.param(0, marks=SLOW), pytest.param(1, marks=SLOW), 2]
)
def test_the_adjoint_is_the_forward_derivative(number: int) -> None:
    """To rounding, in random directions through every number of the system."""
    with jax.enable_x64(True):
        split = split_of(variant(number))
        path = jnp.arange(PATHS, dtype=jnp.uint32)

        @jax.jit
        def score(moved: Slopes) -> jax.Array:
            outcome = rollout(split.system(moved), seed_words(1), path)[1]
            return weights().score(outcome)

        forward = jax.jit(lambda way: jax.jvp(score, (split.moved,), (way,)))
        outcome, found = backward()(split)
        np.testing.assert_allclose(
            weights().score(outcome), score(split.moved), rtol=1e-12
        )
        for seed in range(3):
            way = directions(split, seed)
            expected = forward(way)[1]
            assert expected != 0
            np.testing.assert_allclose(along(found, way), expected, rtol=1e-8)
    assert isinstance(outcome, Outcome)


@pytest.mark.slow
def test_segments_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace that is computed again is the same trace."""
    with jax.enable_x64(True):
        split = split_of(variant(2))
        whole = backward()(split)[1]
        monkeypatch.setattr(adjoint, "TRACE_BYTES", 1)
        backward.cache_clear()
        parts = backward()(split)[1]
        backward.cache_clear()
    for one, other in zip(jax.tree.leaves(whole), jax.tree.leaves(parts), strict=True):
        scale = np.abs(one).max() if one.size else 1
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12 * scale)


def test_slopes_want_whole_blocks() -> None:
    """A part of a block would be another sample."""
    with jax.enable_x64(True):
        split = split_of(single(variant(2)))
    path, none = np.arange(64), np.zeros(64)
    with pytest.raises(ValueError, match="multiple of 128"):
        slopes(split, split.moved, path=path, bad_debt=none, repaid=none, seed=1)


def drawn(number: int, seed: int, scale: float) -> System:
    """A book of chance under numbers far from anything real."""
    chance = np.random.default_rng(seed)
    with jax.enable_x64(True):
        system = variant(number, seed)

        def stretched(leaf: jax.Array) -> jax.Array:
            return leaf * jnp.asarray(np.exp(scale * chance.normal(size=leaf.shape)))

        def stretch(at: System) -> list[jax.Array]:
            rules = at.close_factor
            kinds = [x for k in at.venues.kinds for x in jax.tree.leaves(k)]
            return [
                at.accounts.weighted,
                at.accounts.debt,
                at.prices.scale,
                at.pool.supplied,
                at.reserve_fund,
                at.accounts.width,
                rules.full_below_size,
                rules.least_remainder,
                *kinds[:1],
            ]

        return eqx.tree_at(
            stretch, system, [stretched(each) for each in stretch(system)]
        )


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(VARIANTS)))
def test_no_slope_is_ever_nan_or_infinite(number: int) -> None:
    """In float32, every mechanism on, over systems drawn by chance."""

    @hypothesis.settings(max_examples=40, deadline=None, derandomize=True)
    @hypothesis.given(
        seed=st.integers(0, 10**6), scale=st.sampled_from([0.0, 0.3, 1.0])
    )
    def finite(seed: int, scale: float) -> None:
        outcome, found = backward()(split_of(single(drawn(number, seed, scale))))
        hypothesis.assume(bool((np.asarray(outcome.status) != 1).all()))
        for at, leaf in jax.tree_util.tree_leaves_with_path(found):
            assert np.isfinite(leaf).all(), jax.tree_util.keystr(at)

    finite()

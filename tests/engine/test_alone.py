"""Working one by one is working on every path, and leaving the idle ones alone."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.engine._alone import one_by_one
from jaxrisk.engine._turns import CACHED


PATHS = 32
MANY = 2 * CACHED
"""Paths of a block that only an accelerator is given."""

Parts = tuple[jax.Array, jax.Array, jax.Array]


@jax.jit
def in_turn(carry: Parts, given_: jax.Array, busy: jax.Array) -> Parts:
    """A piece of work that treats every path alone, on one after the other."""
    return one_by_one(lambda part: (_work(*part), part[1]), (carry, given_), busy=busy)[
        0
    ]


def _work(carry: Parts, given_: jax.Array) -> Parts:
    table, count, scale = carry
    return table * scale + given_[None], count + 1, scale


def example(seed: int, paths: int = PATHS) -> tuple[Parts, jax.Array]:
    """Whole numbers, so that every order of work gives the same bits."""
    chance = np.random.default_rng(seed)
    table = jnp.asarray(chance.integers(0, 99, (3, paths)), jnp.float32)
    count = jnp.asarray(chance.integers(0, 9, paths), jnp.int32)
    return (table, count, jnp.float32(3)), jnp.arange(paths, dtype=jnp.float32)


@given(busy=st.lists(st.booleans(), min_size=PATHS, max_size=PATHS))
def test_busy_paths_are_worked_on_and_no_other(busy: list[bool]) -> None:
    carry, given_ = example(1)
    chosen = np.array(busy)
    everywhere = _work(carry, given_)
    found = in_turn(carry, given_, jnp.asarray(chosen))
    for have, new, old in zip(found[:2], everywhere[:2], carry[:2], strict=True):
        assert np.array_equal(have, np.where(chosen, new, old))
    assert found[2] == carry[2]


@pytest.mark.parametrize("count", [0, 1, PATHS])
def test_nobody_and_everybody_may_be_busy(count: int) -> None:
    carry, given_ = example(2)
    chosen = np.arange(PATHS) >= PATHS - count
    found = in_turn(carry, given_, jnp.asarray(chosen))
    expected = np.where(chosen, _work(carry, given_)[0], carry[0])
    assert np.array_equal(found[0], expected)


def test_a_broken_path_stays_alone() -> None:
    """Not a number on one busy path: no neighbor sees it."""
    carry, given_ = example(3)
    busy = jnp.ones(PATHS, bool)
    clean = np.asarray(in_turn(carry, given_, busy)[0])
    poisoned = (carry[0].at[:, 5].set(jnp.nan), *carry[1:])
    found = np.asarray(in_turn(poisoned, given_, busy)[0])
    others = np.arange(PATHS) != 5
    assert np.isnan(found[:, 5]).all()
    assert np.array_equal(found[:, others], clean[:, others])


@pytest.mark.parametrize("count", [0, 1, 2047, 2048, 5000, MANY])
def test_many_go_together_in_the_block_of_an_accelerator(count: int) -> None:
    """Groups of 2,048, the last one with empty places."""
    carry, given_ = example(4, MANY)
    chosen = np.zeros(MANY, bool)
    chosen[np.random.default_rng(5).permutation(MANY)[:count]] = True
    everywhere = _work(carry, given_)
    found = in_turn(carry, given_, jnp.asarray(chosen))
    for have, new, old in zip(found[:2], everywhere[:2], carry[:2], strict=True):
        assert np.array_equal(have, np.where(chosen, new, old))

"""Draws are numbers with an address, and the numbers are Threefry's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from jaxrisk._random import MAX_STEPS, Draw, Stream, seed_words
from tests.reference import threefry as plain


SEED = 2**40 + 5
PATHS = (0, 3, 77, 2**31, 2**32 - 1)


@jax.jit
def everything(path: jax.Array, step: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Uniforms and normals of all streams, [stream, index, path]."""
    draw = Draw(seed=seed_words(SEED), path=path, step=step)
    uniforms = [draw.uniform(stream, 5) for stream in Stream]
    return jnp.stack(uniforms), jnp.stack([draw.normal(s, 5) for s in Stream])


def drawn(paths: tuple[int, ...], step: int) -> tuple[np.ndarray, np.ndarray]:
    """The same on the host."""
    uniform, normal = everything(jnp.array(paths, jnp.uint32), jnp.uint32(step))
    return np.asarray(uniform), np.asarray(normal)


@pytest.mark.parametrize("step", [0, 1, 255, MAX_STEPS - 1])
def test_numbers_are_those_of_threefry_at_the_address(step: int) -> None:
    """Uniforms to the bit; normals as the float32 inverse of the error function."""
    uniform, normal = drawn(PATHS, step)
    for stream in Stream:
        for index in range(5):
            for column, path in enumerate(PATHS):
                address = (SEED, path, step, int(stream), index)
                at = (int(stream), index, column)
                assert uniform[at] == plain.uniform(*address)
                assert abs(normal[at] - plain.normal(*address)) < 5e-6


def test_a_number_does_not_depend_on_the_other_paths() -> None:
    together = drawn(PATHS, 9)
    backwards = drawn(PATHS[::-1], 9)
    for column, path in enumerate(PATHS):
        alone = drawn((path,), 9)
        for kind in range(2):
            assert np.array_equal(alone[kind][..., 0], together[kind][..., column])
    assert np.array_equal(backwards[0][..., ::-1], together[0])


def test_a_number_does_not_depend_on_how_many_are_drawn() -> None:
    draw = Draw(
        seed=seed_words(SEED), path=jnp.arange(4, dtype=jnp.uint32), step=jnp.uint32(2)
    )
    assert np.array_equal(
        draw.normal(Stream.PRICE, 3), draw.normal(Stream.PRICE, 8)[:3]
    )


def test_no_two_addresses_share_a_number() -> None:
    """2^24 normals are possible: 4,000 draws of a fixed seed meet fewer than three."""
    paths = tuple(range(40))
    numbers = np.concatenate([drawn(paths, step)[1].ravel() for step in range(4)])
    assert np.unique(numbers).size >= numbers.size - 3


def test_seeds_differ_in_either_word() -> None:
    words = {
        tuple(np.asarray(seed_words(s)).tolist()) for s in (1, 2, 2**32, 2**32 + 1)
    }
    assert len(words) == 4


def test_uniforms_and_normals_follow_their_laws() -> None:
    """Kolmogorov-Smirnov; fails for a right generator once in 10,000 seeds a test."""
    uniform, normal = drawn(tuple(range(8000)), 3)
    assert uniform.min() > 0
    assert uniform.max() < 1
    assert stats.kstest(uniform.ravel().astype(np.float64), "uniform").pvalue > 1e-4
    assert stats.kstest(normal.ravel().astype(np.float64), "norm").pvalue > 1e-4


def test_streams_and_indices_are_uncorrelated() -> None:
    """28 correlations, 4.5 se each: fails for a right generator once in 5,000 seeds."""
    count = 8000
    _, normal = drawn(tuple(range(count)), 3)
    rows = normal[:4, :2].reshape(8, count)
    off = np.corrcoef(rows)[np.triu_indices(8, 1)]
    assert np.abs(off).max() < 4.5 / np.sqrt(count)

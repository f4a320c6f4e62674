"""Moments of a stream: exact, and blind to how the stream is cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.risk import Accumulator, Moments
from jaxrisk.risk._moments import LEAF


PATHS = 2 * LEAF + 777


@pytest.fixture(scope="module")
def block() -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.lognormal(3, 2, (3, PATHS)) * (rng.random((3, PATHS)) < 0.3)


@pytest.fixture(scope="module")
def valid() -> np.ndarray:
    return np.random.default_rng(2).random(PATHS) < 0.99


def pushed(block: np.ndarray, valid: np.ndarray, cuts: list[int]) -> Moments:
    accumulator = Accumulator(block.shape[0])
    for start, stop in zip([0, *cuts], [*cuts, block.shape[1]], strict=True):
        accumulator.push(block[:, start:stop], valid[start:stop])
    return accumulator.moments()


def same(one: Moments, other: Moments) -> bool:
    return (
        one.count == other.count
        and np.array_equal(one.mean, other.mean)
        and np.array_equal(one.second, other.second)
    )


@given(cuts=st.lists(st.integers(0, PATHS), max_size=6).map(sorted))
def test_cutting_the_stream_elsewhere_changes_no_bit(
    block: np.ndarray, valid: np.ndarray, cuts: list[int]
) -> None:
    assert same(pushed(block, valid, cuts), pushed(block, valid, []))


def test_paths_one_at_a_time_change_no_bit(
    block: np.ndarray, valid: np.ndarray
) -> None:
    few = LEAF + 100
    one_by_one = pushed(block[:, :few], valid[:few], list(range(1, few)))
    assert same(one_by_one, pushed(block[:, :few], valid[:few], []))


def test_moments_are_those_of_the_valid_paths_alone(
    block: np.ndarray, valid: np.ndarray
) -> None:
    block = np.where(valid, block, np.nan)
    moments = pushed(block, valid, [1000])
    kept = block[:, valid]
    assert moments.count == valid.sum()
    np.testing.assert_allclose(moments.mean, kept.mean(axis=1), rtol=1e-13)
    np.testing.assert_allclose(moments.variance, kept.var(axis=1, ddof=1), rtol=1e-12)


def test_a_large_mean_does_not_drown_a_small_variance(
    block: np.ndarray, valid: np.ndarray
) -> None:
    small = block / block.max()
    shifted = pushed(small + 1e8, valid, []).variance
    np.testing.assert_allclose(shifted, pushed(small, valid, []).variance, rtol=1e-6)


def test_reading_does_not_disturb_what_follows(
    block: np.ndarray, valid: np.ndarray
) -> None:
    accumulator = Accumulator(block.shape[0])
    accumulator.push(block[:, :500], valid[:500])
    accumulator.moments()
    accumulator.push(block[:, 500:], valid[500:])
    assert same(accumulator.moments(), pushed(block, valid, []))


@given(sizes=st.lists(st.integers(0, 5), min_size=3, max_size=3))
def test_merging_is_associative_and_none_is_neutral(sizes: list[int]) -> None:
    rng = np.random.default_rng(sum(sizes))
    one, two, three = (Moments.of(rng.normal(size=(2, size))) for size in sizes)
    left, right = one.merged(two).merged(three), one.merged(two.merged(three))
    assert left.count == right.count
    np.testing.assert_allclose(left.mean, right.mean, atol=1e-14)
    np.testing.assert_allclose(left.second, right.second, atol=1e-13)
    assert same(one.merged(Moments.none(2)), one)


def test_an_error_needs_two_paths_and_a_mean_needs_one() -> None:
    alone = Moments.of(np.ones((1, 1))).estimate()
    assert alone.value == 1
    assert np.isinf(alone.standard_error)
    assert np.isnan(Moments.none(1).estimate().value)

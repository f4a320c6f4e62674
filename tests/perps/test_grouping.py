"""Sums over groups, and values of groups, are those of plain loops."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.perps import Grouping


few = st.integers(1, 5)
many = st.integers(9, 12)


@settings(max_examples=15)
@given(data=st.data(), groups=few | many, paths=st.sampled_from([1, 3]))
def test_a_grouping_is_its_plain_loops(
    data: st.DataObject, groups: int, paths: int
) -> None:
    """In any order, with empty groups, groups of one and of many."""
    group_of = data.draw(st.lists(st.integers(0, groups - 1), min_size=1, max_size=24))
    if data.draw(st.booleans()):
        group_of = sorted(group_of)
    map_ = Grouping(tuple(group_of), groups)
    values = np.arange(len(group_of) * paths, dtype=np.float32).reshape(-1, paths)
    total = np.zeros((groups, paths), np.float32)
    for row, group in enumerate(group_of):
        total[group] += values[row]
    assert np.array_equal(map_.total(jnp.asarray(values)), total)
    assert np.array_equal(map_.spread(jnp.asarray(total)), total[group_of])
    flags = total > total.mean()
    assert np.array_equal(map_.spread(jnp.asarray(flags)), flags[group_of])


@pytest.mark.parametrize("groups", [2, 12])
def test_what_is_fixed_along_a_path_may_be_infinite(groups: int) -> None:
    column = np.full((groups, 1), -np.inf, np.float32)
    column[0] = 1.0
    found = Grouping((0, 1, 0), groups).spread(jnp.asarray(column))
    assert np.array_equal(found[:, 0], [1, -np.inf, 1])

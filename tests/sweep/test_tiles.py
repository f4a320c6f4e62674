"""Tasks are whole chunks, and all of them together are everything once."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.sweep._tiles import Tiles


@settings(max_examples=60, deadline=None)
@given(
    shape=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    most=st.integers(1, 40),
)
def test_tasks_are_whole_chunks_and_cover_all_settings_once(
    shape: list[int], most: int
) -> None:
    tiles = Tiles.of(shape, most)
    seen = np.zeros(shape, int)
    for task in range(tiles.tasks):
        region = tiles.region(task)
        seen[region] += 1
        for part, length, size in zip(region, tiles.chunk, shape, strict=True):
            assert part.start % length == 0
            assert part.stop == min(part.start + length, size)
        numbers = np.arange(seen.size).reshape(shape)[region]
        assert tiles.settings(task) == numbers.ravel().tolist()
        assert numbers.size <= most
    assert (seen == 1).all()

"""The worst paths, exactly."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jaxrisk.risk import Tail


# Few different values: ties are the rule.
losses = hnp.arrays(
    np.float64, st.integers(1, 60), elements=st.integers(0, 4).map(float)
)


@given(loss=losses, depth=st.integers(1, 70), data=st.data())
def test_a_tail_is_the_head_of_a_full_sort_in_any_order_and_any_pieces(
    loss: np.ndarray, depth: int, data: st.DataObject
) -> None:
    order = np.array(data.draw(st.permutations(range(loss.size))))
    cuts = sorted(data.draw(st.lists(st.integers(0, loss.size), max_size=5)))
    tail = Tail(depth)
    for piece in np.split(order, cuts):
        tail.push(loss[piece], piece.astype(np.int64))
    worst, path = tail.worst()
    expected = np.lexsort((np.arange(loss.size), -loss))[:depth]
    np.testing.assert_array_equal(path, expected)
    np.testing.assert_array_equal(worst, loss[expected])


def test_of_equal_losses_the_lower_path_is_kept() -> None:
    tail = Tail(2)
    tail.push(np.array([1.0, 1.0, 1.0]), np.array([9, 4, 7]))
    assert tail.worst()[1].tolist() == [4, 7]


def test_memory_stays_at_twice_the_depth() -> None:
    rng = np.random.default_rng(0)
    tail = Tail(100)
    for start in range(0, 100_000, 100):
        tail.push(rng.random(100), np.arange(start, start + 100))
        assert tail._loss.size <= 300
    assert tail.worst()[0].size == 100


@given(count=st.integers(1, 5000), beyond=st.sampled_from([0.01, 0.05, 0.1]))
def test_a_share_of_the_worst_is_a_share_of_all_and_never_none(
    count: int, beyond: float
) -> None:
    tail = Tail(500)
    loss = np.arange(count, dtype=float)
    tail.push(loss, np.arange(count))
    share = tail.share(beyond)
    assert share[0] == count - 1
    assert share.size == 1 or abs(share.size - count * beyond) < 1

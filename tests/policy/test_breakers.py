"""Circuit breakers, step by step."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.policy import Breaker, Breakers, NoBreakers
from tests.policy.by_hand import column, of


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def breaker(
    *,
    window: int = 2,
    fall: float = 0.1,
    rise: float = float("inf"),
    pause: float = 2.0,
    cool_down: float = 1.0,
) -> Breaker:
    """Watches the first of two assets; its moves pause the first two reserves."""
    reach = of([[1.0], [1.0], [0.0]])
    return Breaker(
        assets=(0,),
        window=window,
        fall=of([fall]),
        rise=of([rise]),
        pause=of(pause),
        cool_down=of(cool_down),
        liquidations=reach,
        borrowing=0 * reach,
        trading=of([[1.0], [0.0], [0.0]]),
    )


def tripped(one: Breaker, log_prices: list[float]) -> list[bool]:
    """Whether something is paused after each of these prices; before them zero."""
    state, told = one.init(column(0.0, 0.0)), []
    for price in log_prices:
        state, paused = one.advance(state, column(price, -9.0))
        told.append(bool(paused[0, 0]))
    return told


def test_a_fall_over_the_window_pauses_from_that_step_on() -> None:
    # Over one step by .06 and then .05: .11 in two steps, .05 in the two after them.
    assert tripped(breaker(), [-0.06, -0.11, -0.11, -0.11]) == [
        False,
        True,
        True,
        False,
    ]
    assert tripped(breaker(window=1), [-0.06, -0.11, -0.11, -0.11]) == [False] * 4


def test_the_limit_itself_trips_and_rises_do_where_they_matter() -> None:
    assert tripped(breaker(), [-0.1]) == [True]
    assert tripped(breaker(), [0.5]) == [False]
    assert tripped(breaker(rise=0.5), [0.5]) == [True]


def test_it_cannot_trip_again_before_it_has_cooled_down() -> None:
    steps = [-0.1 * (k + 1) for k in range(8)]
    two_and_one = [True, True, False]
    assert tripped(breaker(), steps) == (two_and_one * 3)[:8]
    never = breaker(pause=1.0, cool_down=100.0)
    assert tripped(never, steps) == [True] + [False] * 7


def test_what_any_breaker_pauses_is_paused() -> None:
    both = Breakers((breaker(), breaker(fall=0.01, pause=5.0)))
    assert both.watches
    state, halts = both.advance(both.init(column(0.0, 0.0)), column(-0.2, 0.0))
    assert np.array_equal(halts.liquidations, column(1.0, 1.0, 0.0))
    assert np.array_equal(halts.trading, column(1.0, 0.0, 0.0))
    assert np.array_equal(halts.borrowing, column(0.0, 0.0, 0.0))
    assert np.array_equal(halts.closing, column(1.0, 1.0, 0.0))
    assert len(state) == 2
    assert not NoBreakers().watches


@settings(max_examples=20)
@given(
    moves=st.lists(st.floats(-0.2, 0.2), min_size=6, max_size=6),
    window=st.integers(1, 4),
)
def test_it_looks_back_by_the_window_and_no_further(
    moves: list[float], window: int
) -> None:
    prices = np.cumsum(moves)
    longer = np.concatenate([np.zeros(window), prices])
    far = prices - longer[: len(prices)] <= -0.1
    one = breaker(window=window, pause=1.0, cool_down=0.0)
    assert tripped(one, list(prices)) == far.tolist()


def test_paths_do_not_share_a_breaker() -> None:
    one = breaker()
    state = one.init(jnp.zeros((2, 2)))
    _, paused = one.advance(state, jnp.array([[-0.2, 0.0], [0.0, 0.0]]))
    assert np.array_equal(paused, [[1.0, 0.0]])

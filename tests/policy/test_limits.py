"""Rate limits, caps and ceilings."""

from collections.abc import Iterator

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.policy import Caps, Limits, NoCaps, NoLimits
from tests.policy.by_hand import column, of


INF = float("inf")


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def limits(amount: tuple[float, float], share: tuple[float, float]) -> Limits:
    """Of two markets."""
    return Limits(
        amount=of(amount),
        share=of(share),
        closing=of([1.0, 1.0]),
        by_market=True,
        by_position=False,
    )


def test_the_budget_is_the_lesser_of_both_bounds() -> None:
    debt = column(1000.0, 1000.0)
    assert np.array_equal(
        limits((300.0, INF), (0.1, 0.25)).budget(debt), column(100.0, 250.0)
    )
    assert np.array_equal(
        limits((50.0, INF), (0.1, INF)).budget(0 * debt), column(0.0, INF)
    )


def test_all_get_the_same_share_and_a_spent_budget_is_nothing() -> None:
    rule = limits((100.0, INF), (INF, INF))
    share, left = rule.throttle(column(100.0, INF), column(60.0, 1e9))
    assert np.array_equal(share, column(1.0, 1.0))
    assert np.array_equal(left, column(40.0, INF))
    share, left = rule.throttle(left, column(160.0, 1e9))
    assert np.array_equal(share, column(0.25, 1.0))
    assert np.array_equal(left, column(0.0, INF))


@given(left=st.floats(0, 1e6), wanted=st.floats(0, 1e6))
def test_never_more_than_the_budget_is_spent(left: float, wanted: float) -> None:
    rule = limits((1.0, 1.0), (INF, INF))
    share, rest = rule.throttle(column(left, left), column(wanted, wanted))
    assert (rest >= 0).all()
    assert (share >= 0).all()
    assert (share <= 1).all()
    assert float(share[0, 0]) * wanted == pytest.approx(
        left - float(rest[0, 0]), rel=1e-12, abs=1e-9
    )


def test_room_ends_at_the_cap_and_is_never_negative() -> None:
    caps = Caps(
        supply=of([100.0, INF]),
        borrow=of([50.0, 10.0]),
        ceiling=of([INF, 1000.0]),
        some_isolated=True,
    )
    assert np.array_equal(caps.room_to_supply(column(40.0, 40.0)), column(60.0, INF))
    assert np.array_equal(caps.room_to_borrow(column(40.0, 40.0)), column(10.0, 0.0))
    assert np.array_equal(
        caps.room_below_ceiling(column(9e9, 400.0)), column(INF, 600.0)
    )


def test_absence_bounds_nothing() -> None:
    some = column(1.0, 2.0)
    assert not NoLimits().throttles
    assert not NoLimits().gradual
    assert not NoCaps().isolates
    assert np.array_equal(NoLimits().throttle(some, some)[0], column(1.0, 1.0))
    for room in (NoCaps().room_to_supply(some), NoCaps().room_to_borrow(some)):
        assert np.isinf(room).all()

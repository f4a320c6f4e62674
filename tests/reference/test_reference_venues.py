"""The venues of the reference engine: worked amounts, and laws of trading."""

import dataclasses
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from .venues import ConstantProduct, Infinite, PowerLaw, StableSwap, Venue


def test_constant_product_pays_the_worked_amounts() -> None:
    pool = ConstantProduct(quote_reserve=1e6, initial_mid=2500.0)
    assert pool.proceeds(0.0, 40.0, 2500.0) == pytest.approx(90_909.0909, rel=1e-6)
    with_fee = dataclasses.replace(pool, fee=0.003)
    assert with_fee.proceeds(0.0, 40.0, 2500.0) == pytest.approx(90_661.09, rel=1e-6)


def test_stableswap_pays_the_worked_amount() -> None:
    pool = StableSwap(30.0, 241_954.0, 235_285.0, fee=4e-4)
    mid = pool.marginal_price(0.0)
    assert pool.proceeds(0.0, 80_000.0, mid) == pytest.approx(78_925.5, rel=1e-6)


VENUES = [
    Infinite(),
    ConstantProduct(quote_reserve=1e6, initial_mid=2000.0),
    PowerLaw(depth=4e6, exponent=1.0),
    PowerLaw(depth=4e6, exponent=0.6),
    StableSwap(50.0, 4000.0, 5000.0),
]


@pytest.mark.parametrize("venue", VENUES)
@given(start=st.floats(-100, 300), sold=st.floats(-50, 300))
def test_without_fees_the_way_back_costs_what_the_way_there_paid(
    venue: Venue, start: float, sold: float
) -> None:
    there = venue.proceeds(start, sold, 2000.0)
    back = venue.proceeds(start + sold, -sold, 2000.0)
    assert there + back == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("venue", [VENUES[0], VENUES[1], VENUES[-1]])
@given(start=st.floats(-100, 300), sold=st.floats(1e-3, 300))
def test_the_marginal_price_is_the_slope_of_proceeds(
    venue: Venue, start: float, sold: float
) -> None:
    """Of pools; a power law averages log prices, and meets its slope at the start."""
    bump = 1e-3
    paid = venue.proceeds(start, sold + bump, 2000.0)
    paid -= venue.proceeds(start, sold - bump, 2000.0)
    price = 2000.0 * math.exp(venue.displacement(start + sold, 2000.0))
    assert paid / (2 * bump) == pytest.approx(price, rel=1e-5)


@pytest.mark.parametrize("venue", VENUES[1:])
@given(start=st.floats(-100, 300), move_by=st.floats(-0.2, 0.2))
def test_room_is_what_moves_the_price_so_far(
    venue: Venue, start: float, move_by: float
) -> None:
    assume(abs(move_by) > 1e-6)
    room = venue.room(start, move_by, 2000.0)
    end = start + room if move_by < 0.0 else start - room
    moved = venue.displacement(end, 2000.0) - venue.displacement(start, 2000.0)
    assert moved == pytest.approx(move_by, abs=1e-9)

"""Interest, deficits and who pays for them."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk._listing import Listing
from jaxrisk.lending import (
    Accounts,
    Pool,
    RateCurve,
    bad_debt,
    build_accounts,
    by_reserve,
    shortfall,
)
from jaxrisk.lending._book import Book


SINGLE = np.dtype(np.float32)
CURVE = RateCurve(
    base=jnp.array([0.01, 0.0]),
    kink=jnp.array([0.8, 0.9]),
    slope_below=jnp.array([0.04, 0.06]),
    slope_above=jnp.array([0.75, 0.4]),
)
few = settings(max_examples=20)


@pytest.mark.parametrize(
    ("utilization", "expected"),
    [
        (0.0, (0.01, 0.0)),
        (0.4, (0.03, 0.06 * 4 / 9)),
        (0.8, (0.05, 0.06 * 8 / 9)),
        (0.9, (0.05 + 0.75 / 2, 0.06)),
        (1.0, (0.80, 0.46)),
    ],
)
def test_the_borrow_rate_goes_through_its_corners(
    utilization: float, expected: tuple[float, float]
) -> None:
    rate = CURVE.borrow_rate(jnp.full((2, 1), utilization))
    assert np.allclose(rate[:, 0], expected, rtol=1e-5, atol=1e-7)


def test_a_kink_at_full_utilization_has_no_upper_slope() -> None:
    one = jnp.ones(1)
    curve = RateCurve(base=0 * one, kink=one, slope_below=0.05 * one, slope_above=one)
    assert np.isclose(curve.borrow_rate(jnp.ones((1, 1)))[0, 0], 0.05)


def test_rates_never_fall_with_utilization() -> None:
    use = jnp.broadcast_to(jnp.linspace(0, 1, 101), (2, 101))
    assert jnp.all(jnp.diff(CURVE.borrow_rate(use), axis=1) >= 0)


@few
@given(borrowed=st.floats(0, 120), years=st.floats(0.001, 1), factor=st.floats(0, 1))
def test_lenders_are_never_paid_more_than_borrowers_pay(
    borrowed: float, years: float, factor: float
) -> None:
    pool = Pool(
        rates=CURVE,
        reserve_factor=jnp.full(2, factor),
        supplied=jnp.full(2, 100.0),
        borrowed=jnp.full(2, borrowed),
    )
    start = pool.init(1)
    after = pool.accrue(start, jnp.asarray(years, jnp.float32))
    assert jnp.all(after.debt_index >= after.supply_index)
    assert jnp.all(after.supply_index >= 1)
    assert np.allclose(after.borrowed, borrowed * after.debt_index, rtol=1e-6)
    assert np.allclose(after.supplied, 100 * after.supply_index, rtol=1e-6)


def test_an_empty_reserve_accrues_its_base_rate() -> None:
    zero = jnp.zeros(2)
    pool = Pool(rates=CURVE, reserve_factor=zero, supplied=zero, borrowed=zero)
    after = pool.accrue(pool.init(1), jnp.float32(1.0))
    assert np.allclose(after.debt_index[:, 0], np.exp([0.01, 0.0]))
    assert np.allclose(after.supply_index, 1)


def accounts(collateral: np.ndarray, debt: np.ndarray) -> Accounts:
    """A book in one market and one category."""
    rows = collateral.shape[0]
    book = Book(
        account=np.array([f"a{row}" for row in range(rows)]),
        market=np.zeros(rows, np.int64),
        category=np.zeros(rows, np.int64),
        members=np.ones(rows),
        collateral=collateral,
        debt=debt,
    )
    return build_accounts(
        book,
        liquidation_threshold=np.full((1, 3), 0.8),
        liquidation_bonus=np.full((1, 3), 0.05),
        protocol_fee=np.full(3, 0.1),
        dtype=SINGLE,
    )


def losses(
    collateral: np.ndarray, debt: np.ndarray, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bad debt by account, and by reserve."""
    book = accounts(collateral, debt)
    price = jnp.asarray(np.array([[2.0], [1.0], [30.0]]), jnp.float32)
    left = jnp.asarray(kept, jnp.float32)[:, None]
    gap = bad_debt(book, left, jnp.ones_like(left), price, price)
    return np.asarray(gap)[:, 0], np.asarray(by_reserve(book, gap, price))[:, 0]


def random_book(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Collateral, debt, and the share of the collateral still there."""
    chance = np.random.default_rng(seed)
    collateral, debt = chance.uniform(0, 100, (2, 6, 3))
    return collateral, debt, chance.uniform(0, 1, 6)


@few
@given(seed=st.integers(0, 1000))
def test_bad_debt_by_reserve_adds_up_to_that_of_the_accounts(seed: int) -> None:
    gap, by = losses(*random_book(seed))
    assert np.all(by >= 0)
    assert np.isclose(by.sum(), gap.sum(), rtol=1e-5)


@few
@given(seed=st.integers(0, 1000))
def test_neither_the_order_nor_the_splitting_of_accounts_changes_bad_debt(
    seed: int,
) -> None:
    collateral, debt, kept = random_book(seed)
    _, whole = losses(collateral, debt, kept)
    order = np.random.default_rng(seed).permutation(6)
    _, shuffled = losses(collateral[order], debt[order], kept[order])
    assert np.allclose(shuffled, whole, rtol=1e-5)
    first = np.arange(6)[:, None] == 2
    share = np.where(first, 0.3, 1.0)
    held, owes = (
        np.concatenate([tokens * share, tokens[2:3] * 0.7])
        for tokens in (collateral, debt)
    )
    _, split = losses(held, owes, np.append(kept, kept[2]))
    assert np.allclose(split, whole, rtol=1e-5)


@few
@given(seed=st.integers(0, 1000))
def test_shortfall_is_the_value_of_what_is_owed(seed: int) -> None:
    collateral, debt, owed = random_book(seed)
    price = np.array([2.0, 1.0, 30.0])
    found = shortfall(
        accounts(collateral, debt),
        jnp.asarray(owed, jnp.float32)[:, None],
        jnp.asarray(price, jnp.float32)[:, None],
    )
    assert np.allclose(found[:, 0], price * (owed @ debt), rtol=1e-5)


def test_a_keeper_and_the_protocol_share_the_bonus() -> None:
    book = accounts(np.ones((1, 3)), np.ones((1, 3)))
    assert np.allclose(book.keepers, (1 + 0.05 * 0.9) / 1.05)
    assert np.allclose(book.repayable, 1 / 1.05)
    assert np.allclose(book.weighted, 0.8)


def test_reserves_map_to_assets_and_markets_and_back() -> None:
    """Two markets: assets 0, 1 in the first, asset 1 again in the second."""
    listing = Listing.of(
        np.array([0, 1, 1]), np.array([0, 0, 1]), assets=2, markets=2, dtype=SINGLE
    )
    values = jnp.array([[1.0], [2.0], [4.0]])
    assert not listing.order
    assert np.array_equal(listing.to_assets(values)[:, 0], [1, 6])
    assert np.array_equal(listing.to_markets(values)[:, 0], [3, 4])
    assert np.array_equal(listing.from_assets(values[:2])[:, 0], [1, 2, 2])
    assert np.array_equal(listing.from_markets(values[:2])[:, 0], [1, 1, 2])


def test_reserves_in_another_order_than_their_assets_are_put_in_order() -> None:
    listing = Listing.of(
        np.array([2, 0, 1]), np.zeros(3, int), assets=3, markets=1, dtype=SINGLE
    )
    values = jnp.array([[1.0], [2.0], [4.0]])
    assert listing.order == (2, 0, 1)
    assert np.array_equal(listing.from_assets(values), listing.asset @ values)
    assert np.array_equal(listing.to_assets(values), listing.asset.T @ values)

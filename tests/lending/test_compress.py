"""Laws of cohorts."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from jaxrisk.data._aave_v3_ethereum import AAVE_V3_ETHEREUM
from jaxrisk.data._synthetic_book import synthetic_book
from jaxrisk.lending._book import Book
from jaxrisk.lending._compress import compress
from jaxrisk.lending._exact_totals import exact_totals, with_totals_of


WEEKLY = np.where(AAVE_V3_ETHEREUM.among(AAVE_V3_ETHEREUM.stable), 0.004, 0.1)
MARKET = {
    "price": AAVE_V3_ETHEREUM.price,
    "threshold": AAVE_V3_ETHEREUM.threshold(),
    "covariance": np.outer(WEEKLY, WEEKLY) * (0.8 + 0.2 * np.eye(WEEKLY.size)),
}

seeds = st.integers(0, 30)
cohort_counts = st.integers(4, 80)


def take(book: Book, rows: ArrayLike, names: np.ndarray | None = None) -> Book:
    fields = {name: values[rows] for name, values in dataclasses.asdict(book).items()}
    return Book(**(fields if names is None else {**fields, "account": names}))


def health(book: Book) -> np.ndarray:
    weighted = book.collateral * MARKET["threshold"][book.category] @ MARKET["price"]
    owed = book.debt @ MARKET["price"]
    return weighted[owed > 0] / owed[owed > 0]


def assert_same(left: Book, right: Book) -> None:
    for name, values in dataclasses.asdict(left).items():
        np.testing.assert_array_equal(values, getattr(right, name), err_msg=name)


@settings(max_examples=20, deadline=None)
@given(drawn=seeds, cohorts=cohort_counts)
def test_totals_and_members_of_every_category_are_kept(
    drawn: int, cohorts: int
) -> None:
    book = synthetic_book(drawn, 300)
    small = compress(book, cohorts, **MARKET)
    for name in ("members", "collateral", "debt"):
        for category in (0, 1):
            before = getattr(book, name)[book.category == category].sum(axis=0)
            after = getattr(small, name)[small.category == category].sum(axis=0)
            np.testing.assert_allclose(after, before, rtol=1e-12)


@settings(max_examples=10, deadline=None)
@given(drawn=seeds, cohorts=cohort_counts, seed=st.integers(0, 100))
def test_the_order_of_accounts_changes_nothing(
    drawn: int, cohorts: int, seed: int
) -> None:
    book = synthetic_book(drawn, 300)
    shuffled = take(book, np.random.default_rng(seed).permutation(book.account.size))
    assert_same(
        compress(book, cohorts, **MARKET), compress(shuffled, cohorts, **MARKET)
    )


@settings(max_examples=10, deadline=None)
@given(drawn=seeds, cohorts=cohort_counts, share=st.floats(0.01, 0.99))
def test_splitting_an_account_in_two_keeps_totals(
    drawn: int, cohorts: int, share: float
) -> None:
    book = synthetic_book(drawn, 300)
    first, rest = take(book, np.asarray([0])), take(book, np.arange(1, 100))
    halves = [
        dataclasses.replace(
            first,
            account=np.asarray([name]),
            members=first.members * part,
            collateral=first.collateral * part,
            debt=first.debt * part,
        )
        for name, part in (("left", share), ("right", 1 - share))
    ]
    split = [dataclasses.asdict(part) for part in (*halves, rest)]
    joined = Book(**{n: np.concatenate([p[n] for p in split]) for n in split[0]})
    whole = compress(take(book, np.arange(100)), cohorts, **MARKET)
    again = compress(joined, cohorts, **MARKET)
    for before, after in zip(whole.totals, again.totals, strict=True):
        np.testing.assert_allclose(after, before, rtol=1e-12)


@settings(max_examples=10, deadline=None)
@given(drawn=seeds, cohorts=cohort_counts)
def test_cohorts_are_no_more_than_asked_and_healthy_in_their_members_range(
    drawn: int, cohorts: int
) -> None:
    book = synthetic_book(drawn, 300)
    small = compress(book, cohorts, **MARKET)
    assert np.count_nonzero(small.debt.sum(axis=1)) <= cohorts
    slack = 1e-12
    assert health(small).min() >= health(book).min() - slack
    assert health(small).max() <= health(book).max() * (1 + slack)


def test_the_largest_borrowers_stay_alone() -> None:
    book = synthetic_book(3, 1000)
    small = compress(book, 64, **MARKET)
    owed = book.debt @ MARKET["price"]
    largest = book.account[np.argsort(-owed)[:16]]
    assert set(largest) <= set(small.account[small.members == 1])


def test_a_book_with_few_borrowers_is_kept_account_by_account() -> None:
    book = synthetic_book(3, 200)
    small = compress(book, 10_000, **MARKET)
    kept = np.count_nonzero(small.debt.sum(axis=1))
    assert kept == np.count_nonzero(book.debt.sum(axis=1))
    np.testing.assert_array_equal(np.sort(health(small)), np.sort(health(book)))


def test_accounts_that_owe_nothing_or_hold_nothing_are_not_mixed_with_the_others() -> (
    None
):
    book = synthetic_book(3, 300)
    rows = np.flatnonzero(book.debt.sum(axis=1) > 0)[:5]
    collateral = book.collateral.copy()
    collateral[rows] = 0
    book = dataclasses.replace(book, collateral=collateral)
    small = compress(book, 20, **MARKET)
    held, owed = small.collateral.sum(axis=1), small.debt.sum(axis=1)
    bare = np.flatnonzero((held == 0) & (owed > 0))
    np.testing.assert_allclose(
        small.debt[bare].sum(axis=0), book.debt[rows].sum(axis=0), rtol=1e-12
    )
    idle = small.members[owed == 0].sum()
    assert idle == np.count_nonzero(book.debt.sum(axis=1) == 0)


def test_identical_accounts_make_cohorts_exactly_like_them() -> None:
    book = synthetic_book(3, 300)
    row = int(np.argmax(book.debt.sum(axis=1) > 0))
    copies = take(book, np.full(500, row), names=np.arange(500).astype(str))
    small = compress(copies, 8, **MARKET)
    np.testing.assert_allclose(health(small), health(take(book, [row]))[0], rtol=1e-12)


def test_too_few_cohorts_for_the_categories_is_said() -> None:
    with pytest.raises(ValueError, match=r"cohorts \(1\) is too few for 2 categories"):
        compress(synthetic_book(3, 300), 1, **MARKET)


def test_more_cohorts_give_a_nearer_liquidation_profile() -> None:
    book = synthetic_book(3, 3000)
    errors = [_profile_error(book, compress(book, k, **MARKET)) for k in (16, 64, 256)]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.01


def _profile_error(book: Book, small: Book) -> float:
    """Largest error of the share of debt liquidatable at a common fall of ether."""
    falls = np.linspace(0.02, 0.5, 49)
    exposed = AAVE_V3_ETHEREUM.among(("WETH", "wstETH", "cbETH", "rETH"))
    profiles = []
    for each in (book, small):
        held = each.collateral * MARKET["threshold"][each.category] * MARKET["price"]
        owed = each.debt * MARKET["price"]
        profile = []
        for fall in falls:
            after = np.where(exposed, 1 - fall, 1.0)
            breached = held @ after < owed @ after
            profile.append(owed.sum(axis=1)[breached].sum() / owed.sum())
        profiles.append(np.asarray(profile))
    return float(np.abs(profiles[0] - profiles[1]).mean())


@settings(max_examples=30, deadline=None)
@given(
    drawn=seeds,
    cohorts=st.integers(4, 200),
    dust=st.sampled_from([1.0, 1e-3, 1e-9, 1e-18]),
)
def test_totals_of_every_reserve_are_equal_to_the_last_bit(
    drawn: int, cohorts: int, dust: float
) -> None:
    book = synthetic_book(drawn, 300)
    scale = np.where(np.arange(300) % 3 == 0, dust, np.pi)[:, None]
    book = dataclasses.replace(
        book, collateral=book.collateral * scale, debt=book.debt * scale
    )
    small = compress(book, cohorts, **MARKET)
    for name in ("collateral", "debt"):
        before, after = getattr(book, name), getattr(small, name)
        np.testing.assert_array_equal(exact_totals(after), exact_totals(before))


def test_totals_of_plain_sums_are_not_equal_to_the_last_bit() -> None:
    full = np.random.default_rng(1).lognormal(sigma=3, size=(1000, 5))
    sums = full.reshape(20, 50, 5).sum(axis=1)
    rows = np.ones(20, bool)
    assert np.any(exact_totals(sums) != exact_totals(full))
    kept = with_totals_of(full, sums, rows)
    np.testing.assert_array_equal(exact_totals(kept), exact_totals(full))
    np.testing.assert_allclose(kept, sums, rtol=1e-12)


def test_one_merged_row_beside_single_accounts_keeps_the_total() -> None:
    rng = np.random.default_rng(2)
    for _ in range(200):
        full = rng.lognormal(sigma=2, size=(6, 1))
        merged = np.concatenate([full[:3], full[3:].sum(axis=0, keepdims=True)])
        kept = with_totals_of(full, merged, np.array([False, False, False, True]))
        assert exact_totals(kept) == exact_totals(full)
        np.testing.assert_array_equal(kept[:3], full[:3])

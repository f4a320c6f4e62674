"""What a fall in price makes liquidatable."""

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.risk import (
    DROPS,
    Profile,
    _profile,
    asset_exposure,
    common_exposure,
    liquidation_profile,
)

from .books import book


PRICE = np.array([2000.0, 2200.0, 1.0])
THRESHOLD = np.array([[0.8, 0.75, 0.85]])
LIFT = np.array([[1.0, 0, 0], [1, 1, 0], [0, 0, 1]])
"""WETH; wstETH, which follows WETH; USDC."""
RESERVE_ASSET = np.array([0, 1, 2])
IS_BASE = np.array([True, False, False])


def profile(
    collateral: np.ndarray,
    debt: np.ndarray,
    exposure: np.ndarray | None = None,
    drops: np.ndarray = DROPS,
) -> Profile:
    return liquidation_profile(
        book(collateral, debt),
        price=PRICE,
        threshold=THRESHOLD,
        exposure=asset_exposure(LIFT, RESERVE_ASSET) if exposure is None else exposure,
        drops=drops,
    )


def random_book(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Accounts that owe USDC against the rest, healthy at the start."""
    rng = np.random.default_rng(seed)
    collateral = rng.lognormal(size=(30, 3)) * [1, 1, 0]
    health = rng.uniform(1.01, 3, 30)
    owed = (collateral * THRESHOLD) @ PRICE / health
    return collateral, np.outer(owed, [0, 0, 1])


def test_an_account_becomes_liquidatable_at_the_price_at_which_its_health_is_one() -> (
    None
):
    # 1 WETH at 2000, threshold .8, owes 1200: health 1 at 1500, a fall of 1/4.
    found = profile(
        np.array([[1.0, 0, 0]]),
        np.array([[0.0, 0, 1200]]),
        drops=np.array([0.249, 0.251]),
    )
    np.testing.assert_allclose(found.collateral[0], [0, 2000 * 0.749], rtol=1e-12)
    np.testing.assert_allclose(found.debt[0], [0, 1200], rtol=1e-12)


@given(seed=st.integers(0, 1000))
def test_a_deeper_fall_of_collateral_never_saves_an_account(seed: int) -> None:
    found = profile(*random_book(seed))
    assert np.all(np.diff(found.debt, axis=1) >= -1e-9)
    assert np.all(found.debt[:, 0] == 0)


@given(seed=st.integers(0, 1000), order=st.permutations(range(30)))
def test_order_and_splitting_of_accounts_change_nothing(
    seed: int, order: list[int]
) -> None:
    collateral, debt = random_book(seed)
    found = profile(collateral, debt).collateral
    shuffled = profile(collateral[order], debt[order]).collateral
    halves = profile(
        np.concatenate([collateral, collateral]) / 2, np.concatenate([debt, debt]) / 2
    ).collateral
    np.testing.assert_allclose(shuffled, found, rtol=1e-12)
    np.testing.assert_allclose(halves, found, rtol=1e-12)


@given(seed=st.integers(0, 1000))
def test_what_is_pegged_falls_with_its_reference_and_not_the_reverse(seed: int) -> None:
    collateral, debt = random_book(seed)
    found = profile(collateral, debt).debt
    common = profile(collateral, debt, common_exposure(LIFT, IS_BASE, RESERVE_ASSET))
    np.testing.assert_allclose(found[0], common.debt[0])
    assert np.all(found[1] <= found[0] + 1e-9)


def test_an_account_without_debt_is_never_liquidatable() -> None:
    found = profile(np.array([[1.0, 1, 1]]), np.zeros((1, 3)))
    assert np.all(found.collateral == 0)


def test_a_loop_in_one_currency_does_not_mind_its_price() -> None:
    # wstETH against WETH: both fall together, health stays.
    found = profile(np.array([[0.0, 1, 0]]), np.array([[0.8, 0, 0]]))
    assert np.all(found.debt[0] == 0)
    assert found.debt[1].max() > 0


def test_the_liquidatable_steth_of_june_2023_is_that_which_was_published(
    shared_data: Path,
) -> None:
    """Aave v2, stETH against ETH, 271 accounts, in ETH; health as the file gives it."""
    file = shared_data / "lido_aave_steth_2023-06-19" / "b1.csv"
    if not file.is_file():
        pytest.skip(f"{file} is absent")
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    collateral, owed, health = (
        np.array([float(row[name]) for row in rows])
        for name in ("collateral", "ethdebt", "healthf")
    )
    accounts = len(rows)
    threshold = np.zeros((accounts, 2))
    threshold[:, 0] = health * owed / collateral / 0.9987
    pegs = np.array([1.0, 0.99, 0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92])
    found = liquidation_profile(
        book(
            np.outer(collateral, [1, 0]),
            np.outer(owed, [0, 1]),
            category=np.arange(accounts),
        ),
        price=np.ones(2),
        threshold=threshold,
        exposure=np.array([[1.0, 0.0]]),
        drops=1 - pegs,
    )
    seized = found.debt[0] * 0.5 * 1.07 / pegs
    published = [0, 0, 18.22, 18.47, 18.66, 21353.4, 21725.9, 21959.6, 22906.7]
    np.testing.assert_allclose(seized, published, rtol=1e-3)


def test_of_a_cohort_with_a_spread_as_much_is_liquidatable_as_of_its_members() -> None:
    width, members = 0.4, 20_000
    place = (np.arange(members) + 0.5) / members - 0.5
    health = 1.3 * width / 2 / np.sinh(width / 2) * np.exp(width * place)
    owed = np.outer(np.full(members, 1000.0), [0, 0, 1])
    held = np.outer(health * 1000 / 1600, [1, 0, 0])
    exposure = np.array([[1.0, 1, 0]])
    every = profile(held, owed, exposure)
    cohort = dataclasses.replace(
        book(held.sum(axis=0)[None], owed.sum(axis=0)[None]), spread=np.array([width])
    )
    found = liquidation_profile(
        cohort, price=PRICE, threshold=THRESHOLD, exposure=exposure
    )
    for name in ("collateral", "debt"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(every, name), rtol=1e-4, atol=2000
        )
    partly = (found.debt > 0) & (found.debt < owed.sum())
    assert partly.sum() > 20


def test_accounts_taken_in_several_blocks_give_one_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collateral, debt = random_book(4)
    whole = profile(collateral, debt)
    monkeypatch.setattr(_profile, "ROWS_AT_ONCE", 7)
    parts = profile(collateral, debt)
    np.testing.assert_allclose(parts.collateral, whole.collateral, rtol=1e-12)
    np.testing.assert_allclose(parts.debt, whole.debt, rtol=1e-12)

"""The synthetic book against the facts that it is drawn from."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.data import read_book, synthetic_book
from jaxrisk.data.__main__ import ACCOUNTS, SEED
from jaxrisk.data._aave_v3_ethereum import AAVE_V3_ETHEREUM
from jaxrisk.lending._book import Book


SHIPPED = Path(__file__).parents[2] / "configs" / "aave_v3_ethereum_book.csv.gz"
PRICE = AAVE_V3_ETHEREUM.price


@pytest.fixture(scope="module")
def shipped() -> Book:
    book, warnings = read_book(SHIPPED, AAVE_V3_ETHEREUM.layout)
    assert warnings == ()
    return book


def test_the_shipped_file_is_what_the_generator_draws(shipped: Book) -> None:
    drawn = synthetic_book(SEED, ACCOUNTS)
    assert shipped.account.size == ACCOUNTS
    for name in ("account", "market", "category", "members"):
        np.testing.assert_array_equal(getattr(shipped, name), getattr(drawn, name))
    # NumPy does not promise its streams, nor libm its last bit.
    np.testing.assert_allclose(shipped.collateral, drawn.collateral, rtol=1e-5)
    np.testing.assert_allclose(shipped.debt, drawn.debt, rtol=1e-5)


def test_the_same_seed_gives_the_same_book_and_another_gives_another() -> None:
    first, again, other = (synthetic_book(seed, 500) for seed in (7, 7, 8))
    for name, values in dataclasses.asdict(first).items():
        np.testing.assert_array_equal(getattr(again, name), values, err_msg=name)
    assert not np.array_equal(first.debt, other.debt)


def test_every_borrower_starts_healthy(shipped: Book) -> None:
    threshold = AAVE_V3_ETHEREUM.threshold()[shipped.category]
    weighted = (shipped.collateral * threshold) @ PRICE
    owed = shipped.debt @ PRICE
    assert np.all(weighted[owed > 0] > 1.01 * owed[owed > 0])


def test_a_fifth_of_borrowing_is_loops_close_to_the_limit(shipped: Book) -> None:
    owed = shipped.debt @ PRICE
    loop = shipped.category == 1
    assert owed[loop].sum() / owed.sum() == pytest.approx(0.2, abs=1e-4)
    threshold = AAVE_V3_ETHEREUM.threshold()[1]
    health = (shipped.collateral[loop] * threshold) @ PRICE / owed[loop]
    assert health.min() > 1.0299
    assert health.max() < 1.1201


def test_wallets_have_the_published_leverage_and_live_near_the_limit_at_times(
    shipped: Book,
) -> None:
    held, owed = shipped.collateral @ PRICE, shipped.debt @ PRICE
    wallet = (owed > 0) & (shipped.category == 0)
    leverage = held[wallet] / (held[wallet] - owed[wallet])
    low, median, high = np.quantile(leverage, [0.25, 0.5, 0.75])
    assert 1.4 < low < median < 1.9
    assert high > 1.9
    limit = (shipped.collateral * AAVE_V3_ETHEREUM.loan_to_value) @ PRICE
    over = np.mean(owed[wallet] > limit[wallet] * (1 + 1e-5))
    assert 0.001 < over < 0.05


def test_the_largest_account_is_near_a_fifth_of_its_reserve_and_sizes_are_heavy(
    shipped: Book,
) -> None:
    value = shipped.collateral * PRICE
    account, reserve = np.unravel_index(np.argmax(value), value.shape)
    assert 0.15 < value[account, reserve] / value[:, reserve].sum() < 0.25
    held = np.sort(value.sum(axis=1))[::-1]
    assert held[: held.size // 100].sum() > 0.4 * held.sum()


def test_accounts_hold_one_to_four_reserves_and_owe_stable_and_volatile(
    shipped: Book,
) -> None:
    held = np.count_nonzero(shipped.collateral, axis=1)
    assert set(np.unique(held)) == {1, 2, 3, 4}
    owed = shipped.debt.sum(axis=0) * PRICE
    stable = owed[AAVE_V3_ETHEREUM.among(AAVE_V3_ETHEREUM.stable)].sum() / owed.sum()
    assert 0.6 < stable < 0.8
    for reserve in ("WETH", "WBTC", "LINK", "CRV"):
        assert owed[AAVE_V3_ETHEREUM.reserves.index(reserve)] > 0


@pytest.mark.parametrize("seed", [SEED, 1, 2, 3])
def test_caps_hold_and_nothing_is_borrowed_that_is_not_supplied(seed: int) -> None:
    supplied, borrowed = synthetic_book(seed, 5000).totals
    assert np.all(supplied <= AAVE_V3_ETHEREUM.supply_cap)
    assert np.all(borrowed <= AAVE_V3_ETHEREUM.borrow_cap)
    assert np.all(borrowed < supplied)


def test_a_cap_that_the_sizes_exceed_is_named() -> None:
    cap = AAVE_V3_ETHEREUM.supply_cap.copy()
    cap[AAVE_V3_ETHEREUM.reserves.index("WBTC")] = 100.0
    market = dataclasses.replace(AAVE_V3_ETHEREUM, supply_cap=cap)
    with pytest.raises(ValueError, match=r"WBTC: .* exceed the supply cap"):
        synthetic_book(1, 500, market=market)


def test_too_few_accounts_are_refused() -> None:
    with pytest.raises(ValueError, match=r"accounts \(99\) is too few"):
        synthetic_book(1, 99)

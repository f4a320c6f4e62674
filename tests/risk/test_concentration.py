"""How much of a book hangs on one asset, or on one account."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jaxrisk.risk import account_snapshot, account_tail_loss, concentration

from .books import book


PRICE = np.array([2000.0, 1.0])
balances = hnp.arrays(
    np.float64, (6, 2), elements=st.floats(0.01, 1e6, allow_subnormal=False)
)


@given(collateral=balances, debt=balances)
def test_shares_sum_to_one_and_indices_lie_between_equal_and_single_holders(
    collateral: np.ndarray, debt: np.ndarray
) -> None:
    found = concentration(book(collateral, debt), PRICE)
    assert found["collateral_share"].sum() == pytest.approx(1)
    assert found["debt_share"].sum() == pytest.approx(1)
    assert 1 / 2 - 1e-12 <= found["collateral_hhi"] <= 1 + 1e-12
    assert np.all(found["account_hhi"] >= 1 / 6 - 1e-12)
    assert np.all(found["account_hhi"] <= found["largest_account_share"] + 1e-12)


@given(collateral=balances)
def test_a_row_of_many_members_counts_as_that_many_equal_accounts(
    collateral: np.ndarray,
) -> None:
    members = np.array([1.0, 2, 3, 1, 1, 4])
    split = np.repeat(collateral / members[:, None], members.astype(int), axis=0)
    rows = concentration(book(collateral, np.zeros((6, 2)), members=members), PRICE)
    accounts = concentration(book(split, np.zeros_like(split)), PRICE)
    for name, values in rows.items():
        np.testing.assert_allclose(values, accounts[name], rtol=1e-9, err_msg=name)


def test_an_empty_reserve_has_shares_of_zero() -> None:
    found = concentration(book(np.array([[1.0, 0]]), np.zeros((1, 2))), PRICE)
    assert found["collateral_share"].tolist() == [1, 0]
    assert found["debt_share"].tolist() == [0, 0]
    assert found["largest_account_share"].tolist() == [1, 0]


def test_accounts_are_described_in_usd_and_by_health() -> None:
    holders = book(np.array([[1.0, 0], [2, 0]]), np.array([[0.0, 800], [0, 0]]))
    found = account_snapshot(
        holders, np.array([1, 0]), price=PRICE, threshold=np.array([[0.8, 0.9]])
    )
    assert found["account_name"].tolist() == ["a1", "a0"]
    assert found["account_collateral"].tolist() == [4000, 2000]
    assert found["account_debt"].tolist() == [0, 800]
    assert found["account_health"].tolist() == [np.inf, 2]


def test_tail_loss_of_an_account_is_its_mean_over_the_tail_with_its_error() -> None:
    loss = np.array([[0.0, 0, 3], [1, 1, 1]])
    found = account_tail_loss(loss)
    assert found["account_tail_loss"].tolist() == [1, 1]
    assert found["account_tail_loss_se"].tolist() == [pytest.approx(1), 0]

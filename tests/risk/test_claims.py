"""Measures of claims, stablecoins and credit lines, and pledges by hand."""

import dataclasses
import math

import hypothesis
import hypothesis.strategies as st
import numpy as np
import pytest

from jaxrisk._status import Status
from jaxrisk.risk import Measures, leverage_multiplier, rehypothecation, velocity

from .books import book
from .outcomes import AXES, STEPS, claims, outcome, part


PATHS = 5000
FULL = outcome(PATHS) | claims(PATHS, claims=2, spirals=1, lines=2)
KEPT = FULL["status"] != Status.PRICE_NOT_FINITE
WITH = dataclasses.replace(
    AXES, claims=("WETH", "USDC"), spirals=("USDC",), lines=("alice", "bob")
)


def measured(*, cuts: tuple[int, ...] = ()) -> Measures:
    measures = Measures(WITH, levels=(0.9, 0.99), steps=STEPS, step_days=1 / 24)
    for start, stop in zip((0, *cuts), (*cuts, PATHS), strict=True):
        measures.push(part(FULL, start, stop))
    return measures


@pytest.fixture(scope="module")
def estimates() -> dict[str, np.ndarray]:
    return measured().estimates()


@pytest.mark.parametrize(
    "name", ["lowest_backing", "backing_left", "redeemed", "defended", "defaulted"]
)
def test_means_have_the_error_of_a_mean(
    estimates: dict[str, np.ndarray], name: str
) -> None:
    values = FULL[name][:, KEPT].astype(float)
    np.testing.assert_allclose(estimates[f"{name}_mean"], values.mean(axis=-1))
    error = values.std(axis=-1, ddof=1) / np.sqrt(KEPT.sum())
    np.testing.assert_allclose(estimates[f"{name}_mean_se"], error)


def test_a_failure_is_a_path_on_which_less_than_all_is_left(
    estimates: dict[str, np.ndarray],
) -> None:
    for name, happened in (
        ("failure_probability", FULL["backing_left"] < 1),
        ("default_probability", FULL["defaulted"] > 0),
    ):
        often = happened[:, KEPT].mean(axis=1)
        np.testing.assert_allclose(estimates[name], often)
        assert np.all(estimates[f"{name}_low"] < often)
        assert np.all(estimates[f"{name}_high"] > often)


def test_the_tail_of_what_is_left_is_its_lower_quantile(
    estimates: dict[str, np.ndarray],
) -> None:
    left = FULL["lowest_backing"][:, KEPT]
    expected = np.quantile(left, 0.01, axis=1)
    found = estimates["lowest_backing_tail"]
    np.testing.assert_allclose(found, expected, rtol=0.1)
    assert np.all(estimates["lowest_backing_tail_low"] < found)
    assert np.all(estimates["lowest_backing_tail_high"] > found)


def test_cuts_change_nothing_and_without_any_there_is_nothing_to_say() -> None:
    whole, pieces = measured().estimates(), measured(cuts=(1, 700)).estimates()
    assert all(np.array_equal(whole[name], pieces[name]) for name in whole)
    without = Measures(AXES, levels=(0.9,), steps=STEPS, step_days=1 / 24)
    without.push(outcome(50))
    names = ("backing", "failure", "redeemed", "defended", "default")
    assert not [name for name in without.estimates() if name.startswith(names)]
    assert not {"claim", "spiral", "line"} & set(without.coordinates())


WEIGHTS = np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 0]])
"""WETH; its receipt; USDC."""


def test_pledges_by_hand() -> None:
    """100 ETH, and 60 receipts of them pledged again, against 80,000 USD of 10^6."""
    found = rehypothecation(
        book(
            np.array([[100.0, 0, 0], [0, 60.0, 0]]),
            np.array([[0, 0, 50e3], [0, 0, 30e3]]),
        ),
        price=np.array([1000.0, 1000.0, 1.0]),
        outstanding=np.array([400.0, 100.0, math.nan]),
        weights=WEIGHTS,
        reserve_asset=np.arange(3),
    )
    np.testing.assert_allclose(found["locked_share"], [0.25, 0.6, math.nan])
    assert found["claim_depth"].tolist() == [0, 1, 0]
    assert found["longest_chain"] == 1
    np.testing.assert_allclose(found["collateral_velocity"], [1.6, math.nan, math.nan])
    np.testing.assert_allclose(found["leverage_multiplier"], 2.0)


@hypothesis.given(depth=st.integers(1, 6), share=st.floats(0, 1))
def test_a_share_pledged_again_and_again_is_a_geometric_series(
    depth: int, share: float
) -> None:
    weights = np.diag(np.ones(depth), -1)
    locked = 7.0 * share ** np.arange(depth + 1)
    found = velocity(locked, weights)
    np.testing.assert_allclose(found[0], (share ** np.arange(depth + 1)).sum())
    assert np.isnan(found[1:]).all()


def test_velocity_and_leverage_have_their_limits() -> None:
    only_claims = velocity(np.array([0.0, 5.0, 0.0]), WEIGHTS)
    assert only_claims[0] == math.inf
    assert np.isnan(only_claims[2])
    assert leverage_multiplier(100.0, 0.0) == 1
    assert leverage_multiplier(100.0, 100.0) == math.inf

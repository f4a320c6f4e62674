"""Measures of dealers and perpetuals, and none where there are none."""

import dataclasses

import numpy as np
import pytest

from jaxrisk._status import Status
from jaxrisk.risk import Measures

from .outcomes import AXES, STEPS, derivatives, outcome, part


PATHS = 5000
PLAIN = outcome(PATHS)
FULL = PLAIN | derivatives(PATHS, dealers=1, perps=2)
KEPT = FULL["status"] != Status.PRICE_NOT_FINITE
WITH = dataclasses.replace(AXES, dealers=("WETH",), perps=("WETH", "USDC"))


def measured(
    full: dict[str, np.ndarray] = FULL, *, cuts: tuple[int, ...] = ()
) -> Measures:
    measures = Measures(WITH, levels=(0.95, 0.99), steps=STEPS, step_days=1 / 24)
    for start, stop in zip((0, *cuts), (*cuts, PATHS), strict=True):
        measures.push(part(full, start, stop))
    return measures


@pytest.fixture(scope="module")
def estimates() -> dict[str, np.ndarray]:
    return measured().estimates()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("hedged_mean", "hedged"),
        ("perp_liquidated_mean", "perp_liquidated"),
        ("perp_deleveraged_mean", "perp_deleveraged"),
        ("lowest_basis_mean", "lowest_basis"),
        ("highest_basis_mean", "highest_basis"),
        ("insurance_paid_mean", "insurance_paid"),
    ],
)
def test_means_have_the_error_of_a_mean(
    estimates: dict[str, np.ndarray], name: str, given: str
) -> None:
    values = FULL[given][..., KEPT].astype(float)
    np.testing.assert_allclose(estimates[name], values.mean(axis=-1))
    error = values.std(axis=-1, ddof=1) / np.sqrt(KEPT.sum())
    np.testing.assert_allclose(estimates[f"{name}_se"], error)


def test_deleveraging_and_the_fund_have_probabilities(
    estimates: dict[str, np.ndarray],
) -> None:
    often = (FULL["perp_deleveraged"][:, KEPT] > 0).mean(axis=1)
    np.testing.assert_allclose(estimates["perp_deleveraged_probability"], often)
    assert np.all(estimates["perp_deleveraged_probability_low"] < often)
    assert np.all(often < estimates["perp_deleveraged_probability_high"])
    paid = FULL["insurance_paid"][KEPT]
    found = estimates["insurance_paid_probability"]
    np.testing.assert_allclose(found, (paid > 0).mean())


def test_the_tail_of_the_fund_is_that_of_a_loss(
    estimates: dict[str, np.ndarray],
) -> None:
    paid = FULL["insurance_paid"][KEPT].astype(float)
    at_risk = np.quantile(paid, [0.95, 0.99], method="inverted_cdf")
    np.testing.assert_array_equal(estimates["insurance_paid_var"], at_risk)
    assert np.all(estimates["insurance_paid_es"] >= at_risk)


def test_ends_of_the_basis_are_order_statistics_inside_their_intervals(
    estimates: dict[str, np.ndarray],
) -> None:
    highest = FULL["highest_basis"][:, KEPT].astype(float)
    expected = np.quantile(highest, 0.99, axis=1, method="inverted_cdf")
    np.testing.assert_array_equal(estimates["highest_basis_tail"], expected)
    # The mirror of the upper quantile: the lower one of the same rank from below.
    lowest = FULL["lowest_basis"][:, KEPT].astype(float)
    expected = -np.quantile(-lowest, 0.99, axis=1, method="inverted_cdf")
    np.testing.assert_array_equal(estimates["lowest_basis_tail"], expected)
    for name in ("lowest_basis_tail", "highest_basis_tail"):
        assert np.all(estimates[f"{name}_low"] < estimates[name])
        assert np.all(estimates[name] < estimates[f"{name}_high"])


def test_a_basis_that_never_moves_is_zero_without_a_sign() -> None:
    still = FULL | {"lowest_basis": 0 * FULL["lowest_basis"]}
    found = measured(still).estimates()["lowest_basis_tail"]
    assert not np.signbit(found).any()
    assert not found.any()


def test_launch_size_changes_no_bit(estimates: dict[str, np.ndarray]) -> None:
    for name, values in measured(cuts=(1, 900, 4321)).estimates().items():
        np.testing.assert_array_equal(values, estimates[name], err_msg=name)


def test_a_number_of_a_perpetual_that_is_not_finite_fails_its_path() -> None:
    spoiled = FULL | {"lowest_basis": FULL["lowest_basis"].copy()}
    where = np.flatnonzero(FULL["status"] == Status.OK)[:2]
    spoiled["lowest_basis"][1, where] = np.nan
    measures = measured(spoiled)
    assert measures.failed_paths == np.count_nonzero(~KEPT) + 2
    assert np.isfinite(measures.estimates()["lowest_basis_mean"]).all()


def test_without_dealers_and_perpetuals_nothing_changes(
    estimates: dict[str, np.ndarray],
) -> None:
    measures = Measures(AXES, levels=(0.95, 0.99), steps=STEPS, step_days=1 / 24)
    measures.push(PLAIN)
    plain = measures.estimates()
    words = ("hedged", "perp", "basis", "insurance")
    assert not [name for name in plain if any(word in name for word in words)]
    assert not {"dealer", "perp"} & set(measures.coordinates())
    for name, values in plain.items():
        np.testing.assert_array_equal(values, estimates[name], err_msg=name)


def test_the_worst_paths_are_those_of_the_table(
    estimates: dict[str, np.ndarray],
) -> None:
    np.testing.assert_array_equal(measured().worst_paths, estimates["worst_path"])


def test_where_no_more_paths_lose_those_with_most_liquidations_are_worst() -> None:
    lost = {name: 0 * FULL[name] for name in ("realized", "unrealized")}
    loser = int(np.flatnonzero(KEPT)[7])
    lost["realized"][0, loser] = 1.0
    worst = measured(FULL | lost).worst_paths
    repaid = np.where(KEPT, FULL["repaid"].astype(float).sum(axis=0), -1.0)
    repaid[loser] = np.inf
    np.testing.assert_array_equal(worst, np.argsort(-repaid, kind="stable")[:20])

"""From outcomes of paths to the estimates of a result."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk._status import Status
from jaxrisk.risk import QUANTILES, Measures

from .outcomes import AXES, STEPS, outcome, part


PATHS = 9000  # two leaves of the moments and a part of a third
FULL = outcome(PATHS)
KEPT = FULL["status"] != Status.PRICE_NOT_FINITE
BAD_DEBT = (FULL["realized"].astype(float) + FULL["unrealized"])[:, KEPT]


def measured(cuts: list[int], full: dict[str, np.ndarray] = FULL) -> Measures:
    measures = Measures(AXES, levels=(0.95, 0.99), steps=STEPS, step_days=1 / 24)
    for start, stop in zip([0, *cuts], [*cuts, full["status"].size], strict=True):
        measures.push(part(full, start, stop))
    return measures


@pytest.fixture(scope="module")
def estimates() -> dict[str, np.ndarray]:
    return measured([]).estimates()


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, PATHS), max_size=5).map(sorted))
def test_launch_size_changes_no_bit_of_any_estimate(
    estimates: dict[str, np.ndarray], cuts: list[int]
) -> None:
    for name, values in measured(cuts).estimates().items():
        np.testing.assert_array_equal(values, estimates[name], err_msg=name)


def test_paths_launched_alone_change_no_bit_of_any_estimate() -> None:
    few = part(FULL, 0, 300)
    alone = measured(list(range(1, 300)), few).estimates()
    for name, values in measured([], few).estimates().items():
        np.testing.assert_array_equal(values, alone[name], err_msg=name)


def test_bad_debt_is_realized_and_unrealized_by_market_and_in_total(
    estimates: dict[str, np.ndarray],
) -> None:
    total, aave, compound = BAD_DEBT.sum(axis=0), BAD_DEBT[:2].sum(axis=0), BAD_DEBT[2]
    expected = [total.mean(), aave.mean(), compound.mean()]
    np.testing.assert_allclose(estimates["bad_debt_mean"], expected)
    often = [np.mean(each > 0) for each in (total, aave, compound)]
    np.testing.assert_allclose(estimates["bad_debt_probability"], often)
    at_risk = np.quantile(total, [0.95, 0.99], method="inverted_cdf")
    np.testing.assert_array_equal(estimates["bad_debt_var"][0], at_risk)
    assert np.all(estimates["bad_debt_es"] >= estimates["bad_debt_var"])


def test_worst_paths_are_named_and_replayable(estimates: dict[str, np.ndarray]) -> None:
    loss = np.zeros(PATHS)
    loss[KEPT] = BAD_DEBT.sum(axis=0)
    np.testing.assert_allclose(estimates["worst_loss"], np.sort(loss)[::-1][:20])
    np.testing.assert_allclose(loss[estimates["worst_path"]], estimates["worst_loss"])


def test_failed_paths_are_counted_and_enter_nothing(
    estimates: dict[str, np.ndarray],
) -> None:
    spoiled = {name: values.copy() for name, values in FULL.items()}
    for name in ("realized", "repaid", "drawdown", "keeper_profit"):
        spoiled[name][..., ~KEPT] = np.nan
    measures = measured([], spoiled)
    assert measures.failed_paths == np.count_nonzero(~KEPT)
    for name, values in measures.estimates().items():
        np.testing.assert_array_equal(values, estimates[name], err_msg=name)


def test_a_number_that_is_not_finite_fails_its_path_whatever_the_status_says() -> None:
    spoiled = {name: values.copy() for name, values in FULL.items()}
    where = np.flatnonzero(FULL["status"] == Status.OK)[:3]
    spoiled["seized"][0, where] = np.inf
    spoiled["drawdown"][0, where[0]] = np.nan
    measures = measured([], spoiled)
    assert measures.failed_paths == np.count_nonzero(~KEPT) + 3
    assert np.isfinite(measures.estimates()["seized_mean"]).all()


def test_every_status_is_counted(estimates: dict[str, np.ndarray]) -> None:
    expected = np.bincount(FULL["status"], minlength=len(Status))
    np.testing.assert_array_equal(estimates["status_count"], expected)


def test_amplification_of_drawdown_is_paired(estimates: dict[str, np.ndarray]) -> None:
    gap = (FULL["drawdown"].astype(float) - FULL["fundamental_drawdown"])[:, KEPT]
    error = gap.std(axis=1, ddof=1) / np.sqrt(KEPT.sum())
    mean = estimates["drawdown_amplification_mean"]
    np.testing.assert_allclose(mean, gap.mean(axis=1))
    np.testing.assert_allclose(estimates["drawdown_amplification_mean_se"], error)
    assert np.all(error < estimates["drawdown_mean_se"] / 5)


def test_time_to_first_deficit_is_over_paths_that_have_one(
    estimates: dict[str, np.ndarray],
) -> None:
    step = FULL["first_deficit"][KEPT]
    exact = np.quantile((step[step < STEPS] + 0.5) / 24, QUANTILES)
    np.testing.assert_allclose(
        estimates["time_to_first_deficit"], exact, atol=1.01 / 24
    )


def test_the_histogram_and_the_paths_without_bad_debt_are_all_paths() -> None:
    measures = measured([])
    without = measures.attributes()["paths_without_bad_debt"]
    counted = measures.estimates()["loss_histogram"].sum()
    assert counted + without + measures.failed_paths == PATHS


def test_tail_paths_are_the_worst_hundredth_of_all_paths() -> None:
    measures = measured([])
    loss = np.zeros(PATHS)
    loss[KEPT] = BAD_DEBT.sum(axis=0)
    tail = measures.tail_paths()
    assert abs(tail.size - KEPT.sum() / 100) < 1
    assert loss[tail].min() >= np.delete(loss, tail).max()
    some = measures.tail_paths(at_most=10)
    assert some.size == 10
    assert set(some) <= set(tail)


def test_tail_paths_are_of_the_first_paths_and_the_worst_paths_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jaxrisk.risk._measures.FOLLOWED", 1000)
    measures = measured([500, 1500])
    loss = np.zeros(PATHS)
    loss[KEPT] = BAD_DEBT.sum(axis=0)
    few = int(np.ceil(KEPT[:1000].sum() / 100))
    expected = np.argsort(-loss[:1000], kind="stable")[:few]
    np.testing.assert_array_equal(measures.tail_paths(), expected)
    assert measures.estimates()["worst_path"].max() >= 1000


def test_memory_is_the_same_after_ten_times_the_paths() -> None:
    measures = Measures(AXES, levels=(0.95, 0.99), steps=STEPS, step_days=1 / 24)
    held = []
    tracemalloc.start()
    try:
        for launch in range(1, 121):
            measures.push(FULL)
            if launch in (12, 120):
                held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    assert held[1] - held[0] < 2**19


def test_without_any_valid_path_estimates_are_unknown_and_nothing_breaks() -> None:
    failed = {**part(FULL, 0, 5), "status": np.full(5, 1, np.uint8)}
    measures = measured([], failed)
    estimates = measures.estimates()
    assert measures.failed_paths == 5
    assert np.isnan(estimates["bad_debt_mean"]).all()
    assert np.isnan(estimates["bad_debt_es"]).all()
    assert np.isnan(estimates["drawdown"]).all()
    assert measures.tail_paths().size == 0

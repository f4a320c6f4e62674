"""Two runs on the same draws."""

import numpy as np
import pytest

from jaxrisk.risk import (
    FeedbackComparison,
    bad_debt_error,
    cohort_error,
    ratio_of_means,
    stratified_ratio,
)

from .outcomes import AXES, outcome, part


def test_a_run_compared_with_itself_is_exactly_equal() -> None:
    full = outcome(500)
    assert all(value == 0 for value in cohort_error(full, full, first=250).values())


@pytest.mark.parametrize("factor", [0.5, 1.01])
def test_an_error_of_a_constant_factor_is_found_without_noise(factor: float) -> None:
    full = outcome(500)
    coarse = {
        name: factor * values if values.dtype == np.float32 else values
        for name, values in full.items()
    }
    found = cohort_error(coarse, full, first=250)
    assert found["cohort_error_liquidations"] == pytest.approx(factor - 1, rel=1e-5)
    assert found["cohort_error_es99"] == pytest.approx(factor - 1, rel=1e-5)
    assert found["cohort_error_es99_se"] < 1e-6


def test_two_runs_without_loss_are_equal_and_a_loss_against_none_is_unbounded() -> None:
    nothing, something = np.zeros(10), np.ones(10)
    equal, endless = (ratio_of_means(a, nothing) for a in (nothing, something))
    assert (equal.value, equal.standard_error) == (1, 0)
    assert np.isinf(endless.value)
    assert np.isinf(endless.standard_error)


def test_what_two_runs_share_cancels_in_their_ratio() -> None:
    rng = np.random.default_rng(6)
    base = rng.lognormal(0, 2, 2000)
    other = base * rng.normal(1, 0.01, 2000)
    alone = base.std() / base.mean() / np.sqrt(base.size)
    assert ratio_of_means(other, base).standard_error < alone / 30


def test_streamed_amplification_equals_that_of_the_whole_sample() -> None:
    paths = 6000
    with_, without = outcome(paths), outcome(paths)
    without["realized"] = 0.7 * without["realized"]
    comparison = FeedbackComparison(AXES)
    for start in range(0, paths, 1700):
        stop = min(start + 1700, paths)
        comparison.push(part(with_, start, stop), part(without, start, stop))
    found = comparison.estimates()
    kept = with_["status"] != 1
    runs = [
        (run["realized"].astype(float) + run["unrealized"]).sum(axis=0)[kept]
        for run in (with_, without)
    ]
    expected = ratio_of_means(*runs)
    ratio, error = (
        found[f"bad_debt_amplification_ratio{end}"][0] for end in ("", "_se")
    )
    assert ratio == pytest.approx(float(expected.value), rel=1e-12)
    assert error == pytest.approx(float(expected.standard_error), rel=1e-6)
    gap = runs[0] - runs[1]
    assert found["bad_debt_amplification_mean"][0] == pytest.approx(gap.mean())
    assert found["bad_debt_without_feedback_mean"][0] == pytest.approx(runs[1].mean())


def test_bad_debt_that_only_feedback_causes_has_no_finite_ratio() -> None:
    with_ = outcome(100)
    without = {**with_, "realized": 0 * with_["realized"]}
    without["unrealized"] = 0 * with_["unrealized"]
    comparison = FeedbackComparison(AXES)
    comparison.push(with_, without)
    found = comparison.estimates()
    assert np.isinf(found["bad_debt_amplification_ratio"]).all()
    assert np.all(found["bad_debt_amplification_mean"] > 0)


def test_a_ratio_from_a_tail_looked_at_more_closely_has_its_mean_and_its_error() -> (
    None
):
    """Fails for a right estimator once in some 10,000 seeds."""
    rng = np.random.default_rng(8)
    share, ratio, drawn = 0.02, 1.1, []
    for _ in range(400):
        rest, tail = rng.normal(1, 0.5, 60), rng.lognormal(4, 0.5, 60)
        base = np.concatenate([rest, tail])
        in_tail = np.arange(120) >= 60
        other = ratio * base * rng.normal(1, 0.2, 120)
        found = stratified_ratio(other, base, in_tail=in_tail, share=share)
        drawn.append((float(found.value) - ratio, float(found.standard_error)))
    error, stated = np.array(drawn).T
    assert abs(error.mean()) < 4 * error.std() / 20
    assert 0.85 < np.sqrt((stated**2).mean()) / error.std() < 1.15


def test_a_tail_taken_for_all_paths_gives_another_ratio() -> None:
    base = np.array([1.0, 1, 1, 1, 100, 100])
    other = np.array([1.0, 1, 1, 1, 150, 150])
    tail = base > 1
    found = stratified_ratio(other, base, in_tail=tail, share=0.01)
    assert found.value == pytest.approx((0.99 + 1.5) / (0.99 + 1))
    assert ratio_of_means(other, base).value == pytest.approx(304 / 204)


def test_bad_debt_of_equal_runs_has_no_error() -> None:
    full = outcome(500)
    tail = np.arange(500) >= 250
    found = bad_debt_error(full, full, in_tail=tail, share=0.01)
    assert (found.value, found.standard_error) == (0, 0)

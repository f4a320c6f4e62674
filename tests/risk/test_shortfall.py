"""Risk measures: axioms, exact values, and intervals that admit ignorance."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jaxrisk.risk import Ranks, expected_shortfall, probability, value_at_risk
from jaxrisk.risk._shortfall import shortfall_scores


Measure = Callable[[np.ndarray, float], float]

amounts = st.floats(0, 1e6, allow_subnormal=False)
samples = hnp.arrays(np.float64, st.integers(1, 80), elements=amounts)
pairs = st.integers(1, 80).flatmap(
    lambda size: st.tuples(*[hnp.arrays(np.float64, size, elements=amounts)] * 2)
)
levels = st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999])


def var(losses: np.ndarray, level: float) -> float:
    return float(value_at_risk(Ranks.of(losses), level).value)


def es(losses: np.ndarray, level: float) -> float:
    return float(expected_shortfall(Ranks.of(losses), level).value)


def close(one: float, other: float, scale: float = 1.0) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9 * max(scale, 1.0))


@pytest.mark.parametrize("measure", [var, es])
@given(losses=samples, level=levels, shift=amounts, factor=st.floats(0, 100))
def test_more_of_everything_is_translated_and_scaled(
    measure: Measure, losses: np.ndarray, level: float, shift: float, factor: float
) -> None:
    risk = measure(losses, level)
    assert close(measure(losses + shift, level), risk + shift, shift + risk)
    assert close(measure(factor * losses, level), factor * risk, factor * 1e6)


@pytest.mark.parametrize("measure", [var, es])
@given(pair=pairs, level=levels)
def test_never_losing_less_is_never_less_risky(
    measure: Measure, pair: tuple[np.ndarray, np.ndarray], level: float
) -> None:
    losses, extra = pair
    assert measure(losses + extra, level) >= measure(losses, level) - 1e-6


@given(pair=pairs, level=levels)
def test_expected_shortfall_of_a_sum_is_at_most_the_sum(
    pair: tuple[np.ndarray, np.ndarray], level: float
) -> None:
    one, other = pair
    assert es(one + other, level) <= es(one, level) + es(other, level) + 1e-6


@given(losses=samples, level=levels)
def test_the_order_is_mean_then_shortfall_and_var_then_shortfall_then_maximum(
    losses: np.ndarray, level: float
) -> None:
    slack = 1e-6
    assert var(losses, level) <= es(losses, level) + slack
    assert losses.mean() <= es(losses, level) + slack
    assert es(losses, level) <= losses.max() + slack


@given(losses=samples, level=levels)
def test_scores_average_to_the_expected_shortfall(
    losses: np.ndarray, level: float
) -> None:
    mean = float(shortfall_scores(losses, level=level).mean())
    assert close(mean, es(losses, level), losses.max() * 1e3)


def test_an_atom_at_var_counts_only_with_its_share_of_the_tail() -> None:
    # Rockafellar and Uryasev 2002: 7 % of losses at 100, half a tail at 5 % is 100.
    losses = np.array([0.0] * 90 + [10.0] * 7 + [100.0] * 3)
    assert var(losses, 0.95) == 10
    assert es(losses, 0.95) == pytest.approx((3 * 100 + 2 * 10) / 5)


@pytest.mark.parametrize("count", [20, 100, 1000, 12345, 10**6])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99, 0.999])
def test_var_is_the_smallest_loss_with_enough_below(count: int, level: float) -> None:
    losses = np.arange(1.0, count + 1)
    rank = var(losses, level)
    assert rank / count >= level - 1e-9
    assert (rank - 1) / count < level


def test_too_few_paths_leave_var_and_shortfall_unbounded() -> None:
    losses = np.zeros(100)
    for measure in (value_at_risk, expected_shortfall):
        estimate = measure(Ranks.of(losses), 0.99)
        assert estimate.value == 0
        assert np.isinf(estimate.high)
        assert np.isinf(estimate.standard_error)


def test_without_a_path_nothing_is_known() -> None:
    empty = Ranks.of(np.empty(0))
    assert np.isnan(value_at_risk(empty, 0.99).value)
    assert np.isnan(expected_shortfall(empty, 0.99).value)
    assert np.isnan(probability(np.array(0), 0).value)


def test_no_event_in_n_paths_bounds_the_probability_by_three_over_n() -> None:
    estimate = probability(np.array([0, 1000]), 1000)
    assert estimate.value.tolist() == [0, 1]
    assert estimate.high[0] == pytest.approx(3 / 1000, rel=0.01)
    assert estimate.low[1] == pytest.approx(1 - 3 / 1000, rel=1e-4)
    assert estimate.low[0] == 0
    assert estimate.high[1] == 1
    assert np.all(estimate.standard_error > 0)


def test_wilson_interval_has_its_published_value() -> None:
    # Newcombe 1998, table I: 81 of 263 gives .2553 to .3662.
    estimate = probability(np.array(81), 263)
    assert estimate.low == pytest.approx(0.2553, abs=5e-5)
    assert estimate.high == pytest.approx(0.3662, abs=5e-5)


@given(count=st.integers(1, 10**6), share=st.floats(0, 1))
def test_a_probability_lies_in_its_interval_and_both_in_the_unit_interval(
    count: int, share: float
) -> None:
    estimate = probability(np.array(round(share * count)), count)
    slack = 1e-12
    assert 0 <= estimate.low <= estimate.value + slack
    assert estimate.value <= estimate.high + slack <= 1 + 2 * slack

"""Distributions in bins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.risk import QUANTILES, Histogram
from jaxrisk.risk._histogram import LOSS_EDGES, RATIO_EDGES


def test_quantiles_of_ratios_are_right_to_the_width_of_a_bin() -> None:
    values = np.random.default_rng(4).beta(1.2, 6, (2, 20_000))
    histogram = Histogram(2, RATIO_EDGES)
    histogram.push(values)
    exact = np.quantile(values, QUANTILES, axis=1, method="inverted_cdf").T
    np.testing.assert_allclose(
        histogram.quantile(QUANTILES).value, exact, atol=1.01 / 4096
    )


@given(cut=st.integers(0, 500))
def test_counts_add_up_wherever_the_stream_is_cut(cut: int) -> None:
    values = np.random.default_rng(5).random((3, 500)) * 1.2 - 0.1
    once, twice = Histogram(3, RATIO_EDGES), Histogram(3, RATIO_EDGES)
    once.push(values)
    twice.push(values[:, :cut])
    twice.push(values[:, cut:])
    np.testing.assert_array_equal(once.counts, twice.counts)
    assert once.counts.sum(axis=1).tolist() == [500] * 3


def test_a_value_on_an_edge_belongs_to_the_bin_above_it() -> None:
    histogram = Histogram(1, np.array([0.0, 1.0, 2.0, 3.0]))
    histogram.push(np.array([[-5.0, 0.0, 1.0, 2.0, 3.0, 99.0]]))
    assert histogram.counts.tolist() == [[2, 1, 3]]


def test_loss_bins_are_ten_a_decade_from_a_dollar_to_a_trillion() -> None:
    assert LOSS_EDGES[[0, 10, -1]] == pytest.approx([1, 10, 1e12])


def test_without_values_a_quantile_is_not_known() -> None:
    assert np.isnan(Histogram(1, RATIO_EDGES).quantile(QUANTILES).value).all()


def test_quantile_intervals_cover_in_95_of_100_seeds() -> None:
    # 300 intervals cover .95 with a standard deviation of .0126; the bound is 4.5 of
    # them below, so a right interval fails once in 300,000 sets of seeds.
    covered = []
    for seed in range(300):
        histogram = Histogram(1, RATIO_EDGES)
        histogram.push(np.random.default_rng(seed).random((1, 2000)))
        found = histogram.quantile(np.array([0.5]))
        covered.append(found.low[0, 0] <= 0.5 <= found.high[0, 0])
    assert np.mean(covered) > 0.893

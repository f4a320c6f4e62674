"""Errors of averages, pairs and cells."""

import numpy as np
import pytest
from scipy import stats

from jaxrisk.calibrate._cells import EDGES, cells_test
from jaxrisk.calibrate._long_run import long_run_covariance
from jaxrisk.calibrate._pairs import largest_difference


def test_windows_are_bartletts_weights() -> None:
    terms, length = np.random.default_rng(0).normal(size=(2, 300)), 17
    direct = sum(
        (1 - abs(lag) / length)
        * (terms[:, max(0, -lag) : 300 - max(0, lag)])
        @ terms[:, max(0, lag) : 300 + min(0, lag)].T
        for lag in range(1 - length, length)
    )
    found = long_run_covariance(terms, length=length)
    assert found == pytest.approx(direct / (1 - length / 300))


def test_a_mean_of_terms_that_hang_together_has_the_error_that_it_has() -> None:
    """Of an AR(1) with coefficient 0.9: noise of one counts ten times in the sum."""
    noise = np.random.default_rng(0).normal(size=(200, 4_000))
    terms = np.empty_like(noise)
    state = np.zeros(200)
    for step in range(4_000):
        state = 0.9 * state + noise[:, step]
        terms[:, step] = state
    errors = [
        np.sqrt(long_run_covariance((row - row.mean())[None])[0, 0]) for row in terms
    ]
    spread = terms.sum(axis=1).std()
    assert np.mean(errors) == pytest.approx(10 * np.sqrt(4_000), rel=0.05)
    assert np.mean(errors) == pytest.approx(spread, rel=0.15)


def test_cells_know_that_parameters_were_fitted() -> None:
    """P-values of a normal with fitted mean and scale are uniform.

    They are not if counts are taken as if the parameters were known. Fails for a right
    test once in 1,000 seeds.
    """
    p_values = []
    for seed in range(200):
        sample = np.random.default_rng(seed).normal(size=2_000)
        z = (sample - sample.mean()) / sample.std()
        scores = np.stack([z, z**2 - 1])
        p_values.append(cells_test(stats.norm.cdf(z), scores, name="normal").p_value)
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3


def test_cells_see_tails_that_are_too_fat() -> None:
    sample = np.random.default_rng(0).standard_t(4, size=2_000)
    z = (sample - sample.mean()) / sample.std()
    goodness = cells_test(
        stats.norm.cdf(z), np.stack([z, z**2 - 1]), name="normal of a t"
    )
    assert goodness.p_value < 1e-6
    assert EDGES[0] == pytest.approx(0.05)
    assert EDGES[-1] == pytest.approx(0.995)


def test_the_largest_of_pairs_that_are_one_counts_as_one() -> None:
    together, apart = np.ones((6, 6)), np.eye(6)
    difference = np.full(6, 2.0)
    one = largest_difference(difference, together, name="one")
    six = largest_difference(difference, apart, name="six")
    assert one.p_value == pytest.approx(2 * stats.norm.sf(2), abs=0.01)
    assert six.p_value == pytest.approx(1 - (1 - 2 * stats.norm.sf(2)) ** 6, abs=0.02)
    far = largest_difference(np.full(6, 9.0), apart, name="far")
    assert far.p_value == pytest.approx(12 * stats.norm.sf(9))

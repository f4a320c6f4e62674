"""Ranks about a level in constant memory: exact, or between bounds that are true."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.risk import (
    LossTally,
    Ranks,
    Window,
    expected_shortfall,
    value_at_risk,
)


LEVELS = (0.95, 0.99, 0.999)
MEASURES = (value_at_risk, expected_shortfall)


def drawn(count: int, losing: float, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.lognormal(8, 2, count) * (rng.random(count) < losing)


def streamed(losses: np.ndarray, level: float, size: int) -> Ranks:
    window = Window(level, size=size)
    window.push(losses)
    return window.ranks()


@pytest.mark.parametrize("losing", [0.01, 0.2, 1.0])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize("measure", MEASURES)
def test_a_window_says_the_same_as_the_whole_sample(
    measure: type, level: float, losing: float
) -> None:
    # The window reaches 22 standard deviations of the rank of the median.
    losses = drawn(200_000, losing)
    windowed = streamed(losses, level, size=10_000)
    assert windowed.kept.size <= 20_000
    found, truth = measure(windowed, level), measure(Ranks.of(losses), level)
    for name in ("value", "standard_error", "low", "high"):
        expected = getattr(truth, name)
        assert getattr(found, name) == pytest.approx(expected, rel=1e-12)


def test_var_of_a_window_is_an_order_statistic_to_the_last_bit() -> None:
    losses = drawn(100_000, 0.3)
    for level in LEVELS:
        estimate = value_at_risk(streamed(losses, level, size=4_000), level)
        assert estimate.value == np.quantile(losses, level, method="inverted_cdf")


@given(
    cuts=st.lists(st.integers(0, 3000), max_size=8).map(sorted),
    seed=st.integers(0, 9),
)
def test_the_pieces_of_a_stream_change_no_bit(cuts: list[int], seed: int) -> None:
    losses = drawn(3000, 0.5, seed)
    whole, pieces = Window(0.9, size=50), Window(0.9, size=50)
    whole.push(losses)
    for piece in np.split(losses, cuts):
        pieces.push(piece)
    for one, other in zip(
        vars(whole.ranks()).values(), vars(pieces.ranks()).values(), strict=True
    ):
        np.testing.assert_equal(one, other)


def orders(losses: np.ndarray) -> Iterator[np.ndarray]:
    yield np.sort(losses)
    yield np.sort(losses)[::-1]
    yield np.concatenate([np.sort(losses[:2000]), losses[2000:]])


@given(
    seed=st.integers(0, 9),
    level=st.sampled_from([0.5, 0.9, 0.97]),
    ties=st.booleans(),
)
def test_in_a_stream_with_an_order_every_bound_is_true(
    seed: int, level: float, ties: bool
) -> None:
    losses = drawn(5000, 0.8, seed)
    losses = np.ceil(losses / 1e4) if ties else losses
    rising = np.sort(losses)
    for stream in orders(losses):
        ranks = streamed(stream, level, size=100)
        for rank in range(1, 5001, 7):
            low, high = ranks.bounds(rank)
            assert low <= rising[rank - 1] <= high


@given(seed=st.integers(0, 9), level=st.sampled_from([0.5, 0.9, 0.97]))
def test_where_the_rank_left_the_window_the_estimates_admit_it(
    seed: int, level: float
) -> None:
    losses = drawn(5000, 0.8, seed)
    left = 0
    for stream in orders(losses):
        ranks = streamed(stream, level, size=100)
        at_risk, shortfall = (measure(ranks, level) for measure in MEASURES)
        truth = [measure(Ranks.of(losses), level) for measure in MEASURES]
        assert at_risk.low <= truth[0].low
        assert truth[0].high <= at_risk.high
        if np.isnan(at_risk.value):
            left += 1
            assert np.isnan(shortfall.value)
            assert np.isinf(shortfall.standard_error)
        else:
            assert at_risk.value == truth[0].value
            assert shortfall.value == pytest.approx(truth[1].value, rel=1e-12)
    assert left


def test_ten_million_paths_are_exact_in_the_memory_of_a_hundred_thousand() -> None:
    paths, launch = 10**7, 2**16
    rng = np.random.default_rng(1)
    losses = np.stack(
        [rng.lognormal(10, 1.5, paths), rng.exponential(1e4, paths) ** 1.5]
    )
    losses[1] *= rng.random(paths) < 0.02
    tally, held = LossTally(2, levels=LEVELS), []
    tracemalloc.start()
    try:
        for start in range(0, paths, launch):
            tally.push(losses[:, start : start + launch])
            if start in (launch, (paths // launch) * launch):
                held.append(tracemalloc.get_traced_memory())
    finally:
        tracemalloc.stop()
    assert held[1][0] - held[0][0] < 2**16
    assert held[1][1] - held[0][1] < 2**21
    at_risk, shortfall = tally.value_at_risk(), tally.expected_shortfall()
    for scope, row in enumerate(losses):
        expected = np.quantile(row, LEVELS, method="inverted_cdf")
        np.testing.assert_array_equal(at_risk.value[scope], expected)
        for place, level in enumerate(LEVELS):
            over = np.maximum(row - expected[place], 0).mean() / (1 - level)
            found = shortfall.value[scope, place]
            assert found == pytest.approx(expected[place] + over, rel=1e-12)
    assert np.isfinite(at_risk.standard_error).all()
    assert np.isfinite(shortfall.standard_error).all()

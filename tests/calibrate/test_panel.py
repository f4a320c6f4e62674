"""Prices of files on one grid: what is a return, and what is none."""

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, panel_of
from jaxrisk.data.prices import Stamp

from .markets import HOUR, START, price_series


def hourly(count: int, *, offset: int = 0) -> np.ndarray:
    return START + np.arange(count) * HOUR + np.timedelta64(offset, "s")


def walk(count: int, seed: int = 0) -> np.ndarray:
    return np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def test_returns_are_those_of_prices_on_the_hour() -> None:
    price = walk(50)
    panel = panel_of([price_series("A", hourly(50), price)])
    assert np.array_equal(panel.end, hourly(50)[1:])
    assert panel.returns[0] == pytest.approx(np.diff(np.log(price)))


def test_a_candle_counts_from_its_close() -> None:
    price = walk(50)
    panel = panel_of([price_series("A", hourly(50), price, Stamp.OPENING)])
    assert np.array_equal(panel.end, hourly(50)[1:] + HOUR)
    assert panel.returns[0] == pytest.approx(np.diff(np.log(price)))


def test_candles_and_instants_of_one_price_agree() -> None:
    price = walk(50)
    candles = price_series("A", hourly(50), price, Stamp.OPENING)
    instants = price_series("B", hourly(50) + HOUR, price)
    panel = panel_of([candles, instants])
    assert np.array_equal(panel.returns[0], panel.returns[1])


def test_a_gap_makes_missing_returns_and_none_of_several_steps() -> None:
    price, kept = walk(60), np.r_[0:20, 21:40, 45:60]
    panel = panel_of(
        [
            price_series("A", hourly(60)[kept], price[kept]),
            price_series("B", hourly(60), price),
        ]
    )
    present = np.isfinite(panel.returns[0])
    missing = np.flatnonzero(~present) + 1  # the hour at which the return ends
    assert missing.tolist() == [20, 21, 40, 41, 42, 43, 44, 45]
    assert np.array_equal(panel.returns[0, present], panel.returns[1, present])
    assert panel.window.observations == 59 - missing.size
    assert panel.complete().returns.shape == (2, 59 - missing.size)


def test_no_price_is_used_for_two_grid_times() -> None:
    """A price is of a grid time if it became known within the step before it."""
    price = walk(60)
    late = hourly(60, offset=-1800)
    series = price_series("A", np.delete(late, 30), np.delete(price, 30))
    panel = panel_of([series])
    assert (panel.returns[0] != 0).all()
    assert panel.end.size == 58 - 2


def test_prices_between_grid_times_are_carried_forward_not_backward() -> None:
    price = walk(60)
    panel = panel_of([price_series("A", hourly(60, offset=60), price)])
    assert panel.end[0] == hourly(60)[2]
    assert panel.returns[0] == pytest.approx(np.diff(np.log(price[:-1])))


def test_the_grid_is_of_whole_steps_whatever_the_files_start() -> None:
    price = walk(400)
    step = 4 * 3600.0
    one = panel_of([price_series("A", hourly(400), price)], step_seconds=step)
    other = panel_of([price_series("A", hourly(400)[7:], price[7:])], step_seconds=step)
    shared = np.isin(one.end, other.end)
    assert np.array_equal(one.returns[0, shared], other.returns[0])
    assert (np.diff(one.end) == 4 * HOUR).all()


def test_a_window_is_kept() -> None:
    panel = panel_of(
        [price_series("A", hourly(100), walk(100))],
        start=hourly(100)[10],
        end=hourly(100)[60],
    )
    assert panel.window.start == hourly(100)[11]
    assert panel.window.end == hourly(100)[60]
    assert panel.window.observations == 50


def test_assets_are_chosen_in_order() -> None:
    panel = panel_of(
        [price_series(name, hourly(50), walk(50, ord(name))) for name in "ABC"]
    )
    chosen = panel.of("C", "A")
    assert chosen.assets == ("C", "A")
    assert np.array_equal(chosen.returns, panel.returns[[2, 0]])


def test_a_year_has_365_days() -> None:
    panel = panel_of([price_series("A", hourly(50), walk(50))])
    assert panel.steps_per_year == 8760


def test_too_few_shared_steps_are_refused() -> None:
    early = price_series("A", hourly(40), walk(40))
    late = price_series("B", hourly(60)[35:], walk(25))
    with pytest.raises(CalibrationError, match=r"A, B have 4 steps of 3600 s.* 30 are"):
        panel_of([early, late])

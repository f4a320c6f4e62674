"""Local volatility follows the market, and not its jumps."""

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError
from jaxrisk.calibrate._local_scale import local_scale


def _swings() -> np.ndarray:
    return np.where(np.arange(8000) % 4000 < 1000, 2.0, 1.0)


def test_it_follows_volatility() -> None:
    truth = _swings() / np.sqrt(np.mean(_swings() ** 2))
    returns = 0.01 * truth * np.random.default_rng(1).normal(size=(4, 8000))
    found = local_scale(returns)
    assert np.mean(found**2) == pytest.approx(1)
    assert np.median(np.abs(found / truth - 1)) < 0.06


def test_a_jump_does_not_move_it() -> None:
    returns = 0.01 * np.random.default_rng(2).normal(size=(2, 4000))
    before = local_scale(returns)
    returns[:, 2000] += 0.3
    after = local_scale(returns)
    assert after[2000] / before[2000] == pytest.approx(1, abs=0.01)
    squares = np.convolve(returns[0] ** 2, np.ones(169) / 169, "same")
    # Squares would double it in a week around a jump of thirty deviations.
    assert np.sqrt(squares[2000] / squares[1000]) > 2
    assert (after / before).max() < 1.02


def test_too_few_steps_and_standing_prices_are_refused() -> None:
    with pytest.raises(CalibrationError, match="needs 672 steps"):
        local_scale(np.ones((1, 600)))
    returns = 0.01 * np.random.default_rng(3).normal(size=(1, 2000))
    returns[:, 500:900] = 0
    with pytest.raises(CalibrationError, match="prices stand still"):
        local_scale(returns)

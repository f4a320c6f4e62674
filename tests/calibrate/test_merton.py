"""Merton's law: known parameters come back, and what has none is refused."""

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError
from jaxrisk.calibrate._merton import fit_merton

from ._recovery import assert_p_values_even, assert_recovered, score
from ._simulate import merton, panel


LAW = {"volatility": 0.6, "intensity": 80.0, "mean": -0.03, "sd": 0.04, "drift": 0.1}


def test_every_parameter_comes_back_within_its_error() -> None:
    fit = fit_merton(panel(merton(1, 2 * 8760, LAW)[None]))
    scores = {name: score(fit.parameters[name], value) for name, value in LAW.items()}
    # Fails for a right fit once in 3,000 seeds.
    assert all(abs(value) < 4 for value in scores.values()), scores
    assert fit.goodness.p_value > 1e-3
    assert fit.window.observations == 2 * 8760
    assert fit.subject == ("A",)


@pytest.mark.slow
def test_errors_are_as_large_as_they_say() -> None:
    fits = [fit_merton(panel(merton(seed, 2 * 8760, LAW)[None])) for seed in range(24)]
    assert_recovered(fits, LAW)
    assert_p_values_even(fits)


def test_known_swings_of_volatility_are_not_jumps() -> None:
    draw = np.random.default_rng(3)
    swing = np.where(np.arange(8760) % 2000 < 600, 2.5, 0.7)
    calm = {**LAW, "volatility": 0.0}
    shock = 0.6 * np.sqrt(1 / 8760) * draw.normal(size=8760)
    returns = merton(4, 8760, calm) + swing * shock
    found = fit_merton(panel(returns[None]), scale=swing)
    blind = fit_merton(panel(returns[None]))
    assert abs(score(found.parameters["intensity"], LAW["intensity"])) < 4
    assert blind["intensity"] > 3 * LAW["intensity"]
    assert blind.goodness.p_value < found.goodness.p_value


def test_missing_returns_are_left_out() -> None:
    returns = merton(5, 8760, LAW)
    holes = np.insert(returns, [100, 4000], np.nan)
    whole, patched = fit_merton(panel(returns[None])), fit_merton(panel(holes[None]))
    assert whole["intensity"] == pytest.approx(patched["intensity"], rel=1e-6)
    assert patched.window.observations == 8760


def test_normal_returns_have_no_jumps() -> None:
    returns = np.random.default_rng(6).normal(0, 0.006, (1, 6000))
    with pytest.raises(CalibrationError, match=r"log-likelihood|imitate|unchanged"):
        fit_merton(panel(returns))


def test_jumps_in_every_step_are_diffusion() -> None:
    frequent = {**LAW, "intensity": 5 * 8760.0, "mean": 0.0, "sd": 0.02, "drift": 0}
    with pytest.raises(CalibrationError):
        fit_merton(panel(merton(7, 6000, frequent)[None]))


@pytest.mark.parametrize(
    ("share", "word"), [(0.6, "half of its"), (0.4, "goes to zero")]
)
def test_standing_prices_are_refused(share: float, word: str) -> None:
    draw = np.random.default_rng(8)
    returns = draw.normal(0, 0.006, 6000) * (draw.random(6000) > share)
    with pytest.raises(CalibrationError, match=word):
        fit_merton(panel(returns[None]))


def test_one_asset_at_a_time() -> None:
    with pytest.raises(CalibrationError, match="is of one asset, not of A, B"):
        fit_merton(panel(np.zeros((2, 100))))

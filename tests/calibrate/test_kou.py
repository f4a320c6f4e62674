"""Kou's law: density by Fourier inversion, known parameters come back."""

import numpy as np
import pytest
from scipy import stats

from jaxrisk.calibrate import CalibrationError
from jaxrisk.calibrate._kou import _Kou, fit_kou

from ._recovery import assert_p_values_even, assert_recovered, score
from ._simulate import DT, kou, panel


LAW = {
    "volatility": 0.6,
    "intensity": 150.0,
    "p_up": 0.4,
    "eta_up": 30.0,
    "eta_down": 20.0,
}


def test_the_density_is_that_of_a_sum_over_jumps() -> None:
    """One jump is in closed form, and at a low intensity there is never a second."""
    at = np.linspace(-0.3, 0.3, 601)
    law = _Kou(at, DT, 0.006)
    intensity, up, rise, fall, sd = 1e-2, 0.4, 1 / 30, 1 / 20, 0.6 * np.sqrt(DT)
    found = law.log_density(
        np.array(
            [
                0.0,
                np.log(0.6),
                np.log(intensity / DT),
                np.log(up / (1 - up)),
                np.log(rise),
                np.log(fall),
            ]
        )
    )
    right = stats.exponnorm.pdf(at, rise / sd, scale=sd)
    left = stats.exponnorm.pdf(-at, fall / sd, scale=sd)
    one = up * right + (1 - up) * left
    density = np.exp(-intensity) * (stats.norm.pdf(at, 0, sd) + intensity * one)
    # Two jumps in a step have half the intensity of one, at equal sizes.
    assert np.abs(np.exp(found) / density - 1).max() < 0.05
    near = np.abs(at) < 0.04
    assert np.abs(np.exp(found[near]) / density[near] - 1).max() < 0.01


def test_every_parameter_comes_back_within_its_error() -> None:
    fit = fit_kou(panel(kou(1, 8760, LAW)[None]))
    scores = {name: score(fit.parameters[name], value) for name, value in LAW.items()}
    assert all(abs(value) < 4 for value in scores.values()), scores
    assert fit.goodness.p_value > 1e-3


@pytest.mark.slow
def test_errors_are_as_large_as_they_say() -> None:
    fits = [fit_kou(panel(kou(seed, 2 * 8760, LAW)[None])) for seed in range(20)]
    assert_recovered(fits, LAW)
    assert_p_values_even(fits)


def test_normal_returns_have_no_jumps() -> None:
    returns = np.random.default_rng(6).normal(0, 0.006, (1, 3000))
    with pytest.raises(CalibrationError):
        fit_kou(panel(returns))


def test_standing_prices_are_refused() -> None:
    draw = np.random.default_rng(8)
    returns = draw.normal(0, 0.006, 3000) * (draw.random(3000) > 0.6)
    with pytest.raises(CalibrationError, match="half of its"):
        fit_kou(panel(returns[None]))

"""Maximum likelihood, by search and by slopes, against closed forms."""

import numpy as np
import pytest
from scipy import stats

from jaxrisk.calibrate import CalibrationError
from jaxrisk.calibrate._likelihood import maximum_likelihood
from jaxrisk.calibrate._score import maximum_by_score


SAMPLE = np.random.default_rng(1).normal(0.3, 2.0, 2_000)


def normal(parameters: np.ndarray) -> np.ndarray:
    return stats.norm.logpdf(SAMPLE, parameters[0], np.exp(parameters[1]))


def with_slopes(parameters: np.ndarray) -> tuple[float, np.ndarray]:
    z = (SAMPLE - parameters[0]) / np.exp(parameters[1])
    slopes = np.array([z.sum() / np.exp(parameters[1]), (z**2 - 1).sum()])
    return float(normal(parameters).sum()), slopes


def test_the_maximum_of_a_normal_is_its_moments() -> None:
    best = maximum_likelihood(normal, [np.zeros(2)], model="normal")
    assert best.parameters == pytest.approx(
        [SAMPLE.mean(), np.log(SAMPLE.std())], abs=1e-5
    )
    assert best.log_likelihood == pytest.approx(normal(best.parameters).sum())


def test_errors_are_those_of_theory() -> None:
    best = maximum_likelihood(normal, [np.zeros(2)], model="normal")
    theory = [SAMPLE.std() / np.sqrt(2_000), np.sqrt(1 / (2 * 2_000))]
    assert best.errors == pytest.approx(theory, rel=1e-3)


def test_slopes_lead_to_the_same_maximum_and_errors() -> None:
    searched = maximum_likelihood(normal, [np.zeros(2)], model="normal")
    climbed = maximum_by_score(
        with_slopes, np.zeros(2), curvature=2_000 * np.eye(2), model="normal"
    )
    assert climbed.parameters == pytest.approx(searched.parameters, abs=1e-4)
    assert climbed.covariance == pytest.approx(searched.covariance, rel=1e-3, abs=1e-8)


def test_a_parameter_without_effect_is_refused() -> None:
    with pytest.raises(CalibrationError, match="flat: some direction"):
        maximum_likelihood(
            lambda at: normal(np.array([at[0], 0.7])), [np.zeros(2)], model="flat"
        )
    with pytest.raises(CalibrationError, match="flat: some direction"):
        maximum_by_score(
            lambda at: (
                with_slopes(np.array([at[0], 0.7]))[0],
                np.array([with_slopes(np.array([at[0], 0.7]))[1][0], 0.0]),
            ),
            np.zeros(2),
            curvature=2_000 * np.eye(2),
            model="flat",
        )


def test_a_fit_that_stays_at_its_start_is_refused() -> None:
    with pytest.raises(CalibrationError, match="ended where it started"):
        maximum_likelihood(
            lambda at: np.full(10, -(abs(at[0]) ** 0.1) - 1.0),
            [np.zeros(1)],
            model="cusp",
        )


def test_an_end_on_a_slope_is_refused() -> None:
    with pytest.raises(CalibrationError, match="ended on a slope"):
        maximum_by_score(
            lambda at: (-abs(float(at[0])) - 1, np.array([5.0])),
            np.zeros(1),
            curvature=np.eye(1),
            model="kink",
        )

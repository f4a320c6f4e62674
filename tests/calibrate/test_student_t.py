"""Degrees of freedom: what is refused, and clustered returns."""

import numpy as np
import pytest

from jaxrisk.calibrate import CalibrationError, fit_student_t

from .markets import engine_market, panel


def test_one_asset_has_its_own_degrees() -> None:
    (market,) = engine_market(paths=1, steps=10_000, degrees=4.0)
    fit = fit_student_t(market.of("C"))
    assert fit.subject == ("C",)
    assert fit["degrees_of_freedom"] == pytest.approx(4, abs=0.6)
    assert fit["volatility.C"] == pytest.approx(0.8, rel=0.1)


def test_returns_of_two_volatilities_do_not_pass_for_a_t() -> None:
    random = np.random.default_rng(0)
    size = np.where(np.arange(6_000) % 4 == 0, 0.02, 0.005)
    mixed = panel(size * random.normal(size=(3, 6_000)))
    assert fit_student_t(mixed).goodness.p_value < 1e-6


def test_errors_are_wider_where_returns_cluster() -> None:
    (even,) = engine_market(paths=1, steps=8_000, degrees=4.0)
    (moving,) = engine_market(paths=1, steps=8_000, degrees=4.0, rates=(30.0, 60.0))
    errors = [
        fit.parameters["volatility.A"].error / fit["volatility.A"]
        for fit in (fit_student_t(even), fit_student_t(moving))
    ]
    assert errors[1] > 1.5 * errors[0]


def test_tails_without_a_variance_are_refused() -> None:
    returns = 0.005 * np.random.default_rng(0).standard_t(1.5, size=(1, 4_000))
    with pytest.raises(CalibrationError, match=r"A have 1\.\d+ \(error 0\.\d+\) degr"):
        fit_student_t(panel(returns))


def test_normal_returns_are_refused() -> None:
    (market,) = engine_market(paths=1, steps=8_000)
    with pytest.raises(CalibrationError, match=r"gaussian|simpler model"):
        fit_student_t(market)

"""Surfaces: exact at slices, linear in total variance between, and their faults."""

import numpy as np
import pytest

from jaxrisk.options import (
    AbstractSurface,
    FlatSurface,
    GridSurface,
    RawSvi,
    SviSurface,
    arbitrage,
)


NEAR = RawSvi(a=0.004, b=0.05, rho=-0.35, m=0.02, s=0.1)
FAR = RawSvi(a=0.04, b=0.1, rho=-0.3, m=0.05, s=0.3)
EXPIRY = np.array([0.1, 0.5])
SVI = SviSurface(EXPIRY, (NEAR, FAR))
GRID = GridSurface(
    EXPIRY, np.array([-0.4, 0.0, 0.4]), np.array([[0.9, 0.6, 0.7], [0.8, 0.65, 0.7]])
)
AT = np.linspace(-1.0, 1.0, 81)


@pytest.mark.parametrize("surface", [SVI, GRID, FlatSurface(0.6)])
def test_total_variance_is_linear_in_time_and_constant_a_year_outside(
    surface: AbstractSurface,
) -> None:
    def variance(time: float) -> np.ndarray:
        return surface.volatility(AT, np.array([time])) ** 2 * time

    near, far = variance(0.1), variance(0.5)
    np.testing.assert_allclose(variance(0.3), (near + far) / 2, rtol=1e-13)
    np.testing.assert_allclose(variance(0.2), 0.75 * near + 0.25 * far, rtol=1e-13)
    np.testing.assert_allclose(variance(0.05), near / 2, rtol=1e-13)
    np.testing.assert_allclose(variance(2.0), far * 4, rtol=1e-13)


def test_a_slice_is_what_was_given() -> None:
    for time, smile in zip(EXPIRY, (NEAR, FAR), strict=True):
        found = SVI.volatility(AT, np.array([time])) ** 2 * time
        np.testing.assert_allclose(found, smile.variance(AT), rtol=1e-13)
    at = np.array([-2.0, -0.4, -0.1, 0.0, 0.2, 0.4, 3.0])
    for row, time in enumerate(EXPIRY):
        expected = np.interp(at, GRID.moneyness, GRID.values[row])
        np.testing.assert_allclose(GRID.volatility(at, np.full(7, time)), expected)


@pytest.mark.parametrize("surface", [SVI, GRID, FlatSurface(0.6)])
@pytest.mark.parametrize("time", [0.02, 0.1, 0.3, 0.5, 3.0])
def test_the_slope_is_that_of_the_volatility(
    surface: AbstractSurface, time: float
) -> None:
    at = AT + 0.003  # away from the columns, where a grid has a kink
    value, slope = surface.with_slope(at, np.array([time]))
    step = 1e-6
    up, down = (surface.volatility(at + d, np.array([time])) for d in (step, -step))
    np.testing.assert_allclose(slope, (up - down) / (2 * step), atol=1e-8)
    np.testing.assert_array_equal(value, surface.volatility(at, np.array([time])))


def test_strikes_and_expiries_broadcast() -> None:
    time = np.array([0.05, 0.2, 0.5, 1.0])
    both = SVI.volatility(AT, time[:, None])
    for row, one in enumerate(time):
        np.testing.assert_array_equal(both[row], SVI.volatility(AT, np.array([one])))


def test_surfaces_in_order_are_without_arbitrage() -> None:
    assert arbitrage(SVI) == []
    assert arbitrage(FlatSurface(0.6)) == []
    columns = np.linspace(-0.4, 0.4, 9)
    values = 0.6 + 0.3 * columns**2 + np.array([[0.02], [0.0]])
    assert arbitrage(GridSurface(EXPIRY, columns, values)) == []


def test_a_butterfly_and_a_calendar_are_named() -> None:
    """Gatheral and Jacquier's example of Vogt, and its year sold at half the variance.

    Its g, by differences, is that of the closed form.
    """
    vogt = RawSvi(a=-0.0410, b=0.1331, rho=0.3060, m=0.3586, s=0.4153)
    surface = SviSurface(np.ones(1), (vogt,))
    (sentence,) = arbitrage(surface)
    assert "a butterfly at log-moneyness 0.8" in sentence
    least = vogt.density_factor(np.linspace(0.7, 0.9, 2001)).min()
    assert f"(g = {least:.2g})" in sentence
    found = arbitrage(SviSurface(EXPIRY, (FAR, NEAR)))
    assert any("0.1 to 0.5 years: total variance" in one for one in found)


def test_a_bend_downwards_of_a_grid_is_a_butterfly() -> None:
    bent = GridSurface(
        np.array([0.2]), np.array([-0.4, 0.1, 0.4]), np.array([[0.6, 0.8, 0.6]])
    )
    (sentence,) = arbitrage(bent)
    assert "at log-moneyness 0.1 costs less than nothing" in sentence


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: FlatSurface(0.0), "volatility is 0.0: it must be a number above zero"),
        (lambda: SviSurface(EXPIRY[::-1], (NEAR, FAR)), "must be above zero and incr"),
        (lambda: SviSurface(EXPIRY, (NEAR,)), "2 times to expiry and 1 smiles"),
        (
            lambda: SviSurface(EXPIRY[:1], (RawSvi(-0.1, 0.1, 0.0, 0.0, 0.1),)),
            "its variance is not above zero everywhere",
        ),
        (
            lambda: GridSurface(EXPIRY[:1], np.zeros(2), np.ones((1, 2))),
            "must have two columns or more and increase",
        ),
        (
            lambda: GridSurface(EXPIRY[:1], np.arange(2.0), np.zeros((1, 2))),
            "The lowest volatility given is 0.0",
        ),
    ],
)
def test_what_is_no_surface_is_refused(make: object, sentence: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=sentence):
        make()

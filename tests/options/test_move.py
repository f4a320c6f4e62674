"""How volatilities move: with the strike, with the delta, and with the spot."""

import numpy as np
import pytest

from jaxrisk.options import (
    AbstractMove,
    FlatSurface,
    RawSvi,
    StickyDelta,
    StickyStrike,
    SviSurface,
)


SURFACE = SviSurface(
    np.array([0.1, 0.5]),
    (
        RawSvi(a=0.004, b=0.05, rho=-0.35, m=0.02, s=0.1),
        RawSvi(a=0.04, b=0.1, rho=-0.3, m=0.05, s=0.3),
    ),
)
MONEYNESS = np.array([-0.3, 0.0, 0.2])
EXPIRY = np.array([0.1, 0.2, 0.5])
SPOTS = np.linspace(-0.5, 0.4, 7)


def test_a_strike_that_sticks_keeps_its_volatility() -> None:
    move = StickyStrike()
    found = move.volatility(SURFACE, MONEYNESS, EXPIRY, SPOTS, 0.05).value
    start = SURFACE.volatility(MONEYNESS, EXPIRY)
    np.testing.assert_array_equal(found, np.broadcast_to(start[:, None], found.shape))


def test_a_delta_that_sticks_keeps_its_volatility() -> None:
    """Strikes as many deviations away, once half the time is gone."""
    moved, left = 0.25, 0.5
    away = moved + MONEYNESS * np.sqrt(left)
    expiry = np.full(3, 0.2)
    found = StickyDelta().volatility(SURFACE, away, expiry, np.array([moved]), 0.1)
    np.testing.assert_allclose(
        found.value[:, 0], SURFACE.volatility(MONEYNESS, expiry), rtol=1e-13
    )


@pytest.mark.parametrize("move", [StickyStrike(0.8), StickyDelta(), StickyDelta(-1.5)])
def test_slopes_are_those_of_the_volatility(move: AbstractMove) -> None:
    def value(shift: float, wait: float) -> np.ndarray:
        at = (SURFACE, MONEYNESS, EXPIRY, SPOTS + shift, 0.03 + wait)
        return move.volatility(*at).value

    here = move.volatility(SURFACE, MONEYNESS, EXPIRY, SPOTS, 0.03)
    step = 1e-6
    by_price = (value(step, 0) - value(-step, 0)) / (2 * step)
    by_time = (value(0, step) - value(0, -step)) / (2 * step)
    np.testing.assert_allclose(here.by_log_price, by_price, atol=1e-8)
    np.testing.assert_allclose(here.by_time, by_time, atol=1e-7)


@pytest.mark.parametrize("kind", [StickyStrike, StickyDelta])
def test_volatility_rises_by_beta_and_stays_sane(
    kind: type[StickyStrike] | type[StickyDelta],
) -> None:
    spots = np.array([-50.0, -0.01, 0.0, 50.0])
    at = (FlatSurface(0.6), MONEYNESS, EXPIRY, spots, 0.0)
    ratio = kind(2.0).volatility(*at).value / 0.6
    expected = [4.0, np.exp(0.02), 1.0, 0.25]
    np.testing.assert_allclose(ratio, np.broadcast_to(expected, (3, 4)), rtol=1e-5)


def test_a_smile_is_finite_at_expiry() -> None:
    found = StickyDelta().volatility(SURFACE, MONEYNESS, np.full(3, 0.1), SPOTS, 0.1)
    for one in (found.value, found.by_log_price, found.by_time):
        assert np.isfinite(one).all()

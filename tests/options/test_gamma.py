"""The gamma profile: slopes of the sum of deltas, and where gamma is zero."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.options import (
    AbstractMove,
    FlatSurface,
    GammaProfile,
    OptionBook,
    RawSvi,
    StickyDelta,
    StickyStrike,
    SviSurface,
    black76_charm,
    black76_delta,
    black76_gamma,
    black76_vanna,
    gamma_profile,
)


START = 3000.0
SPOT = np.linspace(2000.0, 4000.0, 41)
SURFACE = SviSurface(np.array([0.1]), (RawSvi(0.01, 0.08, -0.3, 0.02, 0.15),))
STRIKE = np.array([2400.0, 2700.0, 3000.0, 3300.0, 3600.0])
BOOK = OptionBook(
    STRIKE,
    np.array([0.05, 0.1, 0.1, 0.2, 0.02]),
    np.array([False, False, True, True, True]),
    np.array([-300.0, -200.0, 50.0, 300.0, 1000.0]),
)


def profile(
    move: AbstractMove, spot: np.ndarray = SPOT, elapsed: float = 0.03
) -> GammaProfile:
    return gamma_profile(BOOK, SURFACE, move, start=START, spot=spot, elapsed=elapsed)


def test_greeks_are_sums_of_black76() -> None:
    """Where volatilities stay; the option of expiry 0.02 is gone at 0.03."""
    found = profile(StickyStrike())
    with jax.enable_x64(True):
        live = slice(0, 4)
        volatility = SURFACE.volatility(np.log(STRIKE / START), BOOK.expiry)
        at = [
            jnp.asarray(SPOT)[None],
            *(
                jnp.asarray(one[live])[:, None]
                for one in (STRIKE, BOOK.expiry - 0.03, volatility)
            ),
        ]
        calls = jnp.asarray(BOOK.is_call[live])[:, None]
        held = BOOK.position[live]
        delta = held @ np.asarray(black76_delta(*at, calls))
        gamma = held @ np.asarray(black76_gamma(*at))
        vanna = held @ np.asarray(black76_vanna(*at))
        charm = held @ np.asarray(black76_charm(*at))
    np.testing.assert_allclose(found.delta, delta, rtol=1e-11)
    np.testing.assert_allclose(found.gamma, gamma, rtol=1e-9)
    np.testing.assert_allclose(found.vanna, vanna, rtol=1e-9)
    np.testing.assert_allclose(found.charm, charm, rtol=1e-9)
    per_percent = gamma * SPOT**2 / 100
    np.testing.assert_allclose(found.gamma_per_percent, per_percent, rtol=1e-9)


@pytest.mark.parametrize("move", [StickyStrike(1.0), StickyDelta(), StickyDelta(0.7)])
def test_gamma_and_charm_hold_the_move_of_the_volatilities(move: AbstractMove) -> None:
    found = profile(move)
    step = 1e-3
    up, down = (profile(move, SPOT + d).delta for d in (step, -step))
    np.testing.assert_allclose(found.gamma, (up - down) / (2 * step), atol=1e-7)
    wait = 1e-7
    late, early = (profile(move, elapsed=0.03 + d).delta for d in (wait, -wait))
    scale = np.abs(found.charm).max()
    charm = (late - early) / (2 * wait)
    np.testing.assert_allclose(found.charm, charm, atol=1e-5 * scale)


@pytest.mark.parametrize("move", [StickyStrike(), StickyDelta(0.7)])
def test_gamma_is_zero_where_it_is_said_to_be(move: AbstractMove) -> None:
    found = profile(move)
    assert found.zero_gamma.size == 1
    at_zero = profile(move, found.zero_gamma)
    assert np.abs(at_zero.gamma).max() < 1e-9 * np.abs(found.gamma).max()
    below = found.spot < found.zero_gamma[0]
    assert (found.gamma[below] < 0).all()
    assert (found.gamma[~below] > 0).all()


def test_a_book_of_one_sign_or_of_nothing_has_no_zero() -> None:
    for book in (
        OptionBook(STRIKE, BOOK.expiry, BOOK.is_call, np.ones(5)),
        OptionBook.empty(),
    ):
        found = gamma_profile(
            book, FlatSurface(0.8), StickyStrike(), start=START, spot=SPOT
        )
        assert found.zero_gamma.size == 0
    np.testing.assert_array_equal(found.delta, 0)


def test_spots_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="spots increase"):
        profile(StickyStrike(), SPOT[::-1].copy())

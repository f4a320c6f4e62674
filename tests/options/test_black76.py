"""Black-76: known values, parity, greeks as slopes, and no NaN."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import Array

from jaxrisk.options import (
    black76_delta,
    black76_gamma,
    black76_price,
    black76_theta,
    black76_vega,
)


CALL, PUT = jnp.array(True), jnp.array(False)
STATES = st.tuples(
    st.floats(10, 1e5), st.floats(0.3, 3), st.floats(0.001, 2), st.floats(0.05, 3)
)


def options(*values: float, dtype: str = "float64") -> tuple[Array, ...]:
    return tuple(jnp.asarray(value, dtype) for value in values)


def test_known_values() -> None:
    """Hull (2018), Options, futures, and other derivatives: a put on crude oil futures.

    And at the money, where the price is a difference of two normal probabilities.
    """
    with jax.enable_x64(True):
        crude = options(20.0, 20.0, 4 / 12, 0.25)
        price = black76_price(*crude, PUT) * np.exp(-0.09 * 4 / 12)
        assert price.item() == pytest.approx(1.12, abs=0.005)
        # F = K: the price is F (2 N(v/2) - 1), with N(0.25) = 0.5987063 of v = 0.5.
        even = options(100.0, 100.0, 0.25, 1.0)
        assert black76_price(*even, CALL).item() == pytest.approx(19.74126513658474)
        assert black76_delta(*even, CALL).item() == pytest.approx(0.5987063256829237)
        assert black76_delta(*even, PUT).item() == pytest.approx(-0.4012936743170763)
        density = 0.38666811680284924
        assert black76_gamma(*even).item() == pytest.approx(density / 50)
        assert black76_vega(*even).item() == pytest.approx(density * 50)
        assert black76_theta(*even).item() == pytest.approx(density * 100)


@given(STATES)
def test_a_call_less_a_put_is_the_forward_less_the_strike(
    state: tuple[float, float, float, float],
) -> None:
    forward, ratio, time, volatility = state
    with jax.enable_x64(True):
        at = options(forward, forward * ratio, time, volatility)
        parity = black76_price(*at, CALL) - black76_price(*at, PUT)
        assert parity.item() == pytest.approx(forward * (1 - ratio), abs=1e-9 * forward)
        assert (black76_delta(*at, CALL) - black76_delta(*at, PUT)).item() == (
            pytest.approx(1.0)
        )


@given(STATES, st.booleans())
def test_greeks_are_slopes_of_the_price(
    state: tuple[float, float, float, float], is_call: bool
) -> None:
    """Central differences of the price: nothing that the greeks themselves are used in.

    Off by the third derivative, and by rounding over the step: a millionth.
    """
    forward, ratio, time, volatility = state
    with jax.enable_x64(True):
        at = options(1.0, ratio, time, volatility)
        kind = jnp.array(is_call)

        def slope(function: Callable[..., Array], place: int, *last: Array) -> float:
            step = 1e-5 * at[place]
            up, down = list(at), list(at)
            up[place], down[place] = at[place] + step, at[place] - step
            return ((function(*up, *last) - function(*down, *last)) / (2 * step)).item()

        found = [
            black76_delta(*at, kind).item(),
            black76_theta(*at).item(),
            black76_vega(*at).item(),
            black76_gamma(*at).item(),
        ]
        expected = [
            slope(black76_price, 0, kind),
            slope(black76_price, 2, kind),
            slope(black76_price, 3, kind),
            slope(black76_delta, 0, kind),
        ]
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=1e-6)
        # A forward of another size: delta is the same, gamma is over it, vega times it.
        scaled = options(forward, forward * ratio, time, volatility)
        assert black76_delta(*scaled, kind).item() == pytest.approx(found[0], abs=1e-9)
        assert black76_gamma(*scaled).item() * forward == pytest.approx(found[3])
        assert black76_vega(*scaled).item() / forward == pytest.approx(found[2])


@given(STATES, st.booleans())
def test_gradients_are_the_greeks(
    state: tuple[float, float, float, float], is_call: bool
) -> None:
    forward, ratio, time, volatility = state
    with jax.enable_x64(True):
        at = options(forward, forward * ratio, time, volatility)
        kind = jnp.array(is_call)
        slopes = jax.grad(black76_price, argnums=(0, 1, 2, 3))(*at, kind)
        assert slopes[0] == black76_delta(*at, kind)
        assert slopes[2] == black76_theta(*at)
        assert slopes[3] == black76_vega(*at)
        # The price grows with forward and strike together (Euler).
        worth = black76_price(*at, kind).item()
        both = (slopes[0] * at[0] + slopes[1] * at[1]).item()
        assert both == pytest.approx(worth, rel=1e-9, abs=1e-9 * forward)
        curved = jax.grad(jax.grad(black76_price))(*at, kind)
        gamma = black76_gamma(*at).item()
        assert curved.item() == pytest.approx(gamma, rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("time", "volatility"),
    [(0, 1), (1, 0), (0, 0), (1e-12, 1e-12), (1e-30, 0.5), (1, 1e-30), (5, 8)],
)
def test_an_option_without_deviation_is_worth_exercise_and_nothing_is_nan(
    dtype: str, time: float, volatility: float
) -> None:
    with jax.enable_x64(dtype == "float64"):
        forward = jnp.asarray([1.0, 99.0, 100.0, 101.0, 1e5], dtype)
        at = (
            forward,
            jnp.full_like(forward, 100),
            jnp.full_like(forward, time),
            jnp.full_like(forward, volatility),
        )
        for is_call in (CALL, PUT):
            kind = jnp.broadcast_to(is_call, forward.shape)
            price, delta = black76_price(*at, kind), black76_delta(*at, kind)
            assert price.dtype == delta.dtype == dtype
            if time * volatility < 1e-20:
                sign = 1 if is_call else -1
                exercise = jnp.maximum(sign * (forward - 100), 0)
                np.testing.assert_allclose(price, exercise, atol=1e-12)
                held = np.array([0, 0, 0.5, 1, 1]) - (0 if is_call else 1)
                np.testing.assert_allclose(delta, held, atol=1e-12)
            for function, last in (
                (black76_price, (kind,)),
                (black76_delta, (kind,)),
                (black76_gamma, ()),
                (black76_vega, ()),
                (black76_theta, ()),
            ):
                assert not np.isnan(function(*at, *last)).any()
                slopes = jax.vjp(lambda *x, f=function, y=last: f(*x, *y), *at)[1](
                    jnp.ones_like(forward)
                )
                assert not any(np.isnan(slope).any() for slope in slopes), function


def test_float32_is_right_to_a_part_in_a_million_of_the_forward() -> None:
    rng = np.random.default_rng(1)
    size = 2000
    forward = rng.uniform(1e3, 1e5, size)
    strike = forward * np.exp(rng.normal(0, 0.5, size))
    time, volatility = rng.uniform(0.001, 1, size), rng.uniform(0.2, 2, size)
    is_call = rng.random(size) < 0.5

    def both(dtype: str) -> tuple[np.ndarray, np.ndarray]:
        given = [
            jnp.asarray(x.astype(np.float32), dtype)
            for x in (forward, strike, time, volatility)
        ]
        kind = jnp.asarray(is_call)
        return (
            np.asarray(black76_price(*given, kind), float) / forward,
            np.asarray(black76_delta(*given, kind), float),
        )

    single = both("float32")
    with jax.enable_x64(True):
        double = both("float64")
    np.testing.assert_allclose(single[0], double[0], atol=1e-6)
    np.testing.assert_allclose(single[1], double[1], atol=5e-6)


def test_arguments_broadcast_and_a_new_shape_alone_compiles_again() -> None:
    strike = jnp.array([[90.0], [100.0], [110.0]])
    forward = jnp.array([[95.0, 105.0]])
    time, volatility = jnp.full((3, 1), 0.5), jnp.full((3, 1), 0.6)
    price = black76_price(forward, strike, time, volatility, jnp.ones((3, 1), bool))
    assert price.shape == (3, 2)
    assert (price[:, 1] > price[:, 0]).all()

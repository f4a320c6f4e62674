"""Parity, and greeks as gradients, to 1e-10 near expiry and far from the strike.

Every difference is compared with the natural size of the number: prices with the larger
of forward and strike F, delta with 1, vega with F root(T), theta with F sigma/root(T),
gamma with 1/(F v), vanna with 1/sigma + root(T), charm with 1/T and volga with
F root(T)/sigma, each times a function of d1 below one. Where such a size is infinite
the number is zero. Vega at the strike of an option of no volatility has no slope in the
forward (it is zero on both sides): vanna is not compared with it there.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from jaxtyping import Array

from jaxrisk.options import (
    black76_charm,
    black76_delta,
    black76_gamma,
    black76_price,
    black76_theta,
    black76_vanna,
    black76_vega,
    black76_volga,
    black_scholes_charm,
    black_scholes_delta,
    black_scholes_gamma,
    black_scholes_price,
    black_scholes_vanna,
    black_scholes_vega,
)


TIGHT = 1e-10
TIMES = st.sampled_from([0.0, 1e-12, 1e-9, 1e-5]) | st.floats(1e-6, 3)
LOGS = st.sampled_from([0.0, 1e-9, -1e-7]) | st.floats(-0.5, 0.5) | st.floats(-30, 30)
STATES = st.tuples(
    st.floats(1e-3, 1e6), LOGS, TIMES, st.sampled_from([0.0, 1e-6]) | st.floats(0.01, 5)
)
RATES = st.tuples(st.floats(-0.1, 0.3), st.floats(-0.1, 0.3))
State = tuple[float, float, float, float]


def arrays(*values: float) -> tuple[Array, ...]:
    return tuple(jnp.asarray(value, "float64") for value in values)


def given_of(state: State) -> tuple[Array, ...]:
    forward, moneyness, time, volatility = state
    return arrays(forward, forward * np.exp(moneyness), time, volatility)


def over(value: float, size: float) -> float:
    """One over a size; zero where that is infinite and the greek is none."""
    return value / size if size > 0 else 0.0


@jax.jit
def forward_numbers(at: tuple[Array, ...], is_call: Array) -> dict[str, Array]:
    def slope(function: Callable[..., Array], place: int, *last: Array) -> Array:
        return jax.grad(function, argnums=place)(*at, *last)

    return {
        "delta": slope(black76_price, 0, is_call),
        "theta": slope(black76_price, 2, is_call),
        "vega": slope(black76_price, 3, is_call),
        "gamma": slope(black76_delta, 0, is_call),
        "vanna": slope(black76_delta, 3, is_call),
        "charm": -slope(black76_delta, 2, is_call),
        "volga": slope(black76_vega, 3),
        "vanna of vega": slope(black76_vega, 0),
        "charm of theta": -slope(black76_theta, 0),
    }


@given(STATES, st.booleans())
@example((100.0, 0.0, 0.0, 0.5), True)
@example((100.0, 0.0, 1e-12, 0.5), False)
def test_greeks_are_gradients_in_every_corner(state: State, is_call: bool) -> None:
    with jax.enable_x64(True):
        at = given_of(state)
        found = {
            name: value.item()
            for name, value in forward_numbers(at, jnp.array(is_call)).items()
        }
        forward, _, time, volatility = state
        root = np.sqrt(time)
        vanna, charm = black76_vanna(*at).item(), black76_charm(*at).item()
        expected = {
            "delta": (black76_delta(*at, jnp.array(is_call)).item(), 1.0),
            "theta": (black76_theta(*at).item(), over(forward * volatility, root)),
            "vega": (black76_vega(*at).item(), forward * root),
            "gamma": (
                black76_gamma(*at).item(),
                over(1.0, forward * root * volatility),
            ),
            "vanna": (vanna, over(1.0, volatility) + root),
            "charm": (charm, over(1.0, time)),
            "volga": (black76_volga(*at).item(), over(forward * root, volatility)),
            "vanna of vega": (vanna, over(1.0, volatility) + root),
            "charm of theta": (charm, over(1.0, time)),
        }
    if volatility == 0:
        expected.pop("vanna of vega")
    for name, (value, size) in expected.items():
        assert np.isfinite(value), name
        assert abs(found[name] - value) <= TIGHT * size, name


@given(STATES)
def test_a_call_less_a_put_is_the_forward_less_the_strike(state: State) -> None:
    with jax.enable_x64(True):
        at = given_of(state)
        call, put = jnp.array(True), jnp.array(False)
        price = (black76_price(*at, call) - black76_price(*at, put)).item()
        delta = (black76_delta(*at, call) - black76_delta(*at, put)).item()
        forward, strike = at[0].item(), at[1].item()
    assert abs(price - (forward - strike)) <= TIGHT * max(forward, strike)
    assert abs(delta - 1) <= TIGHT


@jax.jit
def all_gradients(at: tuple[Array, ...], is_call: Array) -> list[Array]:
    pairs = [(function, (is_call,)) for function in (black76_price, black76_delta)] + [
        (function, ())
        for function in (
            black76_gamma,
            black76_vega,
            black76_theta,
            black76_vanna,
            black76_charm,
            black76_volga,
        )
    ]
    return [
        slope
        for function, last in pairs
        for slope in jax.grad(function, argnums=(0, 1, 2, 3))(*at, *last)
    ]


@given(STATES, st.booleans())
def test_no_gradient_of_a_greek_is_nan(state: State, is_call: bool) -> None:
    with jax.enable_x64(True):
        slopes = all_gradients(given_of(state), jnp.array(is_call))
        assert not np.isnan(np.asarray(slopes)).any()


@jax.jit
def spot_numbers(at: tuple[Array, ...], is_call: Array) -> dict[str, Array]:
    def slope(function: Callable[..., Array], place: int) -> Array:
        return jax.grad(function, argnums=place)(*at, is_call)

    return {
        "delta": slope(black_scholes_price, 0),
        "vega": slope(black_scholes_price, 3),
        "gamma": slope(black_scholes_delta, 0),
        "vanna": slope(black_scholes_delta, 3),
        "charm": -slope(black_scholes_delta, 2),
    }


@given(STATES, RATES, st.booleans())
def test_greeks_on_the_spot_are_gradients(
    state: State, rates: tuple[float, float], is_call: bool
) -> None:
    with jax.enable_x64(True):
        at = (*given_of(state), *arrays(*rates))
        kind = jnp.array(is_call)
        found = {name: one.item() for name, one in spot_numbers(at, kind).items()}
        spot, _, time, volatility = state
        root = np.sqrt(time)
        carry = over(1.0, root * volatility)
        expected = {
            "delta": (black_scholes_delta(*at, kind).item(), 1.0),
            "vega": (black_scholes_vega(*at).item(), spot * root),
            "gamma": (black_scholes_gamma(*at).item(), carry / spot),
            "vanna": (black_scholes_vanna(*at).item(), over(1.0, volatility) + root),
            "charm": (black_scholes_charm(*at, kind).item(), 1 + carry + over(1, time)),
        }
    growth = np.exp(2 * 0.4 * time)
    for name, (value, size) in expected.items():
        assert np.isfinite(value), name
        assert abs(found[name] - value) <= TIGHT * size * growth, name


@given(STATES, RATES)
def test_a_call_less_a_put_on_the_spot_is_what_both_are_worth_now(
    state: State, rates: tuple[float, float]
) -> None:
    with jax.enable_x64(True):
        at = (*given_of(state), *arrays(*rates))
        call, put = jnp.array(True), jnp.array(False)
        price = (black_scholes_price(*at, call) - black_scholes_price(*at, put)).item()
        spot, strike, time = at[0].item(), at[1].item(), state[2]
    held, owed = spot * np.exp(-rates[1] * time), strike * np.exp(-rates[0] * time)
    assert abs(price - (held - owed)) <= TIGHT * max(held, owed)


def test_a_call_out_of_the_money_loses_delta_as_time_passes() -> None:
    with jax.enable_x64(True):
        at = arrays(100.0, 120.0, 0.1, 0.5)
        later = (*at[:2], at[2] - 1e-6, at[3])
        lost = black76_delta(*later, jnp.array(True)) - black76_delta(
            *at, jnp.array(True)
        )
        charm = black76_charm(*at).item()
        assert charm < -0.1
        np.testing.assert_allclose(lost.item() / 1e-6, charm, rtol=1e-4)


def test_known_value_of_a_price_on_the_spot() -> None:
    """Hull (2018), Options, futures, and other derivatives, example 15.6."""
    with jax.enable_x64(True):
        at = arrays(42.0, 40.0, 0.5, 0.2, 0.1, 0.0)
        call = black_scholes_price(*at, jnp.array(True)).item()
        put = black_scholes_price(*at, jnp.array(False)).item()
    np.testing.assert_allclose([call, put], [4.76, 0.81], atol=0.005)

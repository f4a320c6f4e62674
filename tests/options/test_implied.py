"""Implied volatility: the inverse of the price wherever the price has one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.options import black76_price, host_price, implied_volatility


def _options(seed: int, size: int = 20_000) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    forward = np.exp(rng.uniform(0, 12, size))
    strike = forward * np.exp(rng.uniform(-1.5, 1.5, size))
    time = np.exp(rng.uniform(-9, 1, size))
    volatility = np.exp(rng.uniform(-3, 1.2, size))
    return forward, strike, time, volatility, rng.random(size) < 0.5


def test_the_host_and_the_device_price_alike() -> None:
    at = _options(0)
    with jax.enable_x64(True):
        device = np.asarray(black76_price(*(jnp.asarray(value) for value in at)))
    np.testing.assert_allclose(host_price(*at) / at[0], device / at[0], atol=1e-14)


def test_the_volatility_of_a_price_is_found_to_the_digits_of_the_price() -> None:
    forward, strike, time, volatility, is_call = _options(1)
    is_call = strike > forward  # out of the money, where a price has all its digits
    price = host_price(forward, strike, time, volatility, is_call)
    found = implied_volatility(price, forward, strike, time, is_call)
    some = price > 1e-280
    assert some.mean() > 0.7
    np.testing.assert_allclose(found[some], volatility[some], rtol=1e-11)


def test_in_the_money_the_digits_above_exercise_are_all_there_is() -> None:
    forward, strike, time, volatility, is_call = _options(2)
    is_call = strike < forward
    price = host_price(forward, strike, time, volatility, is_call)
    found = implied_volatility(price, forward, strike, time, is_call)
    again = host_price(forward, strike, time, found, is_call)
    np.testing.assert_allclose(again, price, rtol=1e-12)


@pytest.mark.parametrize(
    ("price", "is_call", "time"),
    [
        (9.9, True, 1.0),
        (110.0, True, 1.0),
        (100.0, False, 1.0),
        (-1.0, True, 1.0),
        (float("nan"), True, 1.0),
        (15.0, True, 0.0),
    ],
)
def test_a_price_that_no_volatility_gives_has_none(
    price: float, is_call: bool, time: float
) -> None:
    """Forward 110, strike 100: a call is worth 10 to 110, a put nothing to 100."""
    found = implied_volatility(
        np.array([price]),
        np.array([110.0]),
        np.array([100.0]),
        np.array([time]),
        np.array([is_call]),
    )
    assert np.isnan(found).all()


def test_a_price_of_exercise_alone_has_no_volatility_at_all() -> None:
    price, forward, strike, time = np.array([[10.0, 0], [110, 110], [100, 100], [1, 1]])
    found = implied_volatility(price, forward, strike, time, np.array([True, False]))
    np.testing.assert_array_equal(found, 0)

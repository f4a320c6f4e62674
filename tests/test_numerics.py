"""Arithmetic that must not fail at the edges, nor poison a gradient."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk._numerics import any_of, any_row, mean_over, safe_divide, signed_power
from jaxrisk._status import EXPLANATION, FATAL, Status, first


@jax.jit
def slopes(numerator: jax.Array, denominator: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Derivatives of a quotient that is replaced by 7 at a zero denominator."""
    return jax.grad(
        lambda n, d: safe_divide(n, d, otherwise=7.0).sum(), argnums=(0, 1)
    )(numerator, denominator)


def test_division_by_zero_gives_what_was_asked_for_and_no_slope() -> None:
    zero, three = jnp.zeros(1), jnp.full(1, 3.0)
    assert safe_divide(three, zero, otherwise=7.0)[0] == 7
    assert all(np.array_equal(slope, [0.0]) for slope in slopes(three, zero))
    assert safe_divide(three, zero - 2, otherwise=7.0)[0] == -1.5


@given(base=st.floats(-5, 5, width=32), exponent=st.floats(0.25, 3, width=32))
def test_signed_power_is_odd_and_finite_in_value_and_slope(
    base: float, exponent: float
) -> None:
    at, power = jnp.float32(base), jnp.float32(exponent)
    assert signed_power(at, power) == -signed_power(-at, power)
    expected = np.sign(base) * abs(base) ** float(power)
    assert np.isclose(signed_power(at, power), expected, rtol=1e-4, atol=1e-30)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.7])
def test_signed_power_has_slope_zero_at_zero(exponent: float) -> None:
    slope = jax.grad(signed_power, argnums=(0, 1))(
        jnp.float32(0), jnp.float32(exponent)
    )
    assert all(float(value) == 0.0 for value in slope)


@pytest.mark.parametrize("degree", range(8))
def test_mean_over_is_exact_for_a_polynomial(degree: int) -> None:
    start, stop = jnp.float32(0.5), jnp.float32(1.5)
    exact = (1.5 ** (degree + 1) - 0.5 ** (degree + 1)) / (degree + 1)
    assert np.isclose(mean_over(lambda x: x**degree, start, stop), exact, rtol=1e-6)


def test_any_is_any() -> None:
    flags = np.zeros((3, 4), bool)
    assert not any_of(jnp.asarray(flags))
    flags[1, 2] = True
    assert any_of(jnp.asarray(flags))
    assert np.array_equal(any_row(jnp.asarray(flags)), flags.any(axis=0))


def test_the_first_event_is_kept_unless_a_fatal_one_follows() -> None:
    status = jnp.array([0, 0, 2, 2, 1, 1], jnp.int32)
    happened = jnp.array([False, True, False, True, True, False])
    fatal = first(status, happened, Status.PRICE_NOT_FINITE)
    assert np.array_equal(fatal, [0, 1, 2, 1, 1, 1])
    warning = first(status, happened, Status.CASCADE_STILL_RUNNING)
    assert np.array_equal(warning, [0, 2, 2, 2, 1, 1])


def test_every_status_is_explained() -> None:
    assert set(EXPLANATION) == set(Status)
    assert set(Status) > FATAL

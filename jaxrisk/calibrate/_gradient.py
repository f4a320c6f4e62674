"""Maximum likelihood by exact gradients, for models of many parameters."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float64
from scipy import optimize

from ._estimate import CalibrationError
from ._likelihood import Maximum, Parameters


Data = Mapping[str, Any]
"""Arrays by name: what a law is given beside its parameters."""

Law = Callable[[Float[Array, " parameter"], Data], Float[Array, " observation"]]
"""Log-density of every observation, of JAX, given the parameters and the data.

It has to be hashable, and equal for equal models, so that it compiles once.
"""

_STEP = 1e-4  # of the second derivative, in parameters of order one
_FLAT = 3e-6  # slope of the mean log-density at which a search ends
_SHORT_STEPS = 30  # of a search before it takes the metric
_SHORT = 0.01  # log-likelihood that a maximum may still miss: a tenth of an error


def climb(law: Law, data: Data, starts: list[Parameters]) -> tuple[Parameters, float]:
    """The best end of a search by BFGS from several starts, and its log-likelihood.

    Parameters are unconstrained and of order one: a model scales them, and turns the
    errors back by the delta method.

    Args:
        law: Log-density of every observation.
        data: What the law is given beside the parameters.
        starts: Points to start from; the best end is taken.
    """
    with jax.enable_x64(True):
        data = jax.tree.map(jnp.asarray, data)
        count = jax.eval_shape(law, jnp.asarray(starts[0]), data).size
        ends = [_ascent(law, data, start) for start in starts]
    best = min(ends, key=lambda end: float(end.fun))
    return best.x, -count * float(best.fun)


def _ascent(law: Law, data: Data, start: Parameters) -> optimize.OptimizeResult:
    """BFGS twice: by short steps into the basin of the start, then by its metric.

    The metric makes the search several times shorter, but far from a maximum its first
    step leaps out of the basin, to where sources of jumps vanish.
    """
    near = optimize.minimize(
        lambda at: _finite_cost(law, at, data),
        start,
        jac=True,
        method="BFGS",
        options={"gtol": _FLAT, "maxiter": _SHORT_STEPS},
    )
    return optimize.minimize(
        lambda at: _finite_cost(law, at, data),
        near.x,
        jac=True,
        method="BFGS",
        options={"gtol": _FLAT, "hess_inv0": _metric(law, data, near.x)},
    )


def refuse_if_idle(best: Parameters, starts: list[Parameters], *, model: str) -> None:
    """Refuse a search that has not moved.

    Raises:
        CalibrationError: If the best end is a start, so that nothing was learned.
    """
    if any(np.allclose(best, start, rtol=0, atol=1e-9) for start in starts):
        raise CalibrationError(
            f"{model}: the fit ended where it started, so the data say nothing about "
            "its parameters. Use more data, or a simpler model."
        )


def maximum_at(law: Law, data: Data, best: Parameters, *, model: str) -> Maximum:
    """The maximum that a search has found, with its errors.

    Raises:
        CalibrationError: If it is none, or has no finite errors.
    """
    with jax.enable_x64(True):
        data = jax.tree.map(jnp.asarray, data)
        count = jax.eval_shape(law, jnp.asarray(best), data).size
        information = count * _hessian(lambda at: _finite_cost(law, at, data)[1], best)
        value, slope = _finite_cost(law, best, data)
    values = np.linalg.eigvalsh(information)
    if not np.isfinite(values).all() or values[0] <= 1e-10 * values[-1]:
        raise CalibrationError(
            f"{model}: some direction of its parameters leaves the likelihood "
            "unchanged, so they have no errors. Use more data, or a simpler model."
        )
    covariance = np.linalg.inv(information)
    # What a last Newton step would still gain, in units of the log-likelihood.
    left = float(slope @ covariance @ slope) * count**2 / 2
    if left > _SHORT:
        raise CalibrationError(
            f"{model}: the search stopped short of the maximum (a step would still "
            f"gain {left:.2g} in log-likelihood). Use more data, or a simpler model."
        )
    return Maximum(best, covariance, -count * value)


def _metric(
    law: Law, data: Data, at: Parameters
) -> Float64[np.ndarray, "parameter parameter"]:
    """First guess of the inverse Hessian: that of the scores' second moment.

    It makes the search ten times shorter where parameters differ in information.
    """
    slope = scores(law, data, at)
    moment = slope.T @ slope / slope.shape[0]
    if not np.isfinite(moment).all():
        return np.eye(at.size)
    inverse = np.linalg.inv(moment + 1e-3 * np.eye(at.size))
    return (inverse + inverse.T) / 2


def scores(
    law: Law, data: Data, at: Parameters
) -> Float64[np.ndarray, "observation parameter"]:
    """Slope of every observation's log-density by every parameter."""
    with jax.enable_x64(True):
        data = jax.tree.map(jnp.asarray, data)
        columns = [
            np.asarray(_slope(law, jnp.asarray(at), jnp.asarray(way), data))
            for way in np.eye(at.size)
        ]
    return np.stack(columns, axis=1)


def evaluate(
    function: Callable[[Float[Array, " parameter"], Data], Float[Array, "..."]],
    at: Parameters,
    data: Data,
) -> Float64[np.ndarray, "..."]:
    """A JAX function of parameters and data, in float64."""
    with jax.enable_x64(True):
        data = jax.tree.map(jnp.asarray, data)
        return np.asarray(_call(function, jnp.asarray(at), data))


@functools.partial(jax.jit, static_argnums=0)
def _call(function: Callable[..., Array], at: Array, data: Data) -> Array:
    return function(at, data)


def _finite_cost(law: Law, at: Parameters, data: Data) -> tuple[float, Parameters]:
    """Mean of minus the log-density, and its slope; a wall where it is not finite."""
    value, slope = _cost(law, jnp.asarray(at), data)
    if not np.isfinite(value) or not np.isfinite(slope).all():
        return 1e10, np.zeros_like(at)
    return float(value), np.asarray(slope)


@functools.partial(jax.jit, static_argnums=0)
def _cost(law: Law, at: Array, data: Data) -> tuple[Array, Array]:
    return jax.value_and_grad(lambda point: -jnp.mean(law(point, data)))(at)


@functools.partial(jax.jit, static_argnums=0)
def _slope(law: Law, at: Array, way: Array, data: Data) -> Array:
    return jax.jvp(lambda point: law(point, data), (at,), (way,))[1]


def _hessian(
    slope: Callable[[Parameters], Parameters], at: Parameters
) -> Float64[np.ndarray, "parameter parameter"]:
    """Central differences of the gradient, made symmetric."""
    ways = _STEP * np.eye(at.size)
    rows = [(slope(at + way) - slope(at - way)) / (2 * _STEP) for way in ways]
    hessian = np.stack(rows)
    return (hessian + hessian.T) / 2

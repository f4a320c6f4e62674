"""Maximum likelihood with standard errors, for models of a few parameters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import optimize

from ._estimate import CalibrationError


Parameters = Float64[np.ndarray, " parameter"]
LogDensity = Callable[[Parameters], Float64[np.ndarray, " observation"]]


@dataclass(frozen=True)
class Maximum:
    """Where a likelihood is largest.

    Attributes:
        parameters: The maximum.
        covariance: Covariance of its errors: the inverse of the observed information.
        log_likelihood: Its value there.
    """

    parameters: Parameters
    covariance: Float64[np.ndarray, "parameter parameter"]
    log_likelihood: float

    @property
    def errors(self) -> Parameters:
        """Standard errors."""
        return np.sqrt(np.diag(self.covariance))


def maximum_likelihood(
    log_density: LogDensity, starts: list[Parameters], *, model: str
) -> Maximum:
    """Maximize a likelihood from several starts.

    Parameters are unconstrained: a model maps what has to be positive through its
    logarithm, and turns the errors back by the delta method.

    Args:
        log_density: Log-density of every observation, given the parameters.
        starts: Points to start from; the best end is taken.
        model: Its name, for messages.

    Raises:
        CalibrationError: If the likelihood has no maximum with finite errors, or the
            search ends where it started, so that nothing was learned from the data.
    """
    count = log_density(starts[0]).size

    def cost(parameters: Parameters) -> float:
        value = -float(np.sum(log_density(parameters))) / count
        return value if np.isfinite(value) else 1e10

    ends = [
        optimize.minimize(
            cost,
            start,
            method="Nelder-Mead",
            options={"maxiter": 4000, "xatol": 1e-5, "fatol": 1e-10, "adaptive": True},
        ).x
        for start in starts
    ]
    best = min(ends, key=cost)
    polished = optimize.minimize(cost, best, method="BFGS", options={"gtol": 1e-8}).x
    best = polished if cost(polished) <= cost(best) else best
    if any(np.allclose(best, start, rtol=0, atol=1e-9) for start in starts):
        raise CalibrationError(
            f"{model}: the fit ended where it started, so the data say nothing about "
            "its parameters. Use more data, or a simpler model."
        )
    information = count * _hessian(cost, best)
    values = np.linalg.eigvalsh(information)
    if not np.isfinite(values).all() or values[0] <= 1e-10 * values[-1]:
        raise CalibrationError(
            f"{model}: some direction of its parameters leaves the likelihood "
            "unchanged, so they have no errors. Use more data, or a simpler model."
        )
    return Maximum(best, np.linalg.inv(information), -count * cost(best))


def _hessian(
    function: Callable[[Parameters], float], at: Parameters
) -> Float64[np.ndarray, "parameter parameter"]:
    """Second differences, central, with steps of 1e-4 of a parameter's size."""
    size = at.size
    step = np.diag(1e-4 * np.maximum(np.abs(at), 0.1))
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            corners = (
                function(at + step[i] + step[j])
                - function(at + step[i] - step[j])
                - function(at - step[i] + step[j])
                + function(at - step[i] - step[j])
            )
            hessian[i, j] = hessian[j, i] = corners / (4 * step[i, i] * step[j, j])
    return hessian

"""Maximum likelihood of many parameters, from the slopes of the log-density."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float64
from scipy import optimize

from ._estimate import CalibrationError
from ._likelihood import Maximum, Parameters


Likelihood = Callable[[Parameters], tuple[float, Parameters]]
Matrix = Float64[np.ndarray, "parameter parameter"]
_STEP = 1e-4  # of a parameter, whose scale is about one
_LEVEL = 0.1  # slope at a maximum, in log-likelihood by standard error


def maximum_by_score(
    likelihood: Likelihood, start: Parameters, *, curvature: Matrix, model: str
) -> Maximum:
    """Climb a log-likelihood whose slopes are known, by the method of BFGS.

    Args:
        likelihood: Log-likelihood and its slopes; not finite where parameters are
            impossible.
        start: Where to start; the likelihood has to be finite there.
        curvature: A guess of minus its second derivative, positive definite.
        model: Name, for messages.

    Returns:
        The maximum, with the inverse of the observed information as covariance.

    Raises:
        CalibrationError: If the end is no maximum with finite errors.
    """
    # Parameters are turned so that the guess is the identity: BFGS needs few steps.
    turn = np.linalg.inv(np.linalg.cholesky(curvature)).T
    largest = 1e12

    def cost(turned: Parameters) -> tuple[float, Parameters]:
        value, slope = likelihood(start + turn @ turned)
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return largest, np.zeros_like(turned)
        return -value, -(turn.T @ slope)

    found = optimize.minimize(
        cost, np.zeros_like(start), jac=True, method="BFGS", options={"gtol": 1e-4}
    )
    best = start + turn @ found.x
    if not np.abs(found.jac).max() < _LEVEL:
        raise CalibrationError(
            f"{model}: the search ended on a slope, so no maximum of the likelihood is "
            "near. Use more data, or a simpler model."
        )
    information = observed_information(likelihood, best)
    values = np.linalg.eigvalsh(turn.T @ information @ turn)
    if not np.isfinite(values).all() or values[0] <= 1e-8 * values[-1]:
        raise CalibrationError(
            f"{model}: some direction of its parameters leaves the likelihood "
            "unchanged, so they have no errors. Use more data, or a simpler model."
        )
    return Maximum(best, np.linalg.inv(information), -float(found.fun))


def observed_information(likelihood: Likelihood, at: Parameters) -> Matrix:
    """Minus the second derivative, by central differences of the slopes."""
    rows = [
        (likelihood(at - step)[1] - likelihood(at + step)[1]) / (2 * _STEP)
        for step in _STEP * np.eye(at.size)
    ]
    return (np.array(rows) + np.array(rows).T) / 2

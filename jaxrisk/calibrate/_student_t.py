"""Degrees of freedom of returns, with volatilities and correlations."""

import numpy as np
from jaxtyping import Float64

from ._cells import cells_test
from ._elliptical import Elliptical, Returns
from ._estimate import CalibrationError, Estimate, Fit
from ._likelihood import Maximum, Parameters
from ._long_run import long_run_covariance
from ._pairs import matrix_of, pair_names, pairs_of
from ._panel import Panel
from ._score import maximum_by_score


MODEL = "Student-t"
_START_DEGREES = 5.0
_FEWEST, _MOST = 2.02, 200.0


def fit_student_t(panel: Panel) -> Fit:
    """Multivariate Student-t with one mixing variable for all assets.

    The law of a step of the engine with one regime (`Elliptical`), by maximum
    likelihood of all parameters at once. A panel of one asset gives that asset's own
    degrees of freedom. Location is zero: see `fit_volatility`.

    Volatility here is that of the fitted law. With degrees of freedom near 2 it hangs
    on the tail as the law continues it, and its error is large; `fit_volatility` does
    not. Where regimes change, the degrees are lower than those of the shocks: use the
    ones of `fit_regimes` with regimes.

    Errors are the sandwich of observed information and long-run covariance of the
    slopes, so they hold for returns that cluster, where the law is not the data's and
    the estimate is of the closest t; or those of the information alone where these are
    larger, as the sandwich is noisy. Source: White (1982), Maximum likelihood
    estimation of misspecified models.

    Goodness: `cells_test` of the Mahalanobis distances, d/p ~ F(p, nu). It looks at how
    large joint moves are, and hardly sees whether one mixing variable is common to all
    assets: for that compare the degrees with those of each asset alone. Returns that
    cluster can fail it by that alone.

    Args:
        panel: Log-returns of one asset or more; steps that lack one are left out.

    Returns:
        Of `degrees_of_freedom` [1], `volatility.A` [ratio a year] and
        `correlation.A.B` [ratio].

    Raises:
        CalibrationError: If the degrees of freedom are at an end of (2.02, 200), or the
            likelihood has no maximum.
    """
    panel = panel.complete()
    returns, size = panel.returns, len(panel.assets)
    best = maximum_t(returns)
    law = law_of(best.parameters, size)
    scores = law.scores(returns)
    covariance = _covariance(best, scores)
    _check(law.degrees, float(np.sqrt(covariance[-1, -1])), panel)
    name = f"distances follow F({size}, nu), chi-square of cells with fitted parameters"
    return Fit(
        model=MODEL,
        subject=panel.assets,
        parameters=_estimates(panel, law, covariance),
        window=panel.window,
        goodness=cells_test(law.radial(returns), scores, name=name),
        log_likelihood=best.log_likelihood,
    )


def maximum_t(returns: Returns) -> Maximum:
    """The maximum of the likelihood, over the parameters of `law_of`."""
    start = np.concatenate([_moments(returns), [np.log(_START_DEGREES)]])
    size = returns.shape[0]

    def likelihood(parameters: Parameters) -> tuple[float, Parameters]:
        law = law_of(parameters, size)
        if not 0.1 < law.degrees < 10 * _MOST:
            return float("nan"), parameters
        value = float(np.sum(law.log_density(returns)))
        if not np.isfinite(value):
            return value, parameters
        return value, law.slope(returns, np.ones(returns.shape[1]))

    scores = law_of(start, size).scores(returns)
    return maximum_by_score(likelihood, start, curvature=scores @ scores.T, model=MODEL)


def law_of(parameters: Parameters, size: int) -> Elliptical:
    """The law with log scale of the assets, correlations, log degrees."""
    pairs = size * (size - 1) // 2
    return Elliptical(
        scale=np.exp(parameters[:size]),
        correlation=matrix_of(parameters[size : size + pairs], size),
        degrees=float(np.exp(parameters[size + pairs])),
    )


def _moments(returns: Returns) -> Parameters:
    """Log sd and correlations of the sample."""
    covariance = returns @ returns.T / returns.shape[1]
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    return np.concatenate([np.log(sd), correlation[pairs_of(len(sd))]])


def _covariance(
    best: Maximum, scores: Float64[np.ndarray, "parameter step"]
) -> Float64[np.ndarray, "parameter parameter"]:
    """The sandwich, its errors raised to those of the information."""
    robust = best.covariance @ long_run_covariance(scores) @ best.covariance
    raised = np.maximum(1.0, best.errors / np.sqrt(np.diag(robust)))
    return robust * np.outer(raised, raised)


def _check(degrees: float, error: float, panel: Panel) -> None:
    if _FEWEST < degrees < _MOST:
        return
    who = ", ".join(panel.assets)
    if degrees >= _MOST:
        raise CalibrationError(
            f"{MODEL}: {who} have no fatter tails than normal returns over "
            f"{panel.step_seconds:g} s. Use the gaussian innovation."
        )
    raise CalibrationError(
        f"{MODEL}: {who} have {degrees:.2f} (error {degrees * error:.2f}) degrees of "
        f"freedom over {panel.step_seconds:g} s, at which there is no variance. Fit "
        "with regimes, or several assets together."
    )


def _estimates(
    panel: Panel,
    law: Elliptical,
    covariance: Float64[np.ndarray, "parameter parameter"],
) -> dict[str, Estimate]:
    size, degrees = len(panel.assets), law.degrees
    covariance = turned_to_sd(covariance, size, len(covariance) - 1, degrees)
    errors = np.sqrt(np.diag(covariance))
    estimates = {
        "degrees_of_freedom": Estimate.positive(
            degrees, degrees * float(errors[-1]), "1"
        )
    }
    annual = law.sd * np.sqrt(panel.steps_per_year)
    for asset, value, error in zip(panel.assets, annual, errors[:size], strict=True):
        estimates[f"volatility.{asset}"] = Estimate.positive(
            float(value), float(value * error), "ratio a year"
        )
    names = pair_names("correlation", panel.assets)
    values = law.correlation[pairs_of(size)]
    for name, value, error in zip(names, values, errors[size:-1], strict=True):
        estimates[name] = Estimate.normal(float(value), float(error), "ratio")
    return estimates


def turned_to_sd(
    covariance: Float64[np.ndarray, "parameter parameter"],
    size: int,
    place: int,
    degrees: float,
) -> Float64[np.ndarray, "parameter parameter"]:
    """Errors by log sd for those by log scale: sd = scale (nu / (nu - 2))^(1/2).

    Args:
        covariance: Of errors; log scales come first.
        size: Number of scales.
        place: Where log degrees stands.
        degrees: Degrees of freedom nu.
    """
    turn = np.eye(len(covariance))
    turn[:size, place] = -1 / (degrees - 2)
    return turn @ covariance @ turn.T

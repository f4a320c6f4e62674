"""GARCH(1,1), beside which two regimes are judged."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._estimate import CalibrationError, Estimate, Fit, Goodness
from ._panel import Panel


if TYPE_CHECKING:
    from arch.univariate.base import ARCHModelResult


MODEL = "GARCH(1,1), Student-t"
_LAGS = 24
_LEAST_PULL = 1e-4  # 1 - alpha - beta


def fit_garch(panel: Panel, asset: str) -> Fit:
    r"""Volatility that follows the last returns of one asset.

    .. math:: r_t = \sigma_t z_t, \qquad
        \sigma_{t+1}^2 = \omega + \alpha r_t^2 + \beta \sigma_t^2

    with z a Student-t of unit variance. The engine has no such process: its volatility
    changes by regimes. This fit says whether they catch how returns cluster: compare
    its `bic` with that of `fit_regimes` of the same asset and steps.

    By maximum likelihood, with the robust errors of the library `arch`. Steps that are
    missing are passed over. Source: Bollerslev (1987), A conditionally heteroskedastic
    time series model for speculative prices and rates of return; errors: Bollerslev and
    Wooldridge (1992), Quasi-maximum likelihood estimation and inference in dynamic
    models with time-varying covariances.

    Goodness: Ljung and Box on the squares of 24 lags of the residuals, which are first
    turned into normal ones by the fitted t, as its own squares may have no variance.
    The p-value is approximate: by chi-square of 24 less the two fitted parameters of
    the recursion. Source: McLeod and Li (1983), Diagnostic checking ARMA time series
    models using squared-residual autocorrelations.

    Args:
        panel: Log-returns.
        asset: One of its assets.

    Returns:
        Of `volatility`, the long-run one [ratio a year], `alpha`, `beta` [ratio] and
        `degrees_of_freedom` [1].

        Where alpha and beta make one there is no long-run volatility: it is infinite,
        without an error. In real returns this is the usual sign of regimes that change.
        Source: Lamoureux and Lastrapes (1990), Persistence in variance, structural
        change, and the GARCH model.

    Raises:
        CalibrationError: If `arch` is not installed, or the search finds no maximum.
    """
    try:
        from arch import arch_model
    except ImportError as error:
        raise CalibrationError(
            f"{MODEL} needs the library arch, which is not installed. Run "
            "pip install 'jaxrisk[calibration]'."
        ) from error
    panel = panel.of(asset).complete()
    returns = panel.returns[0]
    # With an sd of 10: the library's search stops short with other units.
    unit = float(np.sqrt(np.mean(returns**2))) / 10
    model = arch_model(
        returns / unit, mean="Zero", vol="GARCH", p=1, q=1, dist="t", rescale=False
    )
    result = model.fit(disp="off", show_warning=False)
    _check(result, asset)
    residuals = np.asarray(result.std_resid, np.float64)
    return Fit(
        model=MODEL,
        subject=(asset,),
        parameters=_estimates(result, unit * np.sqrt(panel.steps_per_year)),
        window=panel.window,
        goodness=_ljung_box(residuals, float(result.params["nu"])),
        log_likelihood=float(result.loglikelihood - returns.size * np.log(unit)),
    )


def _check(result: "ARCHModelResult", asset: str) -> None:
    if result.convergence_flag != 0:
        raise CalibrationError(
            f"{MODEL}: the search for {asset} ended without a maximum "
            f"({result.optimization_result.message}). Use a longer window."
        )


def _estimates(result: "ARCHModelResult", annual: float) -> dict[str, Estimate]:
    omega, alpha, beta, degrees = np.asarray(result.params, np.float64).tolist()
    covariance = np.asarray(result.param_cov, np.float64)
    errors = np.sqrt(np.diag(covariance)).tolist()
    pull = 1 - alpha - beta
    return {
        "volatility": _long_run(annual * np.sqrt(omega), omega, pull, covariance),
        "alpha": Estimate.normal(alpha, errors[1], "ratio"),
        "beta": Estimate.normal(beta, errors[2], "ratio"),
        "degrees_of_freedom": Estimate.positive(degrees, errors[3], "1"),
    }


def _long_run(
    root: float, omega: float, pull: float, covariance: Float64[np.ndarray, "4 4"]
) -> Estimate:
    """Annual volatility (omega / (1 - alpha - beta))^(1/2), by the delta method."""
    if pull < _LEAST_PULL:
        unknown = float("nan")
        return Estimate(float("inf"), unknown, unknown, unknown, "ratio a year")
    value = float(root / np.sqrt(pull))
    slopes = np.array([1 / omega, 1 / pull, 1 / pull, 0.0]) / 2
    relative = float(np.sqrt(slopes @ covariance @ slopes))
    return Estimate.positive(value, value * relative, "ratio a year")


def _ljung_box(residuals: Float64[np.ndarray, " step"], degrees: float) -> Goodness:
    spread = np.sqrt(degrees / (degrees - 2))
    normal = stats.norm.ppf(stats.t.cdf(residuals * spread, degrees))
    square = normal**2 - np.mean(normal**2)
    size = square.size
    lags = np.arange(1, _LAGS + 1)
    shares = np.array([np.sum(square[lag:] * square[:-lag]) for lag in lags])
    shares /= np.sum(square**2)
    statistic = float(size * (size + 2) * np.sum(shares**2 / (size - lags)))
    return Goodness(
        f"Ljung-Box on squared standardized residuals in normal scores, {_LAGS} lags",
        statistic,
        float(stats.chi2.sf(statistic, _LAGS - 2)),
    )

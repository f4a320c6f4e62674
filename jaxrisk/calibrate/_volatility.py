"""Realized volatility of one asset."""

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._estimate import Estimate, Fit, Goodness
from ._long_run import long_run_covariance
from ._panel import Panel


_HORIZON = 24  # steps over which volatility has to grow with the root of time


def fit_volatility(panel: Panel, asset: str) -> Fit:
    r"""Annual volatility from all returns of an asset.

    .. math:: v = \sqrt{\overline{r^2}\, N}, \qquad
        se(v) = \frac{v}{2}\, \frac{se(\overline{r^2})}{\overline{r^2}}

    with N steps in 365 days. No mean is taken off: over a step it is nothing beside the
    volatility, and in the engine the expected price, not the log price, has a drift.
    This is the volatility over all regimes; the config asks for that of the calm one
    (`fit_regimes`).

    The error has the fourth moment of the returns and the autocorrelation of their
    squares (Newey and West, windows of n^0.7 steps). Returns with less than four
    degrees of freedom have no fourth moment: then the error is one of this sample,
    which holds few of the largest returns, and the interval too short.

    Goodness: the variance ratio of 24 steps to one, by its heteroskedasticity-robust
    normal statistic, two-sided: whether volatility grows with the root of time, as it
    does in the engine with and without regimes. The p-value is asymptotic, and only
    approximate below a few thousand steps. Source: Lo and MacKinlay (1988), Stock
    market prices do not follow random walks.

    Args:
        panel: Log-returns.
        asset: One of its assets.

    Returns:
        Of `volatility` [ratio a year].
    """
    panel = panel.of(asset).complete()
    returns = panel.returns[0]
    square = returns**2
    variance = float(square.mean())
    error = np.sqrt(long_run_covariance((square - variance)[None])[0, 0])
    value = float(np.sqrt(variance * panel.steps_per_year))
    relative = float(error / returns.size / variance / 2)
    estimate = Estimate.positive(value, value * relative, "ratio a year")
    return Fit(
        model="realized volatility",
        subject=(asset,),
        parameters={"volatility": estimate},
        window=panel.window,
        goodness=_variance_ratio(returns),
        log_likelihood=float("nan"),
    )


def _variance_ratio(returns: Float64[np.ndarray, " step"]) -> Goodness:
    horizon = min(_HORIZON, returns.size // 4)
    square = returns**2
    total = square.sum()
    ratio, variance = 1.0, 0.0
    for lag in range(1, horizon):
        weight = 2 * (horizon - lag) / horizon
        ratio += weight * float(np.sum(returns[lag:] * returns[:-lag]) / total)
        variance += weight**2 * float(np.sum(square[lag:] * square[:-lag]) / total**2)
    statistic = (ratio - 1) / np.sqrt(variance)
    return Goodness(
        f"variance ratio of {horizon} steps to one, standardized (Lo-MacKinlay)",
        float(statistic),
        float(2 * stats.norm.sf(abs(statistic))),
    )

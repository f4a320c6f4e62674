"""Errors and tests where observations of one time have something in common."""

import numpy as np
from jaxtyping import Float64, Int64
from scipy import stats

from ._estimate import CONFIDENCE, Estimate, Goodness


def jackknife_errors(
    others: Float64[np.ndarray, "cluster parameter"],
) -> Float64[np.ndarray, " parameter"]:
    """Standard errors from the fits without one cluster each.

    Tukey (1958), Bias and confidence in not-quite large samples.
    """
    count = others.shape[0]
    spread = (others - others.mean(axis=0)) ** 2
    return np.sqrt((count - 1) / count * spread.sum(axis=0))


def reach_of(clusters: int) -> float:
    """Half of an interval in standard errors from so many clusters (Student's t)."""
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, clusters - 1))


def estimate_of_log(
    value: float, log_error: float, clusters: int, unit: str
) -> Estimate:
    """An estimate above zero, from the standard error of its logarithm."""
    factor = float(np.exp(reach_of(clusters) * log_error))
    return Estimate(value, value * log_error, value / factor, value * factor, unit)


def estimate_of(value: float, error: float, clusters: int, unit: str) -> Estimate:
    """An estimate with a symmetric interval."""
    reach = reach_of(clusters) * error
    return Estimate(value, error, value - reach, value + reach, unit)


def score_test(
    name: str,
    slopes: Float64[np.ndarray, "observation parameter"],
    extra: Float64[np.ndarray, " observation"],
    left: Float64[np.ndarray, " observation"],
    cluster: Int64[np.ndarray, " observation"],
) -> Goodness:
    """Whether one more regressor explains residuals, summed by cluster.

    Args:
        name: Of the test.
        slopes: Of the model in its fitted parameters.
        extra: The regressor that the model has not.
        left: Residuals.
        cluster: Number of the cluster of each observation, from 0.
    """
    beyond = extra - slopes @ np.linalg.lstsq(slopes, extra, rcond=None)[0]
    score = np.bincount(cluster, beyond * left)
    count = score.size
    squared = float(score.sum() ** 2 / (score**2).sum())
    # The sum over its own root mean square is bounded; this is the t-test's square.
    statistic = squared * (count - 1) / max(count - squared, 1e-9)
    return Goodness(name, statistic, float(stats.f.sf(statistic, 1, count - 1)))

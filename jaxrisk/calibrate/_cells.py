"""A test of fit whose p-value counts that the parameters were fitted, too."""

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._estimate import Goodness


# A twentieth each, and finer far out, where risk is.
EDGES = np.array([*np.arange(1, 19) / 20, 0.95, 0.975, 0.99, 0.995])
"""Levels between the cells."""


def cells_test(
    level: Float64[np.ndarray, " step"],
    scores: Float64[np.ndarray, "parameter step"],
    *,
    name: str,
) -> Goodness:
    r"""Chi-square of the counts of levels that are uniform if the model is right.

    .. math:: Y = n\, m' (C - B I^{-1} B')^{-1} m, \qquad
        m = \bar 1_k - p_k, \quad C = \overline{1_k 1_l} - \bar 1_k \bar 1_l, \quad
        B = \overline{1_k s'}, \quad I = \overline{s s'}

    with s the slopes of the log-density of each step at the maximum. Fitting makes
    counts closer to what is expected than chance does, and B I^{-1} B' is by how much:
    so Y is chi-square with as many degrees as cells less one, whatever was fitted.
    Asymptotic; the smallest cell expects 1/200 of the steps, so it is fair from about
    1,000 steps. Source: Rao and Robson (1974), A chi-square statistic for goodness of
    fit tests within the exponential family; Moore and Spruill (1975), Unified
    large-sample theory of general chi-squared statistics for tests of fit.

    Args:
        level: Distribution function of each observation, given those before it.
        scores: Slopes of the log-density of each observation, given those before it.
        name: Of the test and what is tested.
    """
    steps = level.size
    chance = np.diff(EDGES, prepend=0.0)  # the last cell is what is left
    inside = np.searchsorted(EDGES, level, side="right") == np.arange(
        EDGES.size
    ).reshape(-1, 1)
    found = inside.mean(axis=1)
    missed = found - chance
    overlap = inside @ scores.T / steps
    information = scores @ scores.T / steps
    # Of an empty cell the variance is not zero; the others do not notice.
    covariance = np.diag(found + chance / steps) - np.outer(found, found)
    covariance -= overlap @ np.linalg.solve(information, overlap.T)
    statistic = float(steps * missed @ np.linalg.solve(covariance, missed))
    return Goodness(name, statistic, float(stats.chi2.sf(statistic, EDGES.size)))

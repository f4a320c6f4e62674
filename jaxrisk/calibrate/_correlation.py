"""Correlations of returns over equal steps, shrunk."""

import numpy as np
from jaxtyping import Float64

from ..config import nearest_correlation
from ._estimate import CalibrationError, Estimate, Fit, Goodness
from ._long_run import long_run_covariance
from ._pairs import (
    correlations,
    largest_difference,
    matrix_of,
    pair_names,
    pairs_of,
)
from ._panel import Panel


Pairs = Float64[np.ndarray, " pair"]
_LEAST_STEPS = 30
_LEAST_EIGENVALUE = 1e-6


def fit_correlation(panel: Panel) -> Fit:
    r"""Correlation matrix, shrunk towards one correlation for all pairs.

    Each pair from the steps that both its assets have, without means taken off. Then

    .. math:: (1 - \lambda) \rho + \lambda \bar\rho, \qquad
        \lambda = \sum Var(\rho - \bar\rho) / \sum (\rho - \bar\rho)^2

    over pairs: the intensity of Ledoit and Wolf (2004), Honey, I shrunk the sample
    covariance matrix, in the form for correlations of Schaefer and Strimmer (2005), A
    shrinkage approach to large-scale covariance matrix estimation. The variances are
    those of the errors below: a year of hourly returns that cluster is shrunk by a
    tenth, one of independent returns not noticeably. Two assets have one pair, and
    nothing is shrunk. If pairs of different steps do not make a positive definite
    matrix, the nearest one is taken (Higham).

    Errors hold for fat tails and for returns that cluster (`long_run_covariance`).
    They are those before shrinking, so on the safe side.

    Assets whose prices are not of the same times look less correlated than they are:
    see `fit_asynchronous_correlation`.

    Goodness: whether correlations of both halves of the window are equal
    (`largest_difference` of all pairs; approximate).

    Args:
        panel: Log-returns of at least two assets.

    Returns:
        Of `correlation.A.B` for every pair [ratio], and `shrinkage`, the intensity,
        whose error is not known.

    Raises:
        CalibrationError: If a pair shares less than 30 steps.
    """
    count = len(panel.assets)
    value, terms = _of_steps(panel)
    covariance = long_run_covariance(terms)
    intensity = _intensity(value, covariance)
    shrunk = (1 - intensity) * value + intensity * value.mean()
    matrix = matrix_of(shrunk, count)
    if np.linalg.eigvalsh(matrix)[0] < _LEAST_EIGENVALUE:
        matrix = nearest_correlation(matrix)
    errors = np.sqrt(np.diag(covariance))
    names = pair_names("correlation", panel.assets)
    parameters = {
        name: Estimate.normal(float(best), float(error), "ratio")
        for name, best, error in zip(
            names, matrix[pairs_of(count)], errors, strict=True
        )
    }
    unknown = float("nan")
    parameters["shrinkage"] = Estimate(intensity, unknown, unknown, unknown, "ratio")
    return Fit(
        model="correlation",
        subject=panel.assets,
        parameters=parameters,
        window=panel.window,
        goodness=_halves(panel),
        log_likelihood=unknown,
    )


def _of_steps(panel: Panel) -> tuple[Pairs, Float64[np.ndarray, "pair step"]]:
    one, other = pairs_of(len(panel.assets))
    first, second = panel.returns[one], panel.returns[other]
    both = np.isfinite(first) & np.isfinite(second)
    few = np.flatnonzero(both.sum(axis=1) < _LEAST_STEPS)
    if not len(one) or few.size:
        what = (
            f"{panel.assets[one[few[0]]]} and {panel.assets[other[few[0]]]} share "
            f"{int(both[few[0]].sum())} steps"
            if few.size
            else f"{panel.assets[0]} is one asset"
        )
        raise CalibrationError(
            f"correlation: {what}, and two assets of {_LEAST_STEPS} shared steps are "
            "needed. Choose a longer window, or files of the same time."
        )
    first, second = np.where(both, first, 0.0), np.where(both, second, 0.0)
    return correlations(first * second, first**2, second**2)


def _intensity(value: Pairs, covariance: Float64[np.ndarray, "pair pair"]) -> float:
    spread = float(np.sum((value - value.mean()) ** 2))
    if value.size < 2 or spread == 0:
        return 0.0
    noise = float(np.trace(covariance) - covariance.sum() / value.size)
    return float(np.clip(noise / spread, 0.0, 1.0))


def _halves(panel: Panel) -> Goodness:
    name = "equal correlations in both halves of the window, largest difference"
    middle = panel.end.size // 2
    found = []
    for part in (slice(None, middle), slice(middle, None)):
        half = Panel(
            panel.assets, panel.end[part], panel.returns[:, part], panel.step_seconds
        )
        try:
            value, terms = _of_steps(half)
        except CalibrationError:
            return Goodness(f"{name} (too few steps)", float("nan"), float("nan"))
        found.append((value, long_run_covariance(terms)))
    (before, wide), (after, wider) = found
    return largest_difference(after - before, wide + wider, name=name)

"""Correlations of pairs: names, matrices, and how sure they are."""

import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Int64
from scipy import stats

from ..config import rounded_correlation
from ._estimate import Fit, Goodness


Matrix = Float64[np.ndarray, "asset asset"]
Place = Int64[np.ndarray, " pair"]
_DRAWS = 9_999
_LEAST_EIGENVALUE = 1e-5  # a config asks for a tenth of it


def pairs_of(count: int) -> tuple[Place, Place]:
    """Places of the first and the second asset of every pair, in order."""
    return np.triu_indices(count, k=1)


def pair_names(prefix: str, assets: Sequence[str]) -> list[str]:
    """`correlation.ETH.BTC`, in the order of `pairs_of`."""
    return [f"{prefix}.{a}.{b}" for a, b in itertools.combinations(assets, 2)]


def matrix_of(values: Float64[np.ndarray, " pair"], count: int) -> Matrix:
    """The correlation matrix with these pairs."""
    matrix = np.eye(count)
    one, other = pairs_of(count)
    matrix[one, other] = matrix[other, one] = values
    return matrix


def correlation_matrix(fit: Fit, prefix: str = "correlation") -> Matrix:
    """The correlations of a fit as a matrix, in the order of its subject.

    Args:
        fit: A fit of several assets.
        prefix: What its pairs are called: `correlation`, `stress.correlation`.
    """
    values = [fit[name] for name in pair_names(prefix, fit.subject)]
    return matrix_of(np.array(values, np.float64), len(fit.subject))


def config_correlation(fit: Fit, prefix: str = "correlation") -> Matrix:
    """The correlations of a fit to three decimals, as a config can have them.

    Pairs that were fitted one by one may make no positive definite matrix, and rounding
    can end one that is nearly singular: then it is the nearest that stays one (Higham).

    Args:
        fit: A fit of several assets.
        prefix: What its pairs are called.
    """
    matrix = correlation_matrix(fit, prefix)
    rounded = np.round(matrix, 3)
    if np.linalg.eigvalsh(rounded)[0] > _LEAST_EIGENVALUE:
        return rounded
    return rounded_correlation(matrix)


def correlations(
    cross: Float64[np.ndarray, "pair step"],
    first: Float64[np.ndarray, "pair step"],
    second: Float64[np.ndarray, "pair step"],
) -> tuple[Float64[np.ndarray, " pair"], Float64[np.ndarray, "pair step"]]:
    r"""Correlations from sums over steps, and what each step adds to their error.

    .. math:: \rho = C / \sqrt{A B}, \qquad
        u_t = \frac{c_t}{\sqrt{AB}} - \frac{\rho}{2}(\frac{a_t}{A} + \frac{b_t}{B})

    with capitals for sums over steps: by the delta method the error of rho is the sum
    of u, whatever the tails of the returns.

    Args:
        cross: Products of the two assets' returns, c.
        first: Squares of the first asset's, a.
        second: Squares of the second's, b.
    """
    a, b = first.sum(axis=1), second.sum(axis=1)
    root = np.sqrt(a * b)
    value = cross.sum(axis=1) / root
    shared = first / a[:, None] + second / b[:, None]
    return value, cross / root[:, None] - value[:, None] / 2 * shared


def largest_difference(
    difference: Float64[np.ndarray, " pair"],
    covariance: Float64[np.ndarray, "pair pair"],
    *,
    name: str,
) -> Goodness:
    """Whether all differences are zero, by the largest in units of its error.

    The p-value is that of the largest of so many normals of this correlation, from
    9,999 draws (Bonferroni's bound where that is smaller), so that pairs which hang
    together are not counted as if they did not. It is approximate as the errors are.

    Args:
        difference: By pair.
        covariance: Of its errors.
        name: Of the test.
    """
    # A difference without an error is zero: both sides have the same prices.
    error = np.sqrt(np.diag(covariance))
    error = np.where(error > 0, error, 1.0)
    statistic = float(np.max(np.abs(difference) / error))
    values, vectors = np.linalg.eigh(covariance / np.outer(error, error))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(0).standard_normal((len(error), _DRAWS))
    larger = np.sum(np.abs(root @ normal).max(axis=0) >= statistic)
    bound = 2 * len(error) * float(stats.norm.sf(statistic))
    return Goodness(name, statistic, min(float(1 + larger) / (1 + _DRAWS), bound))

"""The law of one step's shock: Gaussian, or Student-t with a common mixing variable."""

import abc

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import special, stats

from .._random import Draw, Stream
from .._typing import AssetPath, PerAsset


class AbstractInnovation(eqx.Module):
    """A shock of zero mean and the standard deviations and correlation it is given."""

    @abc.abstractmethod
    def shock(self, correlated: AssetPath, scale: PerAsset, draw: Draw) -> AssetPath:
        """The shock [log].

        Args:
            correlated: Correlated standard normals.
            scale: Standard deviation of each asset's shock [log].
            draw: The random numbers of this step.
        """

    @abc.abstractmethod
    def log_moment(self, sd: np.ndarray) -> np.ndarray:
        """Log E exp(shock) for these scales, on the host in float64."""


class Gaussian(AbstractInnovation):
    """Normal shocks."""

    def shock(self, correlated: AssetPath, scale: PerAsset, draw: Draw) -> AssetPath:  # noqa: ARG002
        """The correlated normals, scaled."""
        return scale[:, None] * correlated

    def log_moment(self, sd: np.ndarray) -> np.ndarray:
        """sd^2 / 2."""
        return sd**2 / 2


_REACH = float(np.sqrt(2) * special.erfinv(1 - 2.0**-24))
"""The largest normal that is ever drawn, 5.42: beyond it no weight can occur."""

_NODES = 4097

LARGEST = 1.0
"""Standard deviation of a step's shock beyond which no weight takes it [log].

A standard deviation of one is a fall by 63 %, or a rise to 2.7 times, within a step.
"""


class StudentT(AbstractInnovation):
    r"""Multivariate Student-t shocks: a t copula with t margins of the same degrees.

    .. math:: z = \sqrt{(\nu-2)/\nu}\, \sqrt{\nu/\chi^2_\nu}\; n

    One chi-square a step is shared by all assets: this is what makes extremes come
    together. It is drawn by inversion, :math:`F^{-1}(\Phi(v))`, from a table of the log
    of the weight against v on the range of v, [-5.42, 5.42] (4,097 nodes, linear).

    The expected price of the unbounded law is infinite, and a martingale would have to
    fall at every step for rises that no run ever sees. So a weighted standard deviation
    is at most `LARGEST`. The compensation is then no more than 1.3 times half the
    variance, whatever the degrees of freedom, the volatility and the step.

    Source: Demarta and McNeil (2005), The t copula and related copulas.
    """

    log_weight: Float[Array, " node"]

    @classmethod
    def of(cls, degrees_of_freedom: float, dtype: np.dtype) -> "StudentT":
        """The law with these degrees of freedom (above 2: a variance must exist)."""
        return cls(log_weight=jnp.asarray(_log_weight(degrees_of_freedom), dtype))

    def shock(self, correlated: AssetPath, scale: PerAsset, draw: Draw) -> AssetPath:
        """Scale every asset by its own scale and the common weight."""
        level = draw.normal(Stream.MIXING, 1)[0].astype(correlated.dtype)
        weighted = scale[:, None] * jnp.exp(self._interpolate(level))[None]
        return correlated * jnp.minimum(weighted, LARGEST)

    def _interpolate(self, level: Float[Array, " path"]) -> Float[Array, " path"]:
        place = (level + _REACH) * ((_NODES - 1) / (2 * _REACH))
        node = jnp.clip(place.astype(jnp.int32), 0, _NODES - 2)
        share = place - node.astype(place.dtype)
        return (1 - share) * self.log_weight[node] + share * self.log_weight[node + 1]

    def log_moment(self, sd: np.ndarray) -> np.ndarray:
        """By the trapezoid rule over the nodes of the table."""
        level = np.linspace(-_REACH, _REACH, _NODES)
        chance = stats.norm.pdf(level)
        weight = np.exp(np.asarray(self.log_weight, np.float64))
        weighted = np.minimum(np.asarray(sd, np.float64)[..., None] * weight, LARGEST)
        growth = np.exp(weighted**2 / 2)
        return np.log((growth * chance).sum(-1) / chance.sum())


def _log_weight(degrees_of_freedom: float) -> np.ndarray:
    nu = degrees_of_freedom
    level = np.linspace(-_REACH, _REACH, _NODES)
    # Below zero by the lower tail, above by the upper: each is exact on its own side.
    chi_square = np.where(
        level < 0,
        stats.chi2.ppf(stats.norm.cdf(level), nu),
        stats.chi2.isf(stats.norm.sf(level), nu),
    )
    return 0.5 * np.log((nu - 2) / chi_square)

"""The law of one step's shock: Gaussian, or Student-t with a common mixing variable."""

import abc

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import special, stats

from .._random import Draw, Stream
from .._typing import AssetPath


class AbstractInnovation(eqx.Module):
    """A standardized shock: zero mean, unit variance, the correlation it is given."""

    @abc.abstractmethod
    def mix(self, correlated: AssetPath, draw: Draw) -> AssetPath:
        """Turn correlated standard normals into the shock."""

    @abc.abstractmethod
    def log_moment(self, sd: np.ndarray) -> np.ndarray:
        """Log E exp(sd * shock), on the host in float64."""


class Gaussian(AbstractInnovation):
    """Normal shocks."""

    def mix(self, correlated: AssetPath, draw: Draw) -> AssetPath:  # noqa: ARG002
        """The correlated normals themselves."""
        return correlated

    def log_moment(self, sd: np.ndarray) -> np.ndarray:
        """sd^2 / 2."""
        return sd**2 / 2


_REACH = float(np.sqrt(2) * special.erfinv(1 - 2.0**-24))
"""The largest normal that is ever drawn, 5.42: beyond it no weight can occur."""

_NODES = 4097


class StudentT(AbstractInnovation):
    r"""Multivariate Student-t shocks: a t copula with t margins of the same degrees.

    .. math:: z = \sqrt{(\nu-2)/\nu}\, \sqrt{\nu/\chi^2_\nu}\; n

    One chi-square a step is shared by all assets: this is what makes extremes come
    together. It is drawn by inversion, :math:`F^{-1}(\Phi(v))`, from a table of the log
    of the weight against v on the range of v, [-5.42, 5.42] (4,097 nodes, linear).
    Because v is bounded so is the weight, and E exp(z) is finite, which it is not for
    the unbounded law.

    Source: Demarta and McNeil (2005), The t copula and related copulas.
    """

    log_weight: Float[Array, " node"]

    @classmethod
    def of(cls, degrees_of_freedom: float, dtype: np.dtype) -> "StudentT":
        """The law with these degrees of freedom (above 2: a variance must exist)."""
        return cls(log_weight=jnp.asarray(_log_weight(degrees_of_freedom), dtype))

    def mix(self, correlated: AssetPath, draw: Draw) -> AssetPath:
        """Scale every asset by the common weight."""
        level = draw.normal(Stream.MIXING, 1)[0].astype(correlated.dtype)
        return correlated * jnp.exp(self._interpolate(level))[None]

    def _interpolate(self, level: Float[Array, " path"]) -> Float[Array, " path"]:
        place = (level + _REACH) * ((_NODES - 1) / (2 * _REACH))
        node = jnp.clip(place.astype(jnp.int32), 0, _NODES - 2)
        share = place - node.astype(place.dtype)
        return (1 - share) * self.log_weight[node] + share * self.log_weight[node + 1]

    def log_moment(self, sd: np.ndarray) -> np.ndarray:
        """By the trapezoid rule over the nodes of the table."""
        level = np.linspace(-_REACH, _REACH, _NODES)
        chance = stats.norm.pdf(level)
        weight = np.exp(2 * np.asarray(self.log_weight, np.float64))
        growth = np.exp(np.square(np.asarray(sd))[..., None] / 2 * weight)
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

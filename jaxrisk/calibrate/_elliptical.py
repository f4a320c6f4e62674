"""The engine's law of one step: correlated shocks with one common mixing variable."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import special, stats

from ._pairs import Matrix, pairs_of


Returns = Float64[np.ndarray, "asset step"]
PerStep = Float64[np.ndarray, " step"]
Scores = Float64[np.ndarray, "parameter step"]
Slope = Float64[np.ndarray, " parameter"]


@dataclass(frozen=True)
class Elliptical:
    r"""Multivariate Student-t with one mixing variable, or normal.

    .. math:: \log f = c_\nu - \tfrac12 \log|S| - \frac{\nu + p}{2} \log(1 + d / \nu),
        \quad d = r' S^{-1} r, \quad S = D R D

    It is the law of sd * shock with the engine's `StudentT` of unit variance, in which
    the sd is the scale times the root of nu / (nu - 2). By its scale it has a maximum
    below two degrees of freedom, too, where there is no sd.

    Attributes:
        scale: Of a step, the diagonal of D.
        correlation: R, positive definite.
        degrees: Degrees of freedom nu; infinite for normal shocks.
    """

    scale: Float64[np.ndarray, " asset"]
    correlation: Matrix
    degrees: float

    @property
    def is_normal(self) -> bool:
        """Whether shocks are normal."""
        return not np.isfinite(self.degrees)

    @property
    def sd(self) -> Float64[np.ndarray, " asset"]:
        """Standard deviations of a step; there have to be more than two degrees."""
        if self.is_normal:
            return self.scale
        return self.scale * np.sqrt(self.degrees / (self.degrees - 2))

    def _turned(self, returns: Returns) -> tuple[Returns, Returns, PerStep]:
        """Returns in units of scale, these times the inverse of R, and d."""
        scaled = returns / self.scale[:, None]
        # Not by BLAS: its threads take ten times as long for so small a product where
        # other work has the cores.
        turned = np.einsum("ij,jt->it", np.linalg.inv(self.correlation), scaled)
        return scaled, turned, np.einsum("it,it->t", scaled, turned)

    def distance(self, returns: Returns) -> PerStep:
        """Squared Mahalanobis distances d."""
        return self._turned(returns)[2]

    def weight(self, distance: PerStep) -> PerStep:
        """Weight of a step in the covariance, (nu + p) / (nu + d); E of 1 / mixing."""
        if self.is_normal:
            return np.ones_like(distance)
        return (self.degrees + self.scale.size) / (self.degrees + distance)

    def log_density(self, returns: Returns) -> PerStep:
        """Log-density of every step; NaN if the correlations are impossible."""
        size = self.scale.size
        sign, half = np.linalg.slogdet(self.correlation)
        if sign <= 0 or np.linalg.eigvalsh(self.correlation)[0] <= 0:
            return np.full(returns.shape[1], np.nan)
        half = half / 2 + np.log(self.scale).sum()
        distance = self.distance(returns)
        if self.is_normal:
            return -half - distance / 2 - size / 2 * np.log(2 * np.pi)
        nu = self.degrees
        constant = special.gammaln((nu + size) / 2) - special.gammaln(nu / 2)
        constant -= size / 2 * np.log(nu * np.pi)
        return constant - half - (nu + size) / 2 * np.log1p(distance / nu)

    def scores(self, returns: Returns) -> Scores:
        """Slopes of the log-density of every step.

        Returns:
            By log scale of every asset, by the correlation of every pair, and, if
            shocks are not normal, by log degrees.
        """
        one, other = pairs_of(self.scale.size)
        inverse = np.linalg.inv(self.correlation)
        scaled, turned, distance = self._turned(returns)
        weight = self.weight(distance)
        rows = [
            weight * scaled * turned - 1,
            weight * turned[one] * turned[other] - inverse[one, other][:, None],
        ]
        if not self.is_normal:
            rows.append(self._by_degrees(distance)[None])
        return np.concatenate(rows)

    def slope(self, returns: Returns, chance: PerStep) -> Slope:
        """Sum of the scores, each times a chance, without an array of all of them."""
        pairs = pairs_of(self.scale.size)
        scaled, turned, distance = self._turned(returns)
        pulled = turned * (chance * self.weight(distance))
        total = chance.sum()
        moment = np.einsum("it,jt->ij", pulled, turned)
        parts = [
            np.einsum("it,it->i", scaled, pulled) - total,
            (moment - total * np.linalg.inv(self.correlation))[pairs],
        ]
        if not self.is_normal:
            parts.append(np.sum(chance * self._by_degrees(distance), keepdims=True))
        return np.concatenate(parts)

    def degree_scores(self, returns: Returns) -> PerStep:
        """The last row of the scores, by log degrees."""
        return self._by_degrees(self.distance(returns))

    def _by_degrees(self, distance: PerStep) -> PerStep:
        nu, size = self.degrees, self.scale.size
        pull = self.weight(distance) * distance
        law = special.digamma((nu + size) / 2) - special.digamma(nu / 2) - size / nu
        return nu / 2 * (law - np.log1p(distance / nu) + pull / nu)

    def radial(self, returns: Returns) -> PerStep:
        """Distribution function of the distances: d / p follows F(p, nu)."""
        distance, size = self.distance(returns), self.scale.size
        if self.is_normal:
            return stats.chi2.cdf(distance, size)
        return stats.f.cdf(distance / size, size, self.degrees)

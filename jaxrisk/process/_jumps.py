"""Jumps: independent compound Poisson sources, each loading on the assets.

A common jump is a source that loads on many assets; an asset's own jump is a source
that loads on one. Source: Merton (1976), Option pricing when underlying stock returns
are discontinuous.
"""

import abc
import functools

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from scipy import stats

from .._numerics import matmul
from .._random import Draw, Stream
from .._typing import AssetPath, PerSource


class AbstractJumps(eqx.Module):
    """The jump part of a step's log-return."""

    @abc.abstractmethod
    def add(self, move: AssetPath, draw: Draw) -> AssetPath:
        """The move with this step's jumps added."""


class NoJumps(AbstractJumps):
    """Prices move continuously."""

    def add(self, move: AssetPath, draw: Draw) -> AssetPath:  # noqa: ARG002
        """The move itself."""
        return move


class CompoundPoisson(AbstractJumps):
    """Poisson counts, normal sizes.

    Counts come from one uniform by the inverse of the distribution function, cut where
    the tail is below 1e-12; the sum of `count` sizes is drawn as one normal.
    """

    loading: Float[Array, "asset source"]
    distribution: Float[Array, "count source"]  # P(N <= count) over a step
    mean: PerSource  # [log-return]
    sd: PerSource  # [log-return]

    @classmethod
    def of(
        cls,
        loading: np.ndarray,
        expected: np.ndarray,
        mean: np.ndarray,
        sd: np.ndarray,
        *,
        dtype: np.dtype,
    ) -> "CompoundPoisson":
        """Sources with `expected` jumps a step.

        Args:
            loading: [asset, source], move of an asset per unit of a source's jump.
            expected: [source], expected number of jumps in a step.
            mean: [source], mean size [log-return].
            sd: [source], standard deviation of the size [log-return].
            dtype: Of the arrays on the device.
        """
        most = int(stats.poisson.isf(1e-12, expected.max())) + 1
        counts = np.arange(most)[:, None]
        return cls(
            loading=jnp.asarray(loading, dtype),
            distribution=jnp.asarray(stats.poisson.cdf(counts, expected), dtype),
            mean=jnp.asarray(mean, dtype),
            sd=jnp.asarray(sd, dtype),
        )

    def add(self, move: AssetPath, draw: Draw) -> AssetPath:
        """Add every source's jumps, by its loadings."""
        sources = self.mean.shape[0]
        chance = draw.uniform(Stream.JUMP_COUNT, sources).astype(move.dtype)
        # Written out: fused into a sum, XLA's CPU code draws anew for every term.
        beyond = [
            (chance > row[:, None]).astype(move.dtype) for row in self.distribution
        ]
        count = functools.reduce(jnp.add, beyond)
        size = draw.normal(Stream.JUMP_SIZE, sources).astype(move.dtype)
        jump = count * self.mean[:, None] + jnp.sqrt(count) * self.sd[:, None] * size
        return move + matmul(self.loading, jump)


def jump_log_moment(
    loading: np.ndarray, expected: np.ndarray, mean: np.ndarray, sd: np.ndarray
) -> np.ndarray:
    """Log E exp of the jumps of a step, by asset: sum of expected (E exp(size) - 1)."""
    growth = np.exp(loading * mean + (loading * sd) ** 2 / 2) - 1
    return growth @ expected

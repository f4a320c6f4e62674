"""Mean and variance of a stream of paths, to the last bit however it is cut."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ._estimate import Estimate, normal


LEAF = 4096
"""Paths summed together. Changing it changes last digits, so it is not a setting."""

Block = Float64[np.ndarray, "measure path"]
PerMeasure = Float64[np.ndarray, " measure"]
Valid = Bool[np.ndarray, " path"]


@dataclass(frozen=True)
class Moments:
    r"""Count, mean and sum of squared deviations of some measures.

    Two parts merge exactly (Chan, Golub, LeVeque 1983, eq. 2.1), and without the
    cancellation of :math:`E[x^2] - E[x]^2`:

    .. math:: M = M_a + M_b + (\bar x_b - \bar x_a)^2 \, n_a n_b / (n_a + n_b)

    Attributes:
        count: Paths n.
        mean: Means, in the unit of each measure.
        second: Sums of squared deviations M, in that unit squared.
    """

    count: int
    mean: PerMeasure
    second: PerMeasure

    @classmethod
    def none(cls, measures: int) -> "Moments":
        """Moments of no path at all: the neutral element of a merge."""
        return cls(count=0, mean=np.zeros(measures), second=np.zeros(measures))

    @classmethod
    def of(cls, block: Block) -> "Moments":
        """Moments of the paths of one block."""
        if block.shape[1] == 0:
            return cls.none(block.shape[0])
        mean = block.mean(axis=1)
        second = np.square(block - mean[:, None]).sum(axis=1)
        return cls(count=block.shape[1], mean=mean, second=second)

    def merged(self, other: "Moments") -> "Moments":
        """Moments of both parts together."""
        count = self.count + other.count
        if count == 0:
            return self
        gap = other.mean - self.mean
        return Moments(
            count=count,
            mean=self.mean + gap * (other.count / count),
            second=self.second
            + other.second
            + np.square(gap) * (self.count * other.count / count),
        )

    @property
    def variance(self) -> PerMeasure:
        """Unbiased variances M / (n - 1); infinite below two paths."""
        if self.count < 2:
            return np.full_like(self.second, np.inf)
        return self.second / (self.count - 1)

    def estimate(self) -> Estimate:
        r"""Means with errors :math:`\sqrt{M / (n (n-1))}`; NaN without a path."""
        value = self.mean if self.count else np.full_like(self.mean, np.nan)
        return normal(value, np.sqrt(self.variance / max(self.count, 1)))


class Accumulator:
    """Moments of paths that arrive in order, in pieces of any size.

    Paths are gathered into leaves of a fixed size before anything is added up, so the
    pieces leave no trace in the result. Memory: one leaf.
    """

    def __init__(self, measures: int) -> None:
        """Start without a path.

        Args:
            measures: Numbers followed for every path.
        """
        self._leaf = np.empty((measures, LEAF))
        self._valid = np.empty(LEAF, bool)
        self._filled = 0
        self._merged = Moments.none(measures)

    def push(self, block: Block, valid: Valid) -> None:
        """Add the next paths; those that are not `valid` are left out.

        Args:
            block: The measures of each path, in the order of the paths.
            valid: Whether a path counts.
        """
        start = 0
        while start < valid.size:
            taken = min(LEAF - self._filled, valid.size - start)
            into = slice(self._filled, self._filled + taken)
            self._leaf[:, into] = block[:, start : start + taken]
            self._valid[into] = valid[start : start + taken]
            self._filled += taken
            start += taken
            if self._filled == LEAF:
                self._merged = self.moments()
                self._filled = 0

    def moments(self) -> Moments:
        """Moments of all that was pushed so far."""
        # The layout of the copy must not depend on the mask: it sets the order of sums.
        kept = self._leaf[:, : self._filled][:, self._valid[: self._filled]]
        return self._merged.merged(Moments.of(np.ascontiguousarray(kept)))

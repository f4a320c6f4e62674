"""Counts in fixed bins: whole distributions in constant memory."""

import functools

import numpy as np
from jaxtyping import Float64, Int64
from scipy import stats

from ._estimate import CONFIDENCE, Estimate, Z, bounded


Edges = Float64[np.ndarray, " edge"]
Counts = Int64[np.ndarray, "row bin"]

RATIO_EDGES = np.linspace(0.0, 1.0, 4097)
"""For ratios such as drawdowns: quantiles are exact to 1/4096 = 0.00024."""

LOSS_EDGES = 10.0 ** (np.arange(121) / 10)
"""For losses [USD]: ten bins a decade, 1 to 1e12; the end bins hold what is beyond."""


class Histogram:
    """Counts of several rows over the same bins; integers, so in any order the same."""

    def __init__(self, rows: int, edges: Edges) -> None:
        """Start at zero.

        Args:
            rows: Distributions to follow.
            edges: Rising edges; bin k holds [edge k, edge k+1), the end bins the rest.
        """
        self._edges = edges
        self._counts = np.zeros((rows, edges.size - 1), np.int64)

    def push(self, values: Float64[np.ndarray, "row path"]) -> None:
        """Count the values of some paths."""
        rows, bins = self._counts.shape
        place = np.searchsorted(self._edges[1:-1], values, side="right")
        place += bins * np.arange(rows)[:, None]
        self._counts += np.bincount(place.ravel(), minlength=rows * bins).reshape(
            rows, bins
        )

    @property
    def counts(self) -> Counts:
        """How many values fell into each bin."""
        return self._counts

    def quantile(self, probability: Float64[np.ndarray, " quantile"]) -> Estimate:
        """Quantiles of each row, [row quantile], with distribution-free intervals.

        Linear inside a bin, so the resolution is the width of a bin. The interval lies
        between the order statistics at the binomial quantiles (David and Nagaraja 2003,
        section 7.1), cut at the ends of the bins; the standard error is its half-width
        over 1.96. NaN in a row without values.
        """
        count = self._counts.sum(axis=1)[:, None]
        tail = (1 - CONFIDENCE) / 2
        sizes, shares = tuple(count[:, 0].tolist()), tuple(probability.tolist())
        low = self._at(_ranks(tail, sizes, shares))
        high = self._at(_ranks(1 - tail, sizes, shares) + 1)
        value = self._at(count * probability)
        return bounded(value, (high - low) / (2 * Z), low=low, high=high)

    def _at(
        self, target: Float64[np.ndarray, "row quantile"]
    ) -> Float64[np.ndarray, "row quantile"]:
        """Where the cumulative count of each row reaches `target` paths."""
        found = np.full(target.shape, np.nan)
        for row, counts in enumerate(self._counts):
            below = np.concatenate([[0], np.cumsum(counts)])
            if below[-1] == 0:
                continue
            wanted = np.clip(target[row], 0, below[-1])
            place = np.searchsorted(below[1:], wanted, side="left")
            share = (wanted - below[place]) / np.maximum(counts[place], 1)
            width = np.diff(self._edges)[place]
            found[row] = self._edges[place] + share * width
        return found


@functools.lru_cache(maxsize=1024)
def _ranks(
    share: float, counts: tuple[int, ...], probability: tuple[float, ...]
) -> Float64[np.ndarray, "row quantile"]:
    """Quantiles of binomials: the same for all histograms of as many values."""
    return stats.binom.ppf(share, np.array(counts)[:, None], np.array(probability))

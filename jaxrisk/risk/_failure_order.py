"""Who fails first: markets by their first bad debt, entities at the settlement."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int, Int64

from ._estimate import Estimate
from ._shortfall import probability


Times = Float64[np.ndarray, "who path"]
"""Steps to the failure of each; infinite where there is none."""


@dataclass(frozen=True)
class FailureOrder:
    """How often each fails, is the first to, and fails before another.

    Attributes:
        names: Markets, then entities.
        failed: P(it fails), each with its 95 % interval.
        first: P(it fails, and nobody before it); of those that fail in the same step
            each counts.
        alone: P(it fails before all others).
        before: P(the row fails, and the column later or never) [who other].
        together: P(both fail), whoever comes first [who other].
        nobody: P(nobody fails).
    """

    names: tuple[str, ...]
    failed: Estimate
    first: Estimate
    alone: Estimate
    before: Estimate
    together: Estimate
    nobody: Estimate


class FailureTally:
    """Streams times of failure."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Start without a path, for these markets and entities."""
        self._names = names
        count = len(names)
        self._failed, self._first, self._alone = np.zeros((3, count), np.int64)
        self._before: Int64[np.ndarray, "who other"]
        self._before, self._together = np.zeros((2, count, count), np.int64)
        self._nobody = self._count = 0

    def push(self, times: Times) -> None:
        """Add some paths."""
        failed = np.isfinite(times)
        first = failed & (times == times.min(axis=0))
        self._failed += failed.sum(axis=1)
        self._first += first.sum(axis=1)
        self._alone += (first & (first.sum(axis=0) == 1)).sum(axis=1)
        self._before += np.stack([(row < times).sum(axis=1) for row in times])
        self._together += failed.astype(np.int64) @ failed.T
        self._nobody += int((~failed.any(axis=0)).sum())
        self._count += times.shape[1]

    def order(self) -> FailureOrder:
        """Of all that was pushed so far."""
        return FailureOrder(
            names=self._names,
            failed=probability(self._failed, self._count),
            first=probability(self._first, self._count),
            alone=probability(self._alone, self._count),
            before=probability(self._before, self._count),
            together=probability(self._together, self._count),
            nobody=probability(np.asarray(self._nobody), self._count),
        )

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset; none where there is nobody to fail before."""
        if not self.coordinates():
            return {}
        found = self.order()
        parts = {
            "fails_probability": found.failed,
            "fails_first_probability": found.first,
            "fails_together_probability": found.together,
        }
        return {
            entry: numbers
            for name, part in parts.items()
            for entry, numbers in part.variables(name, interval=True).items()
        }

    def coordinates(self) -> dict[str, np.ndarray]:
        """Labels of their axes."""
        names = np.asarray(self._names)
        return {"who": names, "with_whom": names} if names.size > 1 else {}


def failure_times(
    first_deficit: Int[np.ndarray, "market path"],
    settled: Int[np.ndarray, "entity path"],
    *,
    steps: int,
) -> Times:
    """When each market and each entity of some paths failed.

    A market fails with its first bad debt that is written off, entities at the horizon,
    in the order of the rounds of clearing.

    Args:
        first_deficit: Step of each market's first bad debt; `steps` if never.
        settled: Round in which an entity defaulted, from 1; 0: it did not.
        steps: Of a path.
    """
    of_markets = np.where(first_deficit < steps, first_deficit, np.inf)
    of_entities = np.where(settled > 0, steps + settled - 1.0, np.inf)
    return np.concatenate([of_markets, of_entities])


def sooner(
    shocked: Times, calm: Times, valid: Bool[np.ndarray, " path"]
) -> Float64[np.ndarray, "who three"]:
    """Paths on which a shock brings a failure forward, and sums of its time.

    Returns:
        Count, sum and sum of squares of the steps from the start to that failure.
    """
    moved = (shocked < calm) & valid
    steps = np.where(moved, shocked, 0)
    return np.stack([moved.sum(axis=1), steps.sum(axis=1), (steps**2).sum(axis=1)], 1)

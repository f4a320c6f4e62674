"""The distribution of one loss in every scope: how often, how bad, on which paths."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float64, Int64

from ._estimate import Estimate, stack
from ._shortfall import expected_shortfall, probability, value_at_risk
from ._tail import Identities, Losses, Tail, tail_depth


class LossTally:
    """Streams a loss of several scopes; its estimates are exact, not approximated."""

    def __init__(self, scopes: int, *, paths: int, levels: Sequence[float]) -> None:
        """Start without a path.

        Args:
            scopes: Losses followed side by side.
            paths: Paths that will be pushed, or more.
            levels: Confidence levels of VaR and ES [ratio].
        """
        depth = max(tail_depth(paths, min(levels)), 1)
        self._levels = tuple(levels)
        self._tails = [Tail(depth) for _ in range(scopes)]
        self._events = np.zeros(scopes, np.int64)
        self._count = 0

    def push(self, loss: Float64[np.ndarray, "scope path"], path: Identities) -> None:
        """Add the losses [USD] of some paths, all of them finite."""
        self._count += path.size
        self._events += np.count_nonzero(loss > 0, axis=1)
        for tail, row in zip(self._tails, loss, strict=True):
            tail.push(row, path)

    @property
    def events(self) -> Int64[np.ndarray, " scope"]:
        """Paths with a loss above zero, by scope."""
        return self._events

    def worst(self, scope: int = 0) -> tuple[Losses, Identities]:
        """Largest losses of a scope [USD], falling, and their paths."""
        return self._tails[scope].worst()

    def probability(self) -> Estimate:
        """P(loss > 0), by scope [ratio]."""
        return probability(self._events, self._count)

    def value_at_risk(self) -> Estimate:
        """Value at risk, [scope level] in USD."""
        return self._by_level(value_at_risk)

    def expected_shortfall(self) -> Estimate:
        """Expected shortfall, [scope level] in USD."""
        return self._by_level(expected_shortfall)

    def _by_level(self, measure: Callable[..., Estimate]) -> Estimate:
        return stack(
            [
                stack(
                    [
                        measure(tail.worst()[0], count=self._count, level=level)
                        for level in self._levels
                    ]
                )
                for tail in self._tails
            ]
        )

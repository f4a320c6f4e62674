"""The distribution of one loss in every scope: how often, and how bad."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float64, Int64

from ._estimate import Estimate, stack
from ._ranks import Ranks, Window
from ._shortfall import expected_shortfall, probability, value_at_risk


class LossTally:
    """Streams a loss of several scopes; its estimates are exact, not approximated."""

    def __init__(self, scopes: int, *, levels: Sequence[float]) -> None:
        """Start without a path.

        Args:
            scopes: Losses followed side by side.
            levels: Confidence levels of VaR and ES [ratio].
        """
        self._levels = tuple(levels)
        self._windows = [
            [Window(level) for level in self._levels] for _ in range(scopes)
        ]
        self._events = np.zeros(scopes, np.int64)
        self._count = 0

    def push(self, loss: Float64[np.ndarray, "scope path"]) -> None:
        """Add the losses [USD] of some paths, all of them finite and not negative."""
        self._count += loss.shape[1]
        self._events += np.count_nonzero(loss > 0, axis=1)
        for windows, row in zip(self._windows, loss, strict=True):
            for window in windows:
                window.push(row)

    @property
    def events(self) -> Int64[np.ndarray, " scope"]:
        """Paths with a loss above zero, by scope."""
        return self._events

    def probability(self) -> Estimate:
        """P(loss > 0), by scope [ratio]."""
        return probability(self._events, self._count)

    def value_at_risk(self) -> Estimate:
        """Value at risk, [scope level] in USD."""
        return self._by_level(value_at_risk)

    def expected_shortfall(self) -> Estimate:
        """Expected shortfall, [scope level] in USD."""
        return self._by_level(expected_shortfall)

    def _by_level(self, measure: Callable[[Ranks, float], Estimate]) -> Estimate:
        def of(windows: list[Window]) -> Estimate:
            pairs = zip(windows, self._levels, strict=True)
            return stack([measure(window.ranks(), level) for window, level in pairs])

        return stack([of(windows) for windows in self._windows])

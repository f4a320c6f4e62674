"""How often what backs a claim is lost, how much of it, and which lines default."""

import numpy as np

from ._estimate import Estimate
from ._loss_tally import LossTally
from ._rows import Rows


DEEP = 0.99
"""Share of paths on which more is left of a claim than is reported [ratio]."""


class ClaimTally:
    """Streams claims and credit lines; without any there is nothing to say."""

    def __init__(self, claims: int, lines: int) -> None:
        """Start without a path.

        Args:
            claims: Assets that may be marked.
            lines: Accounts with a credit line.
        """
        self._claims, self._lines = claims, lines
        self._failed = LossTally(claims, levels=())
        self._lost = LossTally(claims, levels=(DEEP,))
        self._defaulted = LossTally(lines, levels=())

    def push(self, measured: Rows) -> None:
        """Add some paths, all of them with finite numbers."""
        # What was marked by a rounding error has lost nothing.
        self._failed.push(np.maximum(1 - measured["backing_left"], 0))
        self._lost.push(np.maximum(1 - measured["lowest_backing"], 0))
        self._defaulted.push(measured["defaulted"])

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset; none of what is not there."""
        found: dict[str, np.ndarray] = {}
        if self._claims:
            chance = self._failed.probability()
            found |= chance.variables("failure_probability", interval=True)
            found |= _left(self._lost).variables("lowest_backing_tail", interval=True)
        if self._lines:
            chance = self._defaulted.probability()
            found |= chance.variables("default_probability", interval=True)
        return found


def _left(lost: LossTally) -> Estimate:
    """The quantile of a loss as one of what is left, by claim."""
    found = lost.value_at_risk()
    return Estimate(
        value=1 - found.value[:, 0],
        standard_error=found.standard_error[:, 0],
        low=1 - found.high[:, 0],
        high=1 - found.low[:, 0],
    )

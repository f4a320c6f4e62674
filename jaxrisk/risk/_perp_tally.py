"""Distributions of what perpetual futures do: closing, insurance, the basis."""

from collections.abc import Sequence

import numpy as np

from ._estimate import Estimate
from ._loss_tally import LossTally
from ._rows import Rows


EXTREME = 0.99
"""Share of paths whose basis stays within what is reported of its extremes [ratio]."""


class PerpTally:
    """Streams the perpetuals of an exchange; without any there is nothing to say."""

    def __init__(self, perps: int, *, levels: Sequence[float]) -> None:
        """Start without a path.

        Args:
            perps: Perpetuals followed side by side.
            levels: Confidence levels of VaR and ES of the insurance fund [ratio].
        """
        self._perps = perps
        self._deleveraged = LossTally(perps, levels=())
        self._insurance = LossTally(min(perps, 1), levels=levels)
        self._below = LossTally(perps, levels=(EXTREME,))
        self._above = LossTally(perps, levels=(EXTREME,))

    def push(self, measured: Rows) -> None:
        """Add some paths, all of them with finite numbers."""
        self._deleveraged.push(measured["perp_deleveraged"])
        self._insurance.push(measured["insurance_paid"])
        self._below.push(-measured["lowest_basis"])
        self._above.push(measured["highest_basis"])

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset; none without a perpetual."""
        if not self._perps:
            return {}
        chance = self._deleveraged.probability()
        return {
            **chance.variables("perp_deleveraged_probability", interval=True),
            **self._fund(),
            **_extreme("lowest_basis_tail", self._below, sign=-1.0),
            **_extreme("highest_basis_tail", self._above, sign=1.0),
        }

    def _fund(self) -> dict[str, np.ndarray]:
        """Of the one insurance fund."""
        fund, name = self._insurance, "insurance_paid"
        entries = {
            **fund.probability().variables(f"{name}_probability", interval=True),
            **fund.value_at_risk().variables(f"{name}_var", interval=True),
            **fund.expected_shortfall().variables(f"{name}_es"),
        }
        return {entry: np.asarray(numbers[0]) for entry, numbers in entries.items()}


def _extreme(name: str, tally: LossTally, *, sign: float) -> dict[str, np.ndarray]:
    """A quantile of a distance from zero as one of the basis itself, by perpetual."""
    found = tally.value_at_risk()
    low, high = (found.low, found.high)[:: int(sign)]
    return Estimate(
        value=0.0 + sign * found.value[:, 0],
        standard_error=found.standard_error[:, 0],
        low=0.0 + sign * low[:, 0],
        high=0.0 + sign * high[:, 0],
    ).variables(name, interval=True)

"""Distributions of what perpetual futures do: closing, insurance, the basis."""

from collections.abc import Sequence

import numpy as np

from ._histogram import BASIS_EDGES, Histogram
from ._loss_tally import LossTally
from ._rows import Rows


BASIS_QUANTILES = np.array([0.01, 0.05, 0.5, 0.95, 0.99])
"""Quantiles reported of the extremes of the basis."""


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
        self._basis = {
            name: Histogram(perps, BASIS_EDGES)
            for name in ("lowest_basis", "highest_basis")
        }

    def push(self, measured: Rows) -> None:
        """Add some paths, all of them with finite numbers."""
        self._deleveraged.push(measured["perp_deleveraged"])
        self._insurance.push(measured["insurance_paid"])
        for name, histogram in self._basis.items():
            histogram.push(measured[name])

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset; none without a perpetual."""
        if not self._perps:
            return {}
        chance = self._deleveraged.probability()
        fund = {
            **self._insurance.probability().variables(
                "insurance_paid_probability", interval=True
            ),
            **self._insurance.value_at_risk().variables(
                "insurance_paid_var", interval=True
            ),
            **self._insurance.expected_shortfall().variables("insurance_paid_es"),
        }
        entries = {
            **chance.variables("perp_deleveraged_probability", interval=True),
            **{name: np.asarray(numbers[0]) for name, numbers in fund.items()},
        }
        for name, histogram in self._basis.items():
            quantiles = histogram.quantile(BASIS_QUANTILES)
            entries |= quantiles.variables(name, interval=True)
        return entries

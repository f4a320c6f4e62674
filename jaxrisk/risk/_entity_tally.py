"""How often entities fail, by themselves or for others, and by how much."""

from collections.abc import Sequence

import numpy as np

from ._loss_tally import LossTally
from ._rows import Outcome, Rows
from ._shortfall import probability


class EntityTally:
    """Streams the settlements of entities; without any there is nothing to say."""

    def __init__(self, entities: int, *, levels: Sequence[float]) -> None:
        """Start without a path.

        Args:
            entities: Entities followed side by side.
            levels: Confidence levels of VaR and ES of shortfalls [ratio].
        """
        self._entities = entities
        self._shortfall = LossTally(entities, levels=levels)
        self._defaults = np.zeros(entities, np.int64)
        self._contagions = np.zeros(entities, np.int64)
        self._count = 0

    def push(self, measured: Rows, outcome: Outcome, valid: np.ndarray) -> None:
        """Add some paths: their rows, all finite, and rounds of default of all."""
        fallen = outcome["entity_round"][:, valid]
        self._shortfall.push(measured["entity_shortfall"])
        self._defaults += np.count_nonzero(fallen > 0, axis=1)
        self._contagions += np.count_nonzero(fallen > 1, axis=1)
        self._count += fallen.shape[1]

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset; none without an entity."""
        if not self._entities:
            return {}
        default = probability(self._defaults, self._count)
        contagion = probability(self._contagions, self._count)
        at_risk, short = (
            self._shortfall.value_at_risk(),
            self._shortfall.expected_shortfall(),
        )
        return {
            **default.variables("entity_default_probability", interval=True),
            **contagion.variables("entity_contagion_probability", interval=True),
            **at_risk.variables("entity_shortfall_var", interval=True),
            **short.variables("entity_shortfall_es"),
        }

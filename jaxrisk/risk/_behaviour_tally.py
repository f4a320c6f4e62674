"""How often suppliers are frozen in, and how far depth falls."""

import numpy as np

from ._axes import Axes
from ._estimate import Estimate
from ._loss_tally import LossTally
from ._rows import Rows


EXTREME = 0.99
"""Share of paths whose depth stays above what is reported of its fall [ratio]."""


class BehaviourTally:
    """Streams runs and depths; where nobody runs or leaves there is nothing to say."""

    def __init__(self, axes: Axes) -> None:
        """Start without a path."""
        self._who = axes.behaviour
        runs, leaves = "suppliers" in self._who, "providers" in self._who
        self._frozen = LossTally(len(axes.reserves) * runs, levels=())
        self._gone = LossTally(len(axes.assets) * leaves, levels=(EXTREME,))

    def push(self, measured: Rows) -> None:
        """Add some paths, all of them with finite numbers."""
        if "suppliers" in self._who:
            self._frozen.push(measured["frozen"])
        if "providers" in self._who:
            self._gone.push(1 - measured["lowest_depth"])

    def estimates(self) -> dict[str, np.ndarray]:
        """Entries of the dataset; none of what is not there."""
        found: dict[str, np.ndarray] = {}
        if "suppliers" in self._who:
            often = self._frozen.probability()
            found |= often.variables("frozen_probability", interval=True)
        if "providers" in self._who:
            tail = self._gone.value_at_risk()
            found |= Estimate(
                value=tail.value[:, 0],
                standard_error=tail.standard_error[:, 0],
                low=tail.low[:, 0],
                high=tail.high[:, 0],
            ).variables("depth_lost_var", interval=True)
        return found

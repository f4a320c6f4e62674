r"""What the value at risk, being an estimate, adds to the error of a shortfall's slope.

.. math:: \frac{dES}{d\theta} \approx \frac1n \sum_i \frac{(g_i - g_c)\,
    1\{L_i > \hat c\}}{1-\alpha} + g_c

with g the slope of a path and :math:`g_c = E[g \mid L = c]`. The mean does not need the
second term, as it vanishes at the estimated :math:`\hat c`; the error does: paths enter
and leave the tail as :math:`\hat c` moves from sample to sample (Hong and Liu 2009,
Simulating sensitivities of conditional value at risk).
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ..risk import Ranks, value_at_risk


PerPath = Float64[np.ndarray, " path"]

LEAST_NEAR = 16
"""Paths about the value at risk, over which slopes are averaged."""


@dataclass(frozen=True)
class Tail:
    """Of one level, over all paths.

    Attributes:
        at_risk: Value at risk c [USD].
        balance: (1{L > c} - (1-a)) / (1-a), of zero mean.
        near: Weights, of mean one, of paths whose loss is about c.
        variance: Of the balance.
    """

    at_risk: float
    balance: PerPath
    near: PerPath
    variance: float

    @classmethod
    def of(cls, bad_debt: PerPath, counted: np.ndarray, level: float) -> "Tail":
        """Nothing is added where fewer paths lose than the tail holds: c is zero."""
        losses = Ranks.of(bad_debt[counted])
        at_risk = value_at_risk(losses, level).value
        share, nothing = 1 - level, np.zeros(bad_debt.size)
        if at_risk <= 0:
            return cls(0.0, nothing, nothing, 0.0)
        beyond = counted & (bad_debt > at_risk)
        size = max(LEAST_NEAR, int(losses.count * share / 2))
        distance = np.where(counted, np.abs(bad_debt - at_risk), np.inf)
        near = nothing.copy()
        near[np.argsort(distance, kind="stable")[:size]] = bad_debt.size / size
        balance = np.where(counted, (beyond - share) / share, 0)
        return cls(float(at_risk), balance, near, level / share)

"""Phase 3: interest on utilization."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from .state import State
    from .system import ReferenceSystem


@dataclass(frozen=True)
class KinkedRate:
    """Two straight lines that meet at the kink."""

    base: float = 0.0  # [1/year]
    kink: float = 0.8  # utilization [ratio]
    slope_below: float = 0.0  # added from 0 to the kink [1/year]
    slope_above: float = 0.0  # added from the kink to full utilization [1/year]

    def borrow_rate(self, utilization: float) -> float:
        """The rate that borrowers pay [1/year] at a utilization [ratio]."""
        below = min(utilization / self.kink, 1.0)
        above = max(utilization - self.kink, 0.0) / (1.0 - self.kink)
        return self.base + self.slope_below * below + self.slope_above * above


def utilization_of(borrowed: float, supplied: float) -> float:
    """Share of the supply that is lent out, at most one [ratio]."""
    return min(borrowed / supplied, 1.0) if supplied > 0.0 else 0.0


def accrue(system: "ReferenceSystem", state: "State") -> None:
    """Grow debts by the borrow rate and claims by what of it reaches suppliers."""
    for r, reserve in enumerate(system.reserves):
        utilization = utilization_of(state.borrowed[r], state.supplied[r])
        borrow_rate = reserve.rate.borrow_rate(utilization)
        supply_rate = borrow_rate * utilization * (1.0 - reserve.reserve_factor)
        debt_growth = math.exp(borrow_rate * system.dt)
        supply_growth = math.exp(supply_rate * system.dt)
        state.debt_index[r] *= debt_growth
        state.borrowed[r] *= debt_growth
        state.supply_index[r] *= supply_growth
        state.supplied[r] *= supply_growth
        if r in system.runs:
            state.behaviour.runs[r].deposits *= supply_growth

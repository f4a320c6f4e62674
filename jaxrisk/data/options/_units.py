"""Whether marks and volatilities are in the units that the format says."""

import dataclasses

import numpy as np

from .._errors import Fault
from ._chain import OptionChain


BETTER = 0.2  # of the misfit: another unit that leaves less is the right one

# Factors on volatility, and whether marks are in USD, with what the file then holds.
_OTHERS = (
    (0.01, False, "volatilities are a hundred times too high: percent, read as ratio"),
    (100.0, False, "volatilities are a hundred times too low: ratio, read as percent"),
    (1.0, True, "marks are in USD, read as coin"),
    (0.01, True, "marks are in USD, and volatilities a hundred times too high"),
    (100.0, True, "marks are in USD, and volatilities a hundred times too low"),
)


def unit_fault(
    chain: OptionChain, volatility_column: str, mark_column: str
) -> Fault | None:
    """What is in another unit, if marks and volatilities say so together.

    A mark is the Black-76 price at its volatility. Where another reading of the two
    columns leaves a fifth of the misfit, or less, that reading is right.

    Args:
        chain: As the format reads it.
        volatility_column: Name of its column.
        mark_column: Name of its column.
    """
    misfit = _misfit(chain, 1.0, in_usd=False)
    if not misfit > BETTER * float(np.median(chain.mark)):
        return None
    for factor, in_usd, said in _OTHERS:
        if _misfit(chain, factor, in_usd=in_usd) < BETTER * misfit:
            column = mark_column if in_usd else volatility_column
            problem = f"of {chain.asset}, {said}; so says Black-76 with the forward."
            # In JSON the place has a row, and this fault is of all of them.
            name = column.replace("[{row}]", "[]")
            remedy = "Convert the column, or name the format that it is in."
            return Fault(0, name, problem, remedy)
    return None


def _misfit(chain: OptionChain, factor: float, *, in_usd: bool) -> float:
    """Median distance of marks from Black-76, in the unit of the marks as read."""
    other = dataclasses.replace(chain, volatility=factor * chain.volatility)
    model = other.model * (chain.forward if in_usd else 1.0)
    return float(np.median(np.abs(model - chain.mark)))

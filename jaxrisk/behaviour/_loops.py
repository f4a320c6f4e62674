r"""Recursive positions: collateral bought with what was borrowed against it.

Source: Wang, Qin, Gervais, Zhou, Livshits, Moore (2022), Speculative multipliers on
DeFi, for the multiplier; the drop to liquidation is that of any leveraged position.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loop:
    """A recursive position at the start, on the host.

    Attributes:
        collateral: What is supplied after the last loop [USD].
        debt: What is owed [USD].
    """

    collateral: float
    debt: float

    @property
    def multiple(self) -> float:
        """Collateral over equity [ratio]."""
        return self.collateral / (self.collateral - self.debt)


def loop(equity: float, loan_to_value: float, loops: int) -> Loop:
    """Supply, then so many times borrow at a loan-to-value and supply that.

    Args:
        equity: What is brought [USD].
        loan_to_value: What is borrowed on each supply [ratio], below one.
        loops: How often.
    """
    collateral = equity * loop_multiple(loan_to_value, loops)
    return Loop(collateral=collateral, debt=collateral - equity)


def loop_multiple(loan_to_value: float, loops: int) -> float:
    r"""Collateral over equity of a loop [ratio].

    .. math:: \sum_{k=0}^n L^k = \frac{1 - L^{n+1}}{1 - L}
    """
    return (1 - loan_to_value ** (loops + 1)) / (1 - loan_to_value)


def drop_to_liquidation(multiple: float, threshold: float) -> float:
    r"""Fall of the collateral's price against the debt's at which health is one.

    .. math:: 1 - \frac{1 - 1/m}{T}

    Negative if the position is liquidatable at once.

    Args:
        multiple: Collateral over equity m [ratio].
        threshold: Liquidation threshold T [ratio].
    """
    return 1 - (1 - 1 / multiple) / threshold

"""How much of a debt one liquidation may repay: the close-factor rules."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class CloseFactorRule:
    """The rule of one market."""

    close_factor: float = 1.0  # [ratio]
    full_below_health: float = 0.0  # [ratio]
    full_below_size: float = 0.0  # debt or collateral of one member [USD]
    least_remainder: float = 0.0  # collateral left to one member [USD]
    target_health: float = math.inf  # repay no more than restores it [ratio]
    of_whole_position: bool = True  # or of one debt reserve, token by token only


AAVE_V2 = CloseFactorRule(close_factor=0.5, of_whole_position=False)
AAVE_V3 = CloseFactorRule(
    close_factor=0.5, full_below_health=0.95, of_whole_position=False
)
AAVE_V3_3 = CloseFactorRule(
    close_factor=0.5,
    full_below_health=0.95,
    full_below_size=2000.0,
    least_remainder=1000.0,
)
FULL = CloseFactorRule()


def restore(target_health: float) -> CloseFactorRule:
    """Repay what brings health back to `target_health`, and no more."""
    return CloseFactorRule(target_health=target_health)


def repayable_share(
    rule: CloseFactorRule, health: float, smallest: float, ceiling: float
) -> float:
    """The share of a debt that may be repaid at once [ratio].

    Args:
        rule: The rule of the market.
        health: Health factor of the account [ratio].
        smallest: The lesser of debt and collateral, of one member [USD].
        ceiling: The share that restores the target health [ratio].
    """
    if health <= rule.full_below_health or smallest < rule.full_below_size:
        return min(1.0, ceiling)
    return min(rule.close_factor, ceiling)


def restoring_share(
    target: float, weighted: float, debt: float, repayable: float
) -> float:
    """The share of the debt whose repayment brings health to `target` [ratio].

    Repaying `r` takes `r weighted / repayable` off the weighted collateral, so that
    `target (debt - r) = weighted - r weighted / repayable`. One where no repayment
    gets there, because each takes more from the collateral's side.

    Args:
        target: Target health factor; infinite where the rule has none [ratio].
        weighted: Threshold-weighted collateral [USD].
        debt: Debt [USD].
        repayable: Debt that all of the collateral repays [USD].
    """
    if math.isinf(target) or repayable <= 0.0 or target - weighted / repayable <= 0.0:
        return 1.0
    return (target * debt - weighted) / (debt * (target - weighted / repayable))

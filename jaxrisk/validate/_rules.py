"""V15: close factors and dust, version by version."""

from collections.abc import Iterator

import jax

from ._position import AAVE_V2, AAVE_V3, AAVE_V3_3, Liquidated, Rules, liquidate_once
from ._row import Check


THRESHOLD, BONUS = 0.8, 0.05
AT_THE_EDGE, SOUND, NEARLY_SOUND = 0.95, 1.0, 0.96
"""Health factors: at or below .95 Aave v3 closes in full; at 1 nothing is closed."""


def close_factor_rules() -> Iterator[Check]:
    """How much of the debt one liquidation repays under each version's rules.

    Source: Aave v2 and v3 documentation; Aave v3.3 features document.
    """
    with jax.enable_x64(True):
        yield from _version("Aave v2", AAVE_V2, edge=0.5, small=0.5)
        yield from _version("Aave v3", AAVE_V3, edge=1.0, small=0.5)
        yield from _version("Aave v3.3", AAVE_V3_3, edge=1.0, small=1.0)
        yield from _dust()
        yield from _deficit()


def _at_health(health: float, debt: float, rules: Rules) -> Liquidated:
    return liquidate_once(
        health * debt / THRESHOLD,
        debt,
        threshold=THRESHOLD,
        bonus=BONUS,
        rules=rules,
    )


def _version(name: str, rules: Rules, *, edge: float, small: float) -> Iterator[Check]:
    cases = (
        ("health .96, debt $50,000", NEARLY_SOUND, 50_000.0, 0.5),
        ("health .95, debt $50,000", AT_THE_EDGE - 1e-12, 50_000.0, edge),
        ("health .96, debt $1,999", NEARLY_SOUND, 1999.0, small),
        ("health 1, debt $50,000", SOUND, 50_000.0, 0.0),
    )
    for label, health, debt, expected in cases:
        share = _at_health(health, debt, rules).repaid / debt
        yield Check(f"{name}: share repaid, {label}", expected, share, 1e-12)


def _dust() -> Iterator[Check]:
    # Threshold .95 and bonus 8 %: half of $2,050 of debt would leave $950 of $2,057.
    after = liquidate_once(2057.0, 2050.0, threshold=0.95, bonus=0.08, rules=AAVE_V3_3)
    yield Check(
        "Aave v3.3: collateral left, never dust [USD]", 1000.0, after.collateral, 1e-9
    )
    expected = 1057 / 1.08
    yield Check(
        "Aave v3.3: repaid where dust binds [USD]", expected, after.repaid, 1e-9
    )


def _deficit() -> Iterator[Check]:
    after = _at_health(0.7, 50_000.0, AAVE_V3_3)
    collateral = 0.7 * 50_000 / THRESHOLD
    expected = 50_000 - collateral / (1 + BONUS)
    yield Check(
        "Aave v3.3: collateral left under water [USD]", 0.0, after.collateral, 0.0
    )
    yield Check("Aave v3.3: deficit burned [USD]", expected, after.debt, 1e-9)

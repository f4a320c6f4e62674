"""V16: a leveraged loop whose collateral gaps down."""

from collections.abc import Iterator

import jax

from ._closed_forms import gap_loss, loops_to_leverage
from ._position import FULL, liquidate_once
from ._row import Check


MULTIPLE, THRESHOLD, BONUS = 12.0, 0.95, 0.01

CASES = (
    # gap, staleness, bad debt [million USD per 100 million of collateral]
    (0.08, 0.0, 0.578),
    (0.12, 0.0, 4.538),
    (0.20, 0.0, 12.459),
    (0.35, 0.0, 27.310),
    (0.08, 0.0031, 0.860),
    (0.08, 0.0159, 2.026),
    (0.08, 0.0500, 5.132),
)


def gapped_loop() -> Iterator[Check]:
    """Bad debt of a twelvefold loop after a gap in price, per 100 of collateral.

    Seizure at a price that is too high by the staleness gives the keeper that much less
    value; to the protocol it is as if the price had fallen further.
    """
    collateral, debt = loops_to_leverage(MULTIPLE)
    with jax.enable_x64(True):
        for gap, staleness, literal in CASES:
            label = f"gap {gap:.0%}" + (
                f", {staleness * 1e4:.0f} bp stale" if staleness else ""
            )
            formula = gap_loss(
                debt, collateral, gap=gap, staleness=staleness, bonus=BONUS
            )
            yield Check(f"closed form: {label} [MUSD]", literal, formula, 5.01e-4)
            after = liquidate_once(
                collateral * (1 - gap) * (1 - staleness),
                debt,
                threshold=THRESHOLD,
                bonus=BONUS,
                rules=FULL,
            )
            yield Check(f"bad debt: {label} [MUSD]", formula, after.debt, 1e-9)

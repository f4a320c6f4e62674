"""What an attribution measures of every path, and of every run."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from ..engine import Outcome
from ._contrasts import Measured
from ._rows import counted
from ._statistics import Deviation, Mean, Shortfall


Known = Float64[np.ndarray, "quantity path"]

QUANTITIES = ("log price", "drawdown", "bad debt", "any bad debt", "liquidated")
"""What is known of a path."""


@dataclass(frozen=True)
class Measure:
    """A number of a run.

    Attributes:
        name: For files and tables.
        unit: USD, log or 1.
        sentence: What it is.
        measured: How it is found.
    """

    name: str
    unit: str
    sentence: str
    measured: Measured


MEASURES = (
    Measure(
        "price_sd", "log", "deviation of the final price", Measured(0, Deviation())
    ),
    Measure("drawdown_mean", "1", "mean drawdown", Measured(1, Mean())),
    Measure(
        "drawdown_es99", "1", "worst 1 % of drawdowns", Measured(1, Shortfall(0.99))
    ),
    Measure("bad_debt_mean", "USD", "expected bad debt", Measured(2, Mean())),
    Measure("bad_debt_probability", "1", "any bad debt", Measured(3, Mean())),
    Measure(
        "bad_debt_es99", "USD", "worst 1 % of bad debt", Measured(2, Shortfall(0.99))
    ),
    Measure(
        "liquidated_mean", "USD", "debt repaid by liquidations", Measured(4, Mean())
    ),
)


ANY_BAD_DEBT = [each.name for each in MEASURES].index("bad_debt_probability")


def quantities_of(
    outcomes: Iterator[Outcome], asset: int
) -> tuple[Known, Bool[np.ndarray, " path"]]:
    """Quantities of paths, and whether each counts."""
    pairs = [_quantities(outcome, asset) for outcome in outcomes]
    known, valid = zip(*pairs, strict=True)
    return np.concatenate(known, axis=1), np.concatenate(valid)


def _quantities(
    outcome: Outcome, asset: int
) -> tuple[Known, Bool[np.ndarray, " path"]]:
    lost = outcome.realized.astype(np.float64) + outcome.unrealized
    bad_debt = lost.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.log(np.asarray(outcome.final_price[asset], np.float64))
    known = np.stack(
        [
            price,
            np.asarray(outcome.drawdown[asset], np.float64),
            bad_debt,
            (bad_debt > 0).astype(np.float64),
            np.asarray(outcome.repaid, np.float64).sum(axis=0),
        ]
    )
    return known, counted(np.asarray(outcome.status)) & np.isfinite(known).all(axis=0)

"""What a sensitivity is of: numbers whose mean over paths is the measure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64

from ..risk import counted


Scores = Float64[np.ndarray, "measure path"]
PerPath = Float64[np.ndarray, " path"]

KNOWN = ("mean", "es99", "probability", "liquidated")
"""The measures by name; `es` takes any level: es95, es999."""


@dataclass(frozen=True)
class Measure:
    """A functional of the loss.

    Attributes:
        name: As asked for.
        sentence: What it is, for a reader.
        unit: USD, or 1 for a probability.
        level: Of an expected shortfall; None for the others.
    """

    name: str
    sentence: str
    unit: str
    level: float | None = None


def measures(names: Sequence[str]) -> tuple[Measure, ...]:
    """Measures by name.

    Raises:
        ValueError: If a name is unknown.
    """
    return tuple(_measure(name) for name in names)


def _measure(name: str) -> Measure:
    plain = {
        "mean": ("expected bad debt", "USD"),
        "probability": ("probability of any bad debt", "1"),
        "liquidated": ("expected debt repaid by liquidations", "USD"),
    }
    if name in plain:
        return Measure(name, *plain[name])
    digits = re.fullmatch(r"es([5-9]\d*)", name)
    if digits:
        level = float(f"0.{digits[1]}")
        sentence = f"{100 * level:g} % expected shortfall of bad debt"
        return Measure(name, sentence, "USD", level)
    raise ValueError(
        f"there is no measure {name}; known: {', '.join(KNOWN)} (es takes any level:"
        " es95, es999)"
    )


@dataclass(frozen=True)
class Losses:
    """Of some paths, in float64.

    Attributes:
        bad_debt: Realized and unrealized [USD].
        liquidated: Debt repaid by liquidations [USD].
        counted: Whether the path may enter an estimate.
    """

    bad_debt: PerPath
    liquidated: PerPath
    counted: np.ndarray

    @classmethod
    def of(cls, outcome: Any) -> "Losses":  # noqa: ANN401
        """From what the engine returns."""
        lost = outcome.realized.astype(np.float64) + outcome.unrealized
        repaid = outcome.repaid.astype(np.float64).sum(axis=0)
        bad = lost.sum(axis=0)
        finite = np.isfinite(bad) & np.isfinite(repaid)
        return cls(bad, repaid, counted(outcome.status) & finite)

    def only(self, chosen: np.ndarray) -> "Losses":
        """Some of the paths."""
        return Losses(
            self.bad_debt[chosen], self.liquidated[chosen], self.counted[chosen]
        )


def scores(
    chosen: Sequence[Measure], losses: Losses, at_risk: Mapping[str, float]
) -> Scores:
    r"""One number a measure and path, whose mean is the measure.

    For an expected shortfall it is that of Rockafellar and Uryasev (2002),

    .. math:: c + (x - c)^+ / (1 - \alpha), \qquad c = \mathrm{VaR}_\alpha

    with c held at the value at risk of the unchanged config: the shortfall is the least
    mean over all c, so that its derivative does not see c move (envelope theorem).
    """
    rows = []
    for measure in chosen:
        if measure.level is not None:
            least = at_risk[measure.name]
            excess = np.maximum(losses.bad_debt - least, 0)
            rows.append(least + excess / (1 - measure.level))
        elif measure.name == "probability":
            rows.append((losses.bad_debt > 0).astype(np.float64))
        elif measure.name == "liquidated":
            rows.append(losses.liquidated)
        else:
            rows.append(losses.bad_debt)
    return np.stack(rows)

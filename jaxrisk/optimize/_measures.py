r"""Measures of what a path costs or earns, each as a mean over paths.

Every measure is written as one number a path whose mean is the estimate, and whose
spread gives its error: its influence function added to its value. Two settings on the
same draws are then compared path by path, whatever the measure.
"""

import re
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ..risk import Ranks, expected_shortfall, value_at_risk


Losses = Float64[np.ndarray, " path"]

KNOWN = ("mean", "es99", "lar99", "probability", "liquidated")
"""Measures that may be limited, by name; `es` and `lar` take any level."""


@dataclass(frozen=True)
class Measure:
    """A functional of one row of numbers a path.

    Attributes:
        name: As it is written in a config.
        row: The numbers that it is of.
        sentence: What it is, for a reader.
        unit: USD, or 1.
        kind: `mean`, `probability`, `shortfall` or `quantile`.
        level: Of a shortfall or a quantile [ratio].
    """

    name: str
    row: str
    sentence: str
    unit: str = "USD"
    kind: str = "mean"
    level: float = 0.0

    def scores(self, losses: Losses) -> Losses:
        r"""One number a path, of which the mean is the measure.

        A shortfall is :math:`q + (x - q)^+ / (1-\alpha)` (Rockafellar and Uryasev
        2002), a quantile :math:`q + (1\{x > q\} - P(x > q)) / f(q)` (Bahadur 1966),
        with f(q) from the interval of the quantile: infinite errors stay infinite.
        """
        if self.kind == "probability":
            return (losses > 0).astype(np.float64)
        if self.kind == "mean" or losses.size < 2:
            return losses
        ranks = Ranks.of(losses)
        at_risk = value_at_risk(ranks, self.level)
        least = float(at_risk.value)
        if self.kind == "shortfall":
            scores = least + np.maximum(losses - least, 0) / (1 - self.level)
            return _known(scores, expected_shortfall(ranks, self.level).standard_error)
        beyond = (losses > least).astype(np.float64)
        spread = np.sqrt(self.level * (1 - self.level))
        error = float(at_risk.standard_error) * np.sqrt(losses.size)
        inside = least + (beyond - beyond.mean()) / spread * min(error, 1e300)
        return _known(inside, at_risk.standard_error)


def _known(scores: Losses, error: Float64[np.ndarray, ""]) -> Losses:
    """The scores; NaN where the sample is too small to bound the measure."""
    return scores if np.isfinite(error) else np.full_like(scores, np.nan)


def limited(name: str) -> Measure:
    """A measure that may be limited, by name.

    Raises:
        ValueError: There is none of that name.
    """
    plain = {
        "mean": Measure(name, "bad_debt", "expected bad debt"),
        "probability": Measure(
            name, "bad_debt", "probability of any bad debt", "1", "probability"
        ),
        "liquidated": Measure(name, "liquidated", "expected liquidations"),
    }
    if name in plain:
        return plain[name]
    digits = re.fullmatch(r"(es|lar)([5-9]\d*)", name)
    if not digits:
        known = ", ".join(KNOWN)
        raise ValueError(f"there is no measure {name}; known: {known}")
    level = float(f"0.{digits[2]}")
    if digits[1] == "es":
        words = f"{100 * level:g} % expected shortfall of bad debt"
        return Measure(name, "bad_debt", words, "USD", "shortfall", level)
    words = f"liquidations at risk, {100 * level:g} %"
    return Measure(name, "liquidated", words, "USD", "quantile", level)

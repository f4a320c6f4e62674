"""The distribution of total bad debt, as both figures of it need it."""

import math

import numpy as np

from ._estimate import Estimate
from ._facts import LEVEL, TOTAL, Facts
from ._format import percent


def tail_marks(facts: Facts) -> list[tuple[str, Estimate]]:
    """VaR and ES at 99 % of the total, named, for the figures of bad debt."""
    at = {"scope": TOTAL, "level": LEVEL}
    names = (("VaR 99 %", "bad_debt_var"), ("ES 99 %", "bad_debt_es"))
    return [(label, facts.estimate(name, **at)) for label, name in names]


def zero_sentence(facts: Facts) -> str:
    """Says which share of the paths has no bad debt; empty where not measured."""
    chance = facts.estimate("bad_debt_probability", scope=TOTAL)
    if not chance.measured:
        return ""
    text = f"{percent(1 - chance.value)} of the paths have no bad debt"
    var = facts.estimate("bad_debt_var", scope=TOTAL, level=LEVEL)
    return f"{text}, and VaR 99 % is zero." if var.value == 0 else f"{text}."


def histogram(facts: Facts) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Histogram of positive losses: lower ends, upper ends [USD], counts."""
    names = ("bin_low", "bin_high", "loss_histogram")
    if not facts.measured(*names):
        return None
    low, high, count = (facts.dataset[name].to_numpy() for name in names)
    return low, high, np.nan_to_num(count)


def sound_paths(facts: Facts, count: np.ndarray) -> int:
    """Paths that the histogram was made from, with and without a loss."""
    chance = facts.estimate("bad_debt_probability", scope=TOTAL).value
    if math.isfinite(chance) and chance > 0:
        return max(round(float(count.sum()) / chance), int(count.sum()))
    return max(facts.paths - facts.failed, int(count.sum()))

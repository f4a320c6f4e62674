r"""What a store keeps of a setting, and how it differs from the base on common draws.

The difference of two means is the mean of the paths' differences, and its error is
theirs. So it is with expected shortfalls, as means of VaR + (x - VaR)^+ / (1 - level)
(Rockafellar and Uryasev 2002). A value at risk moves with the share of paths beyond it,

.. math:: \mathrm{se}^2 = \mathrm{se}_a^2 + \mathrm{se}_b^2
    - 2 \rho\, \mathrm{se}_a \mathrm{se}_b,

with the correlation :math:`\rho` of the two events (Bahadur 1966, A note on quantiles
in large samples).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64

from .._status import EXPLANATION, Status
from ..config import Config
from ..risk import Accumulator, Axes, Measures
from ..risk._rows import counted as fit
from ..risk._rows import judged, rows
from ._schema import NOT_KEPT, RESULT, TAILS, rows_of


MINUTES_PER_DAY = 1440
Entries = dict[str, np.ndarray]


@dataclass(frozen=True)
class Measured:
    """One setting.

    Attributes:
        axes: What its rows stand for.
        levels: Confidence levels [ratio].
        entries: Its variables, by the names of the schema.
        rows: Measures of every path, by name, each [row path].
        valid: Whether a path counts.
    """

    axes: Axes
    levels: tuple[float, ...]
    entries: Entries
    rows: Mapping[str, Float64[np.ndarray, "row path"]]
    valid: Bool[np.ndarray, " path"]

    @property
    def error(self) -> str:
        """Why nothing can be said of the setting; empty if something can."""
        if self.valid.any():
            return ""
        return f"All paths failed. {EXPLANATION[Status.PRICE_NOT_FINITE]}"


def measured(config: Config, axes: Axes, outcome: Mapping[str, np.ndarray]) -> Measured:
    """Every measure of a run, of the paths of one setting."""
    measures = Measures(
        axes,
        levels=config.run.levels,
        steps=config.steps,
        step_days=float(config.step_minutes) / MINUTES_PER_DAY,
    )
    measures.push(outcome)
    found = rows(axes, outcome)
    status = judged(outcome["status"], np.concatenate(list(found.values())))
    estimates = measures.estimates()
    return Measured(
        axes=axes,
        levels=tuple(config.run.levels),
        entries={k: v for k, v in estimates.items() if k not in NOT_KEPT},
        rows=found,
        valid=fit(status),
    )


def compared(one: Measured, base: Measured) -> Entries:
    """Differences from the base with their errors, over paths that count in both."""
    valid = one.valid & base.valid
    if not valid.any():
        return {}
    parts = {**_mean_gaps(one, base), **_tail_gaps(one, base)}
    accumulator = Accumulator(sum(part.shape[0] for part in parts.values()))
    accumulator.push(np.concatenate(list(parts.values())), valid)
    estimate = accumulator.moments().estimate()
    ends = np.cumsum([part.shape[0] for part in parts.values()])[:-1]
    values, errors = (
        dict(zip(parts, np.split(numbers, ends), strict=True))
        for numbers in (estimate.value, estimate.standard_error)
    )
    entries = {}
    for name in parts:
        shape = one.entries[name].shape
        entries[f"{name}_difference"] = values[name].reshape(shape)
        entries[f"{name}_difference_se"] = errors[name].reshape(shape)
    return entries | _quantile_gaps(one, base, valid)


def _alike(one: Measured, base: Measured, entry: str) -> bool:
    """Whether the rows of an entry stand for the same in both."""
    return entry in base.entries and all(
        rows_of(one.axes, dim) == rows_of(base.axes, dim)
        for dim in RESULT[entry].dims
        if dim != "level"
    )


def _mean_gaps(one: Measured, base: Measured) -> Entries:
    both = one.valid & base.valid
    return {
        f"{name}_mean": np.where(both, values, 0) - np.where(both, base.rows[name], 0)
        for name, values in one.rows.items()
        if f"{name}_mean" in one.entries and _alike(one, base, f"{name}_mean")
    }


def _tail_gaps(one: Measured, base: Measured) -> Entries:
    """Events and shortfall scores; rows of the latter by scope and level."""
    gaps, both = {}, one.valid & base.valid
    for loss, (at_risk, shortfall) in TAILS.items():
        if not _alike(one, base, shortfall):
            continue
        pair = (one, base)
        lost = [np.where(both, each.rows[loss], 0) for each in pair]
        gaps[f"{loss}_probability"] = (lost[0] > 0) * 1.0 - (lost[1] > 0)
        scores = [
            _scores(x, each.entries[at_risk], each.levels)
            for x, each in zip(lost, pair, strict=True)
        ]
        gaps[shortfall] = (scores[0] - scores[1]).reshape(-1, both.size)
    return gaps


def _scores(
    losses: np.ndarray, at_risk: np.ndarray, levels: tuple[float, ...]
) -> Float64[np.ndarray, "scope level path"]:
    least = at_risk[..., None]
    tail = (1 - np.array(levels))[:, None]
    return least + np.maximum(losses[:, None] - least, 0) / tail


def _quantile_gaps(
    one: Measured, base: Measured, valid: Bool[np.ndarray, " path"]
) -> Entries:
    entries = {}
    for loss, (at_risk, shortfall) in TAILS.items():
        if not _alike(one, base, shortfall):
            continue
        pair = (one, base)
        value, other = (each.entries[at_risk] for each in pair)
        error, base_error = (each.entries[f"{at_risk}_se"] for each in pair)
        beyond = [
            (each.rows[loss][:, None] > each.entries[at_risk][..., None])[..., valid]
            for each in pair
        ]
        together = _correlation(*beyond)
        same = (one.rows[loss] == base.rows[loss])[:, valid].all(axis=1)[:, None]
        with np.errstate(invalid="ignore"):
            square = error**2 + base_error**2 - 2 * together * error * base_error
        known = np.isfinite(error) & np.isfinite(base_error)
        spread = np.where(known, np.sqrt(np.maximum(square, 0)), np.inf)
        entries[f"{at_risk}_difference"] = value - other
        entries[f"{at_risk}_difference_se"] = np.where(same, 0.0, spread)
    return entries


def _correlation(
    one: Bool[np.ndarray, "... path"], other: Bool[np.ndarray, "... path"]
) -> Float64[np.ndarray, "..."]:
    """Of two events over paths; zero where one of them always or never happens."""
    first, second, both = (event.mean(axis=-1) for event in (one, other, one & other))
    spread = np.sqrt(first * (1 - first) * second * (1 - second))
    moving = spread > 0
    return np.where(moving, (both - first * second) / np.where(moving, spread, 1), 0.0)

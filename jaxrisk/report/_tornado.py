"""One-at-a-time effects: what a measure does as one field goes from end to end."""

from dataclasses import dataclass

import numpy as np

from ._estimate import NORMAL_95, Estimate
from ._sweep_facts import SweepFacts, Swept


@dataclass(frozen=True)
class Effect:
    """Of one field on one measure.

    Attributes:
        field: What moves.
        low: Its least value in words.
        high: Its greatest value in words.
        from_base: Differences of the measure from the base config at either end, or
            half of the change from end to end, up and down, where it is fitted.
        span: The change from the least value to the greatest.
    """

    field: Swept
    low: str
    high: str
    from_base: tuple[Estimate, Estimate]
    span: float


def effects(facts: SweepFacts, name: str) -> tuple[Effect, ...]:
    """The effects of all fields on a measure, the largest first.

    On a grid all other fields stay where they are nearest to the base config. Elsewhere
    the measure is fitted by a plane, and the effect is its slope times the range.

    Args:
        facts: The sweep.
        name: Of a variable.
    """
    found = _on_grid(facts, name) if facts.is_grid else _fitted(facts, name)
    return tuple(sorted(found, key=lambda each: -abs(each.span)))


def _on_grid(facts: SweepFacts, name: str) -> list[Effect]:
    base, found = facts.places_of_base(), []
    values = facts.values(name)
    compared = f"{name}_difference"
    has_pairs = compared in facts.dataset
    gaps = facts.values(compared) if has_pairs else values - values[facts.setting(base)]
    errors = facts.errors(compared) if has_pairs else np.zeros(facts.settings)
    for field in facts.fields:
        if field.name not in facts.dims:
            continue
        size = facts.shape[facts.dims.index(field.name)]
        row = [facts.setting({**base, field.name: place}) for place in range(size)]
        row = [setting for setting in row if facts.done[setting]]
        if len(row) < 2:
            continue
        ends = (
            min(row, key=lambda k: field.values[k]),
            max(row, key=lambda k: field.values[k]),
        )
        pair = tuple(_estimate(float(gaps[k]), float(errors[k])) for k in ends)
        found.append(
            Effect(
                field=field,
                low=field.text(ends[0]),
                high=field.text(ends[1]),
                from_base=(pair[0], pair[1]),
                span=float(gaps[ends[1]] - gaps[ends[0]]),
            )
        )
    return found


def _fitted(facts: SweepFacts, name: str) -> list[Effect]:
    fields, done = facts.numbers, facts.done
    values = facts.values(name)[done]
    if not fields or values.size < 2 * len(fields) + 2:
        return []
    columns = [field.values[done] for field in fields]
    scaled = [
        (column - column.min()) / np.ptp(column) for column in columns if np.ptp(column)
    ]
    if len(scaled) < len(columns):
        return []
    design = np.column_stack([np.ones(values.size), *scaled])
    slopes, _, rank, _ = np.linalg.lstsq(design, values, rcond=None)
    if rank < design.shape[1]:
        return []
    left = values - design @ slopes
    variance = float(left @ left) / (values.size - rank)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))
    found = []
    for number, (field, column) in enumerate(zip(fields, columns, strict=True), 1):
        half, error = float(slopes[number]) / 2, float(errors[number]) / 2
        found.append(
            Effect(
                field=field,
                low=field.said(float(column.min())),
                high=field.said(float(column.max())),
                from_base=(_estimate(-half, error), _estimate(half, error)),
                span=2 * half,
            )
        )
    return found


def _estimate(value: float, error: float) -> Estimate:
    reach = NORMAL_95 * error
    return Estimate(value, value - reach, value + reach)

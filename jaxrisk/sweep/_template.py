"""What a store holds before anything is computed: its labels, and room for numbers."""

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._status import Status
from ..output import Variable
from ..risk import QUANTILES, Axes
from ..risk._histogram import LOSS_EDGES
from ._plan import SCENARIO, Plan, SweptField
from ._schema import COORDINATES, LABELED, SCHEMA, entries_of, rows_of


@dataclass(frozen=True)
class Coordinate:
    """Labels along one axis, or several."""

    dims: tuple[str, ...]
    values: np.ndarray
    unit: str
    sentence: str


def coordinates(plan: Plan, axes: Axes) -> dict[str, Coordinate]:
    """The axes of results, and the swept fields."""
    known = {
        "level": np.asarray(plan.base.run.levels),
        "quantile": QUANTILES,
        "status": np.asarray([code.name.lower() for code in Status]),
        "bin": np.arange(LOSS_EDGES.size - 1),
        "bin_low": LOSS_EDGES[:-1],
        "bin_high": LOSS_EDGES[1:],
        **{
            dim: np.asarray(labels) for dim in LABELED if (labels := rows_of(axes, dim))
        },
    }
    found = {
        name: Coordinate(
            COORDINATES[name].dims,
            values,
            COORDINATES[name].unit,
            COORDINATES[name].sentence,
        )
        for name, values in known.items()
    }
    if SCENARIO in plan.dims:
        number = np.arange(plan.settings)
        sentence = "number of a setting"
        found[SCENARIO] = Coordinate((SCENARIO,), number, "1", sentence)
    return found | {field.name: _swept(plan, field) for field in plan.fields}


def _swept(plan: Plan, field: SweptField) -> Coordinate:
    sentence, unit = plan.variants.described(field.path)
    sentence = f"{field.path}: {sentence}"
    if field.name in plan.axes:
        values = _column(plan.axes[field.name])
        return Coordinate((field.name,), values, unit, sentence)
    values = _column(plan.columns[field.path]).reshape(*plan.dims.values())
    dims = []
    for axis, dim in reversed(list(enumerate(plan.dims))):
        # What follows from one swept field has its axis alone.
        first = values.take([0], axis)
        if dim != SCENARIO and (first == values).all():
            values = first.squeeze(axis)
        else:
            dims.insert(0, dim)
    return Coordinate(tuple(dims), values, unit, sentence)


def _column(values: tuple[Any, ...]) -> np.ndarray:
    """Numbers as numbers; all else as text, sections as JSON."""
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return np.array(values, np.float64)
    texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
    return np.array(texts, dtype=str)


def variables(plan: Plan, axes: Axes) -> dict[str, tuple[Variable, tuple[int, ...]]]:
    """Every variable, with the shape of what it holds of one setting."""
    sizes = {name: label.values.size for name, label in coordinates(plan, axes).items()}
    return {
        name: (SCHEMA[name], tuple(sizes[dim] for dim in SCHEMA[name].dims))
        for name in entries_of(axes)
    }


def setting_bytes(plan: Plan, axes: Axes) -> int:
    """Room that one setting takes on disk, at most [byte]."""
    return sum(8 * math.prod(shape) for _, shape in variables(plan, axes).values())

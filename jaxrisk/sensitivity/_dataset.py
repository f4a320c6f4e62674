"""Sensitivities as a labeled dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from ..config import Parameter
from ._derivative import Derivative
from ._measures import Measure


@dataclass(frozen=True)
class Row:
    """What was found for one parameter."""

    parameter: Parameter
    reach: tuple[float, float]
    derivative: Derivative
    obstacle: str = ""
    """Why its paths have no slope, where one was wanted."""


def _audit(
    rows: Sequence[Row], dims: tuple[str, str]
) -> dict[str, tuple[tuple[str, str], np.ndarray, str]]:
    """What the paths' own slopes say, and how far from the bumps it is."""
    said = {
        "slope": "mean slope of the paths themselves; NaN where it was not asked for",
        "audit": "bumps less slopes on the same paths",
    }
    found = {}
    for name, sentence in said.items():
        pairs = [getattr(row.derivative, name) for row in rows]
        value, error = (np.stack(each, axis=1) for each in zip(*pairs, strict=True))
        found[name] = (dims, value, sentence)
        found[f"{name}_se"] = (dims, error, f"standard error of: {name}")
    return found


def _crossed(
    cross: tuple[list[str], np.ndarray], quoted: Mapping[str, float]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Entries and coordinates of cross second derivatives."""
    names, values = cross
    scale = np.array([quoted[name] for name in names])
    values = values * np.outer(scale, scale)
    where = ("measure", "first", "second")
    sentence = "change of an effect for the quoted step of another parameter"
    entries = {
        "cross_effect": (where, values[0], sentence),
        "cross_effect_se": (where, values[1], "standard error of: cross_effect"),
    }
    return entries, {"first": ("first", names), "second": ("second", names)}


def to_dataset(
    chosen: Sequence[Measure],
    now: np.ndarray,
    rows: Sequence[Row],
    cross: tuple[list[str], np.ndarray] | None,
    gain: Mapping[str, float],
    attributes: Mapping[str, str | int | float],
) -> xr.Dataset:
    """Label everything.

    Args:
        chosen: The measures.
        now: (value, standard error) of every measure as things are.
        rows: One for every parameter.
        cross: Names and cross second derivatives of the largest, if asked for.
        gain: Cascade gain by asset.
        attributes: Where the numbers come from.
    """
    dims = ("measure", "parameter")
    quoted = np.array([row.parameter.quoted for row in rows])

    def table(field: str) -> np.ndarray:
        return np.stack([getattr(row.derivative, field) for row in rows], axis=1)

    slope, error = table("value"), table("standard_error")
    entries = {
        "value": (("measure",), now[0], "the measure as things are"),
        "value_se": (("measure",), now[1], "standard error of: value"),
        "effect": (dims, slope * quoted, "change for the quoted step"),
        "effect_se": (dims, error * quoted, "standard error of: effect"),
        "derivative": (dims, slope, "change for a shift of one"),
        "derivative_se": (dims, error, "standard error of: derivative"),
        "widths_apart": (
            dims,
            table("apart"),
            "audit: difference between two widths of the bump, in standard errors",
        ),
        "method": (dims, table("method").astype("U12"), "how it was found"),
        **_audit(rows, dims),
        "changed_paths": (dims, table("changed"), "paths on which the bump changes it"),
        "counted_paths": (
            ("parameter",),
            np.array([row.derivative.paths for row in rows]),
            "paths bumped; none where no number of the system changes",
        ),
        "cascade_gain": (
            ("asset",),
            np.array(list(gain.values())),
            "largest fall by forced sales for a fall of its price by one",
        ),
        "width": (
            ("parameter",),
            np.array([max(row.reach) for row in rows]),
            "shift of the bump",
        ),
    }
    coordinates = {
        "measure": ("measure", [each.name for each in chosen]),
        "parameter": ("parameter", [row.parameter.name for row in rows]),
        "asset": ("asset", list(gain)),
        "unit": ("measure", [each.unit for each in chosen]),
        "meaning": ("measure", [each.sentence for each in chosen]),
        "quoted_step": ("parameter", [row.parameter.quoted_name for row in rows]),
        "no_slope": ("parameter", [row.obstacle for row in rows]),
        "now": ("parameter", [float(row.parameter.values[0]) for row in rows]),
    }
    if cross is not None:
        lookup = {row.parameter.name: row.parameter.quoted for row in rows}
        more, labels = _crossed(cross, lookup)
        entries, coordinates = entries | more, coordinates | labels
    variables = {
        name: xr.Variable(axes, values, attrs={"long_name": sentence})
        for name, (axes, values, sentence) in entries.items()
    }
    return xr.Dataset(variables, coords=coordinates, attrs=dict(attributes))

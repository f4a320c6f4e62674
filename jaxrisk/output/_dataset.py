"""From plain arrays to a labeled dataset, through the schema."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from ._schema import COORDINATES, SCHEMA
from ._variable import Variable


Attribute = str | int | float


def to_dataset(
    variables: Mapping[str, np.ndarray],
    *,
    coordinates: Mapping[str, np.ndarray],
    attributes: Mapping[str, Attribute],
) -> xr.Dataset:
    """Label arrays with the dimensions, units and sentences of the schema.

    Args:
        variables: Arrays by name.
        coordinates: Labels of the dimensions that occur.
        attributes: What describes the run: config, seed, paths, versions.

    Returns:
        The dataset, with `units` and `long_name` on every variable and coordinate.

    Raises:
        KeyError: A variable or a coordinate is not in the schema.
        ValueError: An array has another shape than its labels.
    """
    _refuse_unknown(variables, SCHEMA)
    _refuse_unknown(coordinates, COORDINATES)
    labeled = {name: label(SCHEMA[name], array) for name, array in variables.items()}
    axes = {name: label(COORDINATES[name], axis) for name, axis in coordinates.items()}
    return xr.Dataset(labeled, coords=axes, attrs=dict(attributes))


def _refuse_unknown(given: Mapping[str, object], known: Mapping[str, Variable]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise KeyError(f"Not in the output schema: {unknown}.")


def label(variable: Variable, array: np.ndarray) -> xr.Variable:
    """An array with the dimensions, unit and sentence of its entry."""
    attributes = {"units": variable.unit, "long_name": variable.sentence}
    return xr.Variable(variable.dims, _storable(np.asarray(array)), attrs=attributes)


def _storable(array: np.ndarray) -> np.ndarray:
    """Text of any length: fixed-width text has no Zarr version 3 specification."""
    return array.astype(np.dtypes.StringDType()) if array.dtype.kind in "UO" else array

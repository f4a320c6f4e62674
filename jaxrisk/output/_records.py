"""Estimates as a flat list: value, error, interval and unit of every number."""

import math
from collections.abc import Iterator
from typing import TypedDict

import numpy as np
import xarray as xr


Z95 = 1.959963984540054
"""Half-width of a 95 % interval in standard errors of a normal."""


class Record(TypedDict):
    """One estimate; a bound that the sample cannot give is None."""

    name: str
    at: dict[str, str | int | float]
    unit: str
    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None


def records(dataset: xr.Dataset) -> list[Record]:
    """Every number of a dataset that has a standard error, with its 95 % interval."""
    named = [str(name) for name in dataset.data_vars if f"{name}_se" in dataset]
    return [record for name in named for record in _of(dataset, name)]


def _of(dataset: xr.Dataset, name: str) -> Iterator[Record]:
    values, errors = dataset[name], dataset[f"{name}_se"]
    low = dataset.get(f"{name}_low", values - Z95 * errors)
    high = dataset.get(f"{name}_high", values + Z95 * errors)
    for place in np.ndindex(values.shape):
        yield Record(
            name=name,
            at={
                str(dim): _label(values[dim], index)
                for dim, index in zip(values.dims, place, strict=True)
            },
            unit=values.attrs["units"],
            value=_finite(values, place),
            standard_error=_finite(errors, place),
            low=_finite(low, place),
            high=_finite(high, place),
        )


def _label(axis: xr.DataArray, index: int) -> str | int | float:
    """Label of an axis: text, or a number that JSON knows."""
    return axis.values.tolist()[index]


def _finite(array: xr.DataArray, place: tuple[int, ...]) -> float | None:
    """The number at a place; JSON has no infinity."""
    number = float(array.values[place])
    return number if math.isfinite(number) else None

"""What a report asks of a sweep: settings side by side, whatever the dimensions."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Bool, Float

from ._estimate import NORMAL_95, Estimate
from ._format import money


LEVEL = 0.99
SCENARIO = "scenario"
PENDING, DONE, FAILED = 0, 1, 2

PerSetting = Float[np.ndarray, " setting"]


@dataclass(frozen=True)
class Measure:
    """One of the numbers that a sweep is read by.

    Attributes:
        name: Of its variable.
        title: For a reader.
        is_money: Whether it is in USD, else a ratio.
        more_is_better: Whether a setting is the better for more of it.
    """

    name: str
    title: str
    is_money: bool = False
    more_is_better: bool = False


@dataclass(frozen=True)
class Swept:
    """A swept field.

    Attributes:
        name: Of its coordinate.
        path: In the config, dotted.
        unit: Of its values.
        derived: Whether it follows from others.
        values: One a setting; numbers, or the places of texts among `labels`.
        labels: Texts of a field that is no number; empty otherwise.
        base: Value in the base config; NaN if it is no number.
    """

    name: str
    path: str
    unit: str
    derived: bool
    values: PerSetting
    labels: tuple[str, ...]
    base: float

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return not self.labels

    def text(self, setting: int) -> str:
        """The value of a setting in words."""
        return self.said(float(self.values[setting]))

    def said(self, value: float) -> str:
        """A value in words."""
        if self.labels:
            return self.labels[int(value)]
        return money(value) if self.unit == "USD" else f"{value:.5g}"


class SweepFacts:
    """A store of a sweep, opened."""

    def __init__(self, dataset: xr.Dataset) -> None:
        """Hold the dataset of a store."""
        self.dataset = dataset
        self.attributes = dataset.attrs
        self.plan: dict[str, Any] = json.loads(dataset.attrs["plan"])
        self.dims = tuple(str(dim) for dim in dataset["state"].dims)
        self.shape = dataset["state"].shape

    @property
    def settings(self) -> int:
        """How many there are."""
        return int(np.prod(self.shape))

    @property
    def is_grid(self) -> bool:
        """Whether every combination of the swept values is there."""
        return SCENARIO not in self.dims

    @cached_property
    def state(self) -> np.ndarray:
        """Of every setting."""
        return self.dataset["state"].to_numpy().ravel()

    @cached_property
    def done(self) -> Bool[np.ndarray, " setting"]:
        """Which settings have numbers."""
        return self.state == DONE

    @cached_property
    def level(self) -> float:
        """The level of tails that is reported: 0.99, or the nearest to it."""
        levels = self.dataset["level"].to_numpy().tolist()
        return min(levels, key=lambda level: abs(level - LEVEL))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What settings are judged by."""
        tail = f"ES{100 * self.level:g} of bad debt"
        return (
            Measure("bad_debt_es", tail, is_money=True),
            Measure("bad_debt_probability", "P(bad debt > 0)"),
            Measure("capital_efficiency", "Capital efficiency", more_is_better=True),
        )

    @cached_property
    def fields(self) -> tuple[Swept, ...]:
        """The swept fields in the order of the design, derived ones last."""
        return tuple(self._field(**field) for field in self.plan["fields"])

    @cached_property
    def numbers(self) -> tuple[Swept, ...]:
        """Fields that are swept over more than one number."""
        return tuple(
            field
            for field in self.fields
            if field.is_number and not field.derived and np.ptp(field.values) > 0
        )

    def values(self, name: str) -> PerSetting:
        """A variable of every setting, in total and at the level of the report."""
        variable = self.dataset[name]
        at = {"scope": "total", "level": self.level}
        variable = variable.sel({dim: at[dim] for dim in at if dim in variable.dims})
        return variable.transpose(*self.dims).to_numpy().ravel()

    def errors(self, name: str) -> PerSetting:
        """Standard errors of a variable; zero where it is exact."""
        entry = f"{name}_se"
        return self.values(entry) if entry in self.dataset else np.zeros(self.settings)

    def estimates(self, name: str, chosen: list[int]) -> list[Estimate]:
        """A variable of some settings, with intervals."""
        values, reach = self.values(name), NORMAL_95 * self.errors(name)
        return [Estimate(values[k], values[k] - reach[k], values[k] + reach[k])
                for k in chosen]  # fmt: skip

    def setting(self, places: dict[str, int]) -> int:
        """Number of the setting at some places of a grid."""
        return int(np.ravel_multi_index([places[dim] for dim in self.dims], self.shape))

    def places_of_base(self) -> dict[str, int]:
        """Where a grid is nearest to the base config, axis by axis."""
        found = {}
        for dim in self.dims:
            field = next(field for field in self.fields if field.name == dim)
            axis = self._axis(field)
            gap = np.abs(axis - field.base) if field.is_number else 0 * axis
            known = np.isfinite(gap)
            found[dim] = int(np.argmin(np.where(known, gap, np.inf)))
        return found

    def _axis(self, field: Swept) -> np.ndarray:
        """Values of a field along its own axis."""
        grid = field.values.reshape(self.shape)
        axis = self.dims.index(field.name)
        return np.moveaxis(grid, axis, 0).reshape(self.shape[axis], -1)[:, 0]

    def _field(self, *, path: str, name: str, derived: bool) -> Swept:
        coordinate = self.dataset[name]
        shaped = coordinate.broadcast_like(self.dataset["state"])
        raw = shaped.transpose(*self.dims).to_numpy().ravel()
        labels: tuple[str, ...] = ()
        if raw.dtype.kind in "OUT":
            labels = tuple(dict.fromkeys(str(each) for each in raw))
            raw = np.array([labels.index(str(each)) for each in raw])
        return Swept(
            name=name,
            path=path,
            unit=str(coordinate.attrs.get("units", "1")),
            derived=derived,
            values=raw.astype(np.float64),
            labels=labels,
            base=_number_at(json.loads(self.attributes["config"]), path.split(".")),
        )


def _number_at(tree: Any, words: list[str]) -> float:  # noqa: ANN401
    """The number at a dotted path of a config; names may have dots of their own."""
    if not words:
        is_number = isinstance(tree, int | float) and not isinstance(tree, bool)
        return float(tree) if is_number else np.nan
    if isinstance(tree, list) and words[0].isdigit() and int(words[0]) < len(tree):
        return _number_at(tree[int(words[0])], words[1:])
    if isinstance(tree, dict):
        for length in range(len(words), 0, -1):
            key = ".".join(words[:length])
            if key in tree:
                return _number_at(tree[key], words[length:])
    return np.nan

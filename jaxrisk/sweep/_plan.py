"""A sweep with every setting written out: all that a worker needs to know."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ..config import Config, Variants, parse
from ._tiles import Tiles


SCENARIO = "scenario"
"""The axis of settings that are no full grid."""


@dataclass(frozen=True)
class SweptField:
    """A field that differs between settings.

    Attributes:
        path: Dotted, as `--set` takes it.
        name: Of its coordinate.
        derived: Whether it follows from others.
    """

    path: str
    name: str
    derived: bool = False


@dataclass(frozen=True)
class Plan:
    """What is to be computed.

    Attributes:
        name: Of the sweep.
        description: What is asked.
        base: The config that settings differ from, and are compared with.
        paths: Monte Carlo paths of every setting.
        seed: Of the paths.
        draws: Whether settings share it.
        cohorts: Whose book is compressed: once the base's, or each setting's own.
        fields: What differs.
        columns: Values by path, one a setting.
        axes: Values of every axis by name, for a full grid; empty otherwise.
        per_task: Settings of a task, at most.
    """

    name: str
    description: str
    base: Config
    paths: int
    seed: int
    draws: Literal["common", "own"]
    cohorts: Literal["base", "own"]
    fields: tuple[SweptField, ...]
    columns: Mapping[str, tuple[Any, ...]]
    axes: Mapping[str, tuple[Any, ...]]
    per_task: int

    @property
    def settings(self) -> int:
        """How many there are."""
        return len(next(iter(self.columns.values())))

    @property
    def dims(self) -> dict[str, int]:
        """Sizes of the axes of settings, by name."""
        if not self.axes:
            return {SCENARIO: self.settings}
        return {name: len(values) for name, values in self.axes.items()}

    @cached_property
    def tiles(self) -> Tiles:
        """The tasks."""
        return Tiles.of(tuple(self.dims.values()), self.per_task)

    @cached_property
    def variants(self) -> Variants:
        """The base, and what differs from it."""
        return Variants(self.base)

    def changes(self, setting: int) -> dict[str, Any]:
        """What a setting changes in the base, by dotted path."""
        return {path: values[setting] for path, values in self.columns.items()}

    def config(self, setting: int) -> Config:
        """The config of a setting.

        Raises:
            ConfigError: If it cannot be.
        """
        return self.variants(self.changes(setting))

    def seed_of(self, setting: int) -> int:
        """The seed of a setting: that of the sweep, unless each has its own."""
        return (
            self.seed if self.draws == "common" else (self.seed + setting + 1) % 2**64
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data, from which `Plan.of_json` makes it again."""
        plain = {
            field.name: getattr(self, field.name) for field in dataclasses.fields(self)
        }
        return plain | {
            "base": json.loads(self.base.model_dump_json()),
            "folder": str(self.base.folder.resolve()),
            "fields": [dataclasses.asdict(field) for field in self.fields],
            "columns": {path: list(values) for path, values in self.columns.items()},
            "axes": {name: list(values) for name, values in self.axes.items()},
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Plan":
        """From what `to_json` made."""
        given = dict(data)
        folder = given.pop("folder")
        return cls(
            **given
            | {
                "base": parse(given["base"], folder=folder),
                "fields": tuple(SweptField(**field) for field in given["fields"]),
                "columns": {
                    path: tuple(values) for path, values in given["columns"].items()
                },
                "axes": {name: tuple(values) for name, values in given["axes"].items()},
            }
        )

"""A design: which settings of a config are swept, as a file says it."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    ConfigDict,
    Discriminator,
    Field,
    Strict,
    Tag,
    ValidationError,
    model_validator,
)

from ..config import ConfigError, Fault
from ..config._faults import shown
from ..config._section import Section, refused
from ..config._translate import faults_of
from ..config._units import Count, Seed, WholeNumber
from ..config._yaml import Tree, read_tree


MOST = 100_000
"""Settings of a sweep, at most."""

Value: TypeAlias = Any
"""Whatever a field of a config may hold: a number, a text, a whole section."""


class RangeConfig(Section):
    """Numbers from one to another."""

    model_config = ConfigDict(populate_by_name=False)

    start: Annotated[float, Field(alias="from")]
    """The first."""
    stop: Annotated[float, Field(alias="to")]
    """The last."""
    scale: Literal["linear", "log"] = "linear"
    """Whether differences or ratios of neighbors are equal."""

    @model_validator(mode="after")
    def _can_be_log(self) -> "RangeConfig":
        if self.scale == "log" and min(self.start, self.stop) <= 0:
            reason = "a log scale needs numbers above zero; use scale: linear"
            raise refused("scale", reason)
        return self


class SpacedConfig(RangeConfig):
    """So many numbers from one to another, both included."""

    count: Count
    """How many."""


def _shape(value: object) -> str:
    return "[range]" if isinstance(value, dict | RangeConfig) else "[values]"


Listed: TypeAlias = Annotated[tuple[Value, ...], Strict(False), Field(min_length=1)]
Values: TypeAlias = Annotated[
    Annotated[SpacedConfig, Tag("[range]")] | Annotated[Listed, Tag("[values]")],
    Discriminator(_shape),
]


class GridConfig(Section):
    """Every combination of the values of the fields."""

    kind: Literal["grid"] = "grid"
    fields: Annotated[dict[str, Values], Field(min_length=1)]
    """Values by dotted path; the last field changes fastest."""


class ZipConfig(Section):
    """The first values of all fields, then the second ones, and so on."""

    kind: Literal["zip"] = "zip"
    fields: Annotated[dict[str, Values], Field(min_length=1)]
    """Values by dotted path, as many for each."""


class ListConfig(Section):
    """Settings one by one."""

    kind: Literal["list"] = "list"
    settings: Annotated[
        tuple[dict[str, Value], ...], Strict(False), Field(min_length=1)
    ]
    """A value by dotted path for each setting; the same fields in all of them."""


class _Filled(Section):
    fields: Annotated[dict[str, RangeConfig], Field(min_length=1)]
    """Ranges by dotted path."""
    count: Count
    """Settings."""
    seed: WholeNumber = 0
    """Of the points; not that of the paths."""


class LatinHypercubeConfig(_Filled):
    """Points of which every field has one in each of `count` equal parts."""

    kind: Literal["latin_hypercube"] = "latin_hypercube"


class SobolConfig(_Filled):
    """Points of a scrambled Sobol sequence; best in numbers that are powers of two."""

    kind: Literal["sobol"] = "sobol"


Vary: TypeAlias = Annotated[
    GridConfig | ZipConfig | ListConfig | LatinHypercubeConfig | SobolConfig,
    Field(discriminator="kind"),
]


class DesignConfig(Section):
    """What a file of a sweep holds."""

    name: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")] = None
    """Name of the sweep and of its store; that of the file if not given."""
    description: str = ""
    """What is asked, in a sentence; the report prints it."""
    base: str
    """The config that all settings start from, relative to this file."""
    paths: Count | None = None
    """Monte Carlo paths of every setting; those of the config if not given."""
    seed: Seed | None = None
    """Seed of the paths; that of the config if not given."""
    draws: Literal["common", "own"] = "common"
    """Whether settings share their random numbers, so that differences between them
    have small errors, or each has its own."""
    cohorts: Literal["base", "own"] = "base"
    """Whether a compressed book is that of the base config, or every setting
    compresses it anew."""
    per_task: Count | None = None
    """Settings that are computed and stored together; chosen if not given."""
    vary: Vary
    """The fields that are swept, and how they are combined."""
    derived: dict[str, str] = Field(default_factory=dict)
    """Fields that follow from swept ones: an expression by dotted path."""
    where: Annotated[tuple[str, ...], Strict(False)] = ()
    """Conditions; settings that do not meet all of them are left out."""


def read_design(path: Path) -> tuple[DesignConfig, Tree]:
    """Read the file of a sweep.

    Returns:
        The design, and its tree, which knows the place of every value.

    Raises:
        ConfigError: With every fault, each with file, line, field, value and remedy.
    """
    tree = read_tree(path)
    if not isinstance(tree.value, dict):
        reason = "a sweep is a mapping; write `name: value` lines"
        raise ConfigError([Fault(tree.mark, "", reason, shown(tree.plain()))])
    try:
        return DesignConfig.model_validate(_named(tree)), tree
    except ValidationError as error:
        faults = faults_of(error, tree, DesignConfig)
        raise ConfigError(sorted(faults, key=lambda fault: fault.mark)) from None


def _named(tree: Tree) -> Any:  # noqa: ANN401
    """Plain data, with one constraint or setting also as a list of one."""
    plain = tree.plain()
    if isinstance(plain, dict) and isinstance(plain.get("where"), str):
        return {**plain, "where": [plain["where"]]}
    return plain

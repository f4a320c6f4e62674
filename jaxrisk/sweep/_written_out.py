"""From the file of a sweep to its plan: every setting is written out, and checked."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..config import Config, ConfigError, Fault, Mark, Variants, load
from ..config._faults import shown
from ..config._yaml import Tree
from ._design import DesignConfig, read_design
from ._expression import ExpressionError, computed, names_of
from ._names import short_names
from ._plan import SCENARIO, Plan, SweptField
from ._schema import COORDINATES, SCHEMA
from ._vary import DesignError, table_of


_OWN = ("run.", "name", "description", "calibration")
"""Fields that a sweep cannot vary: they are of the sweep, or change nothing."""


def plan_of(path: str | Path) -> Plan:
    """Read the file of a sweep, and write every setting out.

    Raises:
        ConfigError: With file, line, field, value and remedy of what is wrong in it, or
            in the config it starts from.
    """
    file = Path(path)
    design, tree = read_design(file)
    base_file = file.parent / design.base
    if not base_file.is_file():
        reason = f"there is no such file in {file.parent}; correct the path"
        raise ConfigError([_fault(tree, ("base",), reason)])
    base = load(base_file)
    try:
        return _plan(design, base, file.stem, tree)
    except DesignError as error:
        raise ConfigError([_fault(tree, error.keys, error.reason)]) from None


def _fault(tree: Tree, keys: tuple[str, ...], reason: str) -> Fault:
    place = tree
    for key in keys:
        is_item = key.isdigit() and int(key) < len(place.sequence)
        place = place.sequence[int(key)] if is_item else place.at(key)
    got = "" if place.value is None else shown(place.plain())
    return Fault(place.mark, ".".join(keys), reason, got)


def _plan(design: DesignConfig, base: Config, stem: str, tree: Tree) -> Plan:
    table = table_of(design.vary)
    variants = Variants(base)
    for path in table.columns:
        _check_path(variants, path, _where_of(design, path), tree)
    for path in design.derived:
        _check_path(variants, path, ("derived", path), tree)
        if path in table.columns:
            raise DesignError(("derived", path), "it is swept too; remove one")
    fields = _fields(list(table.columns), list(design.derived))
    columns = dict(table.columns)
    known = _numbers(columns, fields)
    for path, text in design.derived.items():
        keys = ("derived", path)
        values = _evaluated(text, known, variants, keys)
        if not np.isfinite(values).all():
            raise DesignError(keys, "it is not finite in every setting; correct it")
        full = np.broadcast_to(values, table.settings)
        columns[path] = tuple(full.tolist())
        known |= dict.fromkeys((path, _name_of(fields, path)), full)
    kept = np.ones(table.settings, bool)
    for number, text in enumerate(design.where):
        keys = ("where", str(number))
        met = _evaluated(text, known, variants, keys)
        kept &= np.broadcast_to(met.astype(bool), table.settings)
        if not kept.any():
            raise DesignError(keys, "no setting meets this and what is before it")
    full = bool(kept.all()) and bool(table.axes)
    run = base.run
    paths = design.paths or run.paths
    return Plan(
        name=design.name or stem,
        description=design.description,
        base=base,
        paths=paths,
        seed=run.seed if design.seed is None else design.seed,
        draws=design.draws,
        cohorts=design.cohorts,
        fields=fields,
        columns={
            path: tuple(v for v, keep in zip(values, kept, strict=True) if keep)
            for path, values in columns.items()
        },
        axes=(
            {_name_of(fields, path): values for path, values in table.axes.items()}
            if full
            else {}
        ),
        per_task=design.per_task or _per_task(base, paths, int(kept.sum())),
    )


def _per_task(base: Config, paths: int, settings: int) -> int:
    """Some ten seconds of work on a core, and tasks enough to share."""
    rows = base.book.cohorts or len(base.book.accounts or ()) or 2000
    work = paths * base.steps * (rows + 10 * len(base.assets))
    return int(np.clip(3e9 // work, 1, min(256, math.ceil(settings / 16))))


def _where_of(design: DesignConfig, path: str) -> tuple[str, ...]:
    """Keys that lead to a swept field in the file."""
    inner = ("settings", "0") if design.vary.kind == "list" else ("fields",)
    return ("vary", *inner, path)


def _check_path(
    variants: Variants, path: str, keys: tuple[str, ...], tree: Tree
) -> None:
    if path.startswith(_OWN):
        reason = "this is the same for all settings; give paths and seed of the sweep"
        raise DesignError(keys, reason)
    fault = _fault(tree, keys, "")
    variants.refuse_unknown(path, Mark(fault.mark.file, fault.mark.line, 1))


def _fields(varied: list[str], derived: list[str]) -> tuple[SweptField, ...]:
    names = short_names([*varied, *derived], taken=_taken())
    return tuple(
        SweptField(path, name, derived=path in derived) for path, name in names.items()
    )


def _taken() -> set[str]:
    """Names that a store uses for something else."""
    return {*SCHEMA, *COORDINATES, SCENARIO}


def _name_of(fields: tuple[SweptField, ...], path: str) -> str:
    return next(field.name for field in fields if field.path == path)


def _numbers(
    columns: Mapping[str, tuple[Any, ...]],
    fields: tuple[SweptField, ...],
) -> dict[str, np.ndarray]:
    """What expressions may use: swept numbers, by path and by name."""
    known = {}
    for path, values in columns.items():
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
            column = np.array(values, np.float64)
            known |= {path: column, _name_of(fields, path): column}
    return known


def _evaluated(
    text: str,
    known: Mapping[str, np.ndarray],
    variants: Variants,
    keys: tuple[str, ...],
) -> np.ndarray:
    """An expression of swept numbers, and of those of the base by their paths."""
    try:
        names = names_of(text)
        fixed = {
            name: np.asarray(number)
            for name in names
            if name not in known
            and (number := _of_the_base(name, known, variants)) is not None
        }
        missing = [name for name in names if name not in known and name not in fixed]
        if missing:
            listed = ", ".join(sorted(name for name in known if "." not in name))
            raise ExpressionError(
                f"there is no number {missing[0]}; known are {listed}, and the numbers"
                " of the config by their dotted paths"
            )
        return computed(text, {**known, **fixed})
    except ExpressionError as error:
        raise DesignError(keys, str(error)) from None


def _of_the_base(
    name: str, known: Mapping[str, np.ndarray], variants: Variants
) -> float | None:
    """A number that is not swept: by its path, or beside a swept field."""
    if "." in name:
        return variants.number(name)
    parents = {path.rpartition(".")[0] for path in known if "." in path}
    found = [variants.number(f"{parent}.{name}") for parent in sorted(parents)]
    numbers = [number for number in found if number is not None]
    return numbers[0] if len(numbers) == 1 else None

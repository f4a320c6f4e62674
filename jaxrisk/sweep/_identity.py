"""What makes two sweeps the same, so that one can go on with the other's store."""

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..config import Config, ConfigError
from ..config._faults import shown
from ..output import OutputError
from ..risk import Axes
from ..run._model import axes_of
from ._plan import Plan
from ._schema import joined
from ._store import attributes


FORMAT = 1
"""Version of the layout of stores; one of another version is refused."""

_PACKAGES = ("jaxrisk", "jax", "jaxlib", "numpy", "scipy")
_NOT_NUMBERS = ("name", "description", "folder", "per_task")
_SHOWN = 4


@dataclass(frozen=True)
class Examined:
    """What the configs of all settings say, before anything is simulated.

    Attributes:
        axes: Rows that any of them has.
        inputs: SHA-256 of the books they name, by file.
        refused: Settings that no config can have.
        reason: Why the first of them cannot.
    """

    axes: Axes
    inputs: dict[str, str]
    refused: int
    reason: str


def examined(plan: Plan) -> Examined:
    """Check every setting.

    Raises:
        ConfigError: If none of them can be.
    """
    found: dict[str, Axes] = {}
    files: dict[str, Config] = {}
    faults: list[ConfigError] = []
    for config in (plan.base, *_configs(plan, faults)):
        axes = axes_of(config)
        found.setdefault(repr(axes), axes)
        if config.book.file is not None:
            files.setdefault(config.book.file, config)
    if len(faults) == plan.settings:
        raise faults[0]
    inputs = {
        name: hashlib.sha256((config.folder / name).read_bytes()).hexdigest()
        for name, config in files.items()
    }
    reason = str(faults[0]) if faults else ""
    return Examined(joined(list(found.values())), inputs, len(faults), reason)


def _configs(plan: Plan, faults: list[ConfigError]) -> Any:  # noqa: ANN401
    for setting in range(plan.settings):
        try:
            yield plan.config(setting)
        except ConfigError as error:
            faults.append(error)


def facts_of(plan: Plan, seen: Examined) -> dict[str, str | int]:
    """Attributes of a store: what it holds, and where its numbers come from."""
    config = plan.base
    return {
        "jaxrisk_sweep": FORMAT,
        "title": plan.name,
        "description": plan.description,
        "plan": json.dumps(plan.to_json()),
        "axes": json.dumps(_plain(seen.axes)),
        "config": config.model_dump_json(),
        "config_hash": config.hash,
        "sweep_hash": _hash(_identity(plan.to_json(), seen.inputs)),
        "settings": plan.settings,
        "paths": plan.paths,
        "seed": str(plan.seed),
        "draws": plan.draws,
        "inputs": json.dumps(seen.inputs),
        "versions": json.dumps(_versions()),
    }


def stored(folder: Path) -> tuple[Plan, Axes, dict[str, Any]]:
    """The plan that a store was made for, its rows, and all of its attributes.

    Raises:
        OutputError: If it is no store of a sweep, or one of another version.
    """
    found = attributes(folder)
    version = found.get("jaxrisk_sweep")
    if version is None:
        raise OutputError(
            f"{folder} is a Zarr store, but not one of a sweep. Choose another place"
            " with --out."
        )
    if version != FORMAT:
        raise OutputError(
            f"{folder} is a store of version {version}, and this jaxrisk writes version"
            f" {FORMAT}. Use the jaxrisk that made it, or choose another place."
        )
    try:
        plan = Plan.of_json(json.loads(found["plan"]))
        axes = _axes(json.loads(found["axes"]))
    except (KeyError, TypeError, ValueError) as error:
        raise OutputError(
            f"{folder} does not say what it holds ({error}). Remove it, or choose"
            " another place with --out."
        ) from error
    return plan, axes, found


def refuse_another(folder: Path, plan: Plan, inputs: Mapping[str, str]) -> None:
    """Refuse a store of another sweep, and say what differs.

    Raises:
        OutputError: If any number of it could be another one.
    """
    _, _, facts = stored(folder)
    before = _identity(json.loads(facts["plan"]), json.loads(facts["inputs"]))
    before["versions"] = json.loads(facts["versions"])
    now = _identity(plan.to_json(), inputs)
    changes = list(_changes(before, now, ()))
    if changes:
        more = f", and {len(changes) - _SHOWN} more" * (len(changes) > _SHOWN)
        raise OutputError(
            f"{folder} holds another sweep: {'; '.join(changes[:_SHOWN])}{more}."
            " Restore that, or choose another place with --out."
        )


def _identity(plan: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, Any]:
    kept = {name: part for name, part in plan.items() if name not in _NOT_NUMBERS}
    base = {
        name: part
        for name, part in kept["base"].items()
        if name not in ("name", "description", "calibration", "run")
    }
    levels = kept["base"]["run"]["levels"]
    own = {"base": base, "levels": levels, "inputs": dict(inputs)}
    return kept | own | {"versions": _versions()}


def _changes(before: Any, now: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401
    """Every place where two trees of plain data differ, in words."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*before, *now)):
            yield from _changes(before.get(key), now.get(key), (*path, key))
    elif json.dumps(before) != json.dumps(now):
        yield f"{'.'.join(path)} was {_short(before)} and is {_short(now)}"


def _short(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)} values ({shown(value)})"
    return shown(value)


def _hash(identity: Mapping[str, Any]) -> str:
    canonical = json.dumps(identity, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in _PACKAGES}


def _plain(axes: Axes) -> dict[str, Any]:
    return {**vars(axes), "reserve_market": axes.reserve_market.tolist()}


def _axes(plain: dict[str, Any]) -> Axes:
    homes = np.array(plain.pop("reserve_market"), np.int64)
    names = {name: tuple(part) for name, part in plain.items()}
    return Axes(reserve_market=homes, **names)

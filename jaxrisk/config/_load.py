"""Reading a config: files that extend files, overrides, validation."""

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ._behaviour_names import check_behaviour
from ._config import Config
from ._correlation import check_correlation
from ._faults import ConfigError, Fault, Mark, shown
from ._names import check_names
from ._policy_names import check_policy_names
from ._scenario_names import check_scenarios, record_keys
from ._times import check_times
from ._translate import faults_of
from ._yaml import Tree, merge, parse_tree, plant, read_tree


_LOG = logging.getLogger("jaxrisk.config")
_EXTENDS = "extends"


def load(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """Read the config at `path`.

    Args:
        path: A YAML file. `extends: other.yaml` in it, relative to it, names a config
            to start from.
        overrides: Settings on top, each `path=value`: a dotted path, a value in YAML.
            A file given here is relative to the working directory.

    Raises:
        ConfigError: With every fault, each with file, line, field, value and remedy.
    """
    top = Path(path)
    tree = _extended(top, chain=())
    for override in overrides:
        tree = _overridden(tree, override, top.parent)
    return config_of(tree, top.parent)


def parse(data: Mapping[str, Any], *, folder: str | Path = ".") -> Config:
    """A config from plain data, such as the JSON stored with a result.

    Args:
        data: What a YAML file would hold.
        folder: What files are relative to.

    Raises:
        ConfigError: With every fault.
    """
    return config_of(plant(data, Mark("config")), Path(folder))


def schema() -> dict[str, Any]:
    """JSON Schema of a config file, for editors."""
    described = Config.model_json_schema()
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["title"] = "jaxrisk config"
    described["properties"][_EXTENDS] = {
        "type": "string",
        "description": "A config to start from, relative to this file.",
    }
    # A file that extends another may leave out what the other has.
    described["anyOf"] = [
        {"required": [_EXTENDS]},
        {"required": described.pop("required")},
    ]
    return described


def config_of(tree: Tree, folder: Path) -> Config:
    faults = [
        *check_names(tree),
        *check_policy_names(tree),
        *check_behaviour(tree),
        *check_scenarios(tree),
        *check_times(tree),
        *check_correlation(tree),
    ]
    faults += _missing_files(tree, folder)
    try:
        config = Config.model_validate(tree.plain())
    except ValidationError as error:
        faults += faults_of(error, tree, Config)
        raise _all(faults) from None
    if faults:
        raise _all(faults)
    config._folder = folder
    for field, reason in config.warnings:
        place = tree.at(*field.split("."))
        _LOG.warning("%s", Fault(place.mark, field, reason, shown(place.plain())))
    return config


def _all(faults: list[Fault]) -> ConfigError:
    return ConfigError(sorted(faults, key=lambda fault: fault.mark))


def _file_keys(tree: Tree) -> Iterator[list[str]]:
    """Where files may be named that no run can do without."""
    yield ["book", "file"]
    for name in tree.at("options", "underlyings").mapping:
        yield ["options", "underlyings", name, "book", "file"]


def _missing_files(tree: Tree, folder: Path) -> Iterator[Fault]:
    for keys in _file_keys(tree):
        file = tree.at(*keys)
        if not isinstance(file.value, str) or (folder / file.value).is_file():
            continue
        remedy = "make the book" if keys[0] == "book" else "download the quotes"
        reason = f"there is no such file in {folder}; correct the path, or {remedy}"
        if tree.at("book", "format").value == "lido_aave_v2" and keys[0] == "book":
            reason = (
                f"there is no such file in {folder}; the data are Lido's, and are not "
                "shipped: get data/b1.csv of lidofinance/aave-liquidation-model at "
                "commit a44561e from GitHub, and name it with --set book.file=b1.csv"
            )
        yield Fault(file.mark, ".".join(keys), reason, shown(file.value))


def _extended(path: Path, chain: tuple[Path, ...]) -> Tree:
    """The tree of `path` on top of all that it extends."""
    tree = read_tree(path)
    if not isinstance(tree.value, dict):
        reason = "a config is a mapping; write `name: value` lines"
        raise ConfigError([Fault(tree.mark, "", reason, shown(tree.plain()))])
    base = tree.mapping.get(_EXTENDS)
    if base is None:
        return tree
    chain = (*chain, path.resolve())
    own = {key: value for key, value in tree.mapping.items() if key != _EXTENDS}
    target = path.parent / str(base.value)
    reason = ""
    if not isinstance(base.value, str):
        reason = "this must be the path of one config; write extends: other.yaml"
    elif target.resolve() in chain:
        names = " -> ".join(link.name for link in (*chain, target))
        reason = f"configs extend each other in a circle ({names}); remove one"
    elif not target.is_file():
        reason = f"there is no such file in {path.parent}; correct the path"
    if reason:
        raise ConfigError([Fault(base.mark, _EXTENDS, reason, shown(base.plain()))])
    below = _rebased(_extended(target, chain), target.parent, path.parent)
    return merge(below, replace(tree, value=own))


def _overridden(tree: Tree, override: str, folder: Path) -> Tree:
    """`tree` with one `path=value` set."""
    path, equals, text = override.partition("=")
    mark = Mark(f"--set {override}")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        reason = "an override is path=value; write --set run.paths=1000"
        raise ConfigError([Fault(mark, "", reason)])
    plain = parse_tree(text, name=mark.file).plain() if text.strip() else None
    value = plant(plain, mark)
    if keys in _file_keys(tree):
        above = grafted(plant({}, mark), keys, value, mark)
        value = _rebased(above, Path.cwd(), folder).at(*keys)
    return grafted(tree, keys, value, mark)


def grafted(tree: Tree, keys: list[str], value: Tree, mark: Mark) -> Tree:
    """`tree` with `value` in the place of what is under `keys`."""
    if not keys:
        return value
    if tree.sequence and keys[0].isdigit() and int(keys[0]) < len(tree.sequence):
        items = list(tree.sequence)
        items[int(keys[0])] = grafted(items[int(keys[0])], keys[1:], value, mark)
        return replace(tree, value=items)
    # A name may have dots of its own: the longest one that is there wins.
    lengths = range(len(keys), 0, -1)
    fits = (n for n in lengths if ".".join(keys[:n]) in tree.mapping)
    length = next(fits, 1)
    name, rest = ".".join(keys[:length]), keys[length:]
    below = tree.mapping.get(name, Tree(None, mark, mark))
    grown = {**tree.mapping, name: grafted(below, rest, value, mark)}
    return replace(tree, value=grown)


def _rebased(tree: Tree, old: Path, new: Path) -> Tree:
    """`tree` with its files relative to `new` instead of `old`."""
    for keys in (*_file_keys(tree), *record_keys(tree)):
        file = tree.at(*keys)
        if isinstance(file.value, str) and old.resolve() != new.resolve():
            moved = Path(os.path.relpath((old / file.value).resolve(), new.resolve()))
            there = replace(file, value=moved.as_posix())
            tree = grafted(tree, keys, there, file.mark)
    return tree

"""YAML as a tree whose every value knows its file, line and column.

YAML 1.2: `1e6` is a number and `NO` is a string. Nothing is unpickled: a tag other than
those of plain data is an error, and so is a key that is written twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from ._faults import ConfigError, Fault, Mark


Scalar: TypeAlias = str | int | float | bool | None
Branch: TypeAlias = dict[str, "Tree"] | list["Tree"] | Scalar
Plain: TypeAlias = dict[str, Any] | list[Any] | Scalar
_CORE = "tag:yaml.org,2002:"
_TEXT = {"str", "timestamp"}
_PLAIN = _TEXT | {"null", "bool", "int", "float", "map", "seq"}


@dataclass(frozen=True)
class Tree:
    """A value of a YAML file, with the place of its key and its own.

    Attributes:
        value: Scalar, list of trees, or trees by key.
        mark: Where the value starts.
        key_mark: Where its key starts; the value's own place if it has none.
    """

    value: Branch
    mark: Mark
    key_mark: Mark

    @property
    def mapping(self) -> dict[str, "Tree"]:
        """The trees by key; empty if this is not a mapping."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def sequence(self) -> list["Tree"]:
        """The trees in order; empty if this is not a list."""
        return self.value if isinstance(self.value, list) else []

    def at(self, *keys: str) -> "Tree":
        """The tree under `keys`; an empty one, placed here, where there is none."""
        found = self
        for key in keys:
            found = found.mapping.get(key, Tree(None, found.mark, found.key_mark))
        return found

    def plain(self) -> Plain:
        """The value as dictionaries, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: tree.plain() for key, tree in self.value.items()}
        if isinstance(self.value, list):
            return [tree.plain() for tree in self.value]
        return self.value


def read_tree(path: Path) -> Tree:
    """Read the YAML file at `path`.

    Raises:
        ConfigError: If it cannot be read, or is not plain YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        reason = f"cannot be read ({what}); give the path of a YAML file"
        raise ConfigError([Fault(Mark(str(path)), "", reason)]) from error
    return parse_tree(text, name=str(path))


def parse_tree(text: str, *, name: str) -> Tree:
    """Parse YAML `text`; `name` stands for the file in messages.

    Raises:
        ConfigError: If it is not plain YAML; duplicate keys are all listed.
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except (YAMLError, YAMLStreamError) as error:
        raise ConfigError([_syntax_fault(error, name)]) from error
    if root is None:
        reason = "the file is empty; see configs/minimal.yaml for a start"
        raise ConfigError([Fault(Mark(name, 1, 1), "", reason)])
    reader = _Reader(yaml, name)
    tree = reader.tree(root, _mark(root, name), "")
    if reader.faults:
        raise ConfigError(reader.faults)
    return tree


def plant(value: object, mark: Mark) -> Tree:
    """A tree of plain data whose every part lies at `mark`."""
    if isinstance(value, Mapping):
        by_key = {str(key): plant(x, mark) for key, x in value.items()}
        return Tree(by_key, mark, mark)
    if isinstance(value, list | tuple):
        return Tree([plant(x, mark) for x in value], mark, mark)
    if value is None or isinstance(value, str | int | float):
        return Tree(value, mark, mark)
    return Tree(str(value), mark, mark)


def merge(below: Tree, above: Tree) -> Tree:
    """`above` on top of `below`: mappings key by key, all else replaced.

    A mapping with another `kind` replaces the one below it: the settings of one kind
    mean nothing to another.
    """
    if not (isinstance(below.value, dict) and isinstance(above.value, dict)):
        return above
    kinds = [tree.at("kind").value for tree in (below, above)]
    if kinds[1] is not None and kinds[0] != kinds[1]:
        return above
    merged = dict(below.value)
    for key, tree in above.value.items():
        merged[key] = merge(merged[key], tree) if key in merged else tree
    return replace(above, value=merged)


class _Reader:
    """Turns composed YAML nodes into trees, and collects what is wrong with them."""

    def __init__(self, yaml: YAML, name: str) -> None:
        self.faults: list[Fault] = []
        self._yaml = yaml
        self._name = name
        self._open: set[int] = set()

    def tree(self, node: Node, key_mark: Mark, field: str) -> Tree:
        """The tree of `node`, whose key lies at `key_mark`."""
        mark = _mark(node, self._name)
        if id(node) in self._open:
            reason = "an alias (*) inside its own anchor (&); write the value out"
            self.faults.append(Fault(mark, field, reason))
            return Tree(None, mark, key_mark)
        self._open.add(id(node))
        branch = self._branch(node, field)
        self._open.remove(id(node))
        return Tree(branch, mark, key_mark)

    def _branch(self, node: Node, field: str) -> Branch:
        if str(node.tag).removeprefix(_CORE) not in _PLAIN:
            reason = f"the tag {node.tag} is not plain data; write the value without it"
            self.faults.append(Fault(_mark(node, self._name), field, reason))
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, field)
        if isinstance(node, SequenceNode):
            return [
                self.tree(item, _mark(item, self._name), f"{field}[{index}]")
                for index, item in enumerate(node.value)
            ]
        is_text = str(node.tag).removeprefix(_CORE) in _TEXT
        if is_text:
            return str(node.value)
        return self._yaml.constructor.construct_object(node)

    def _mapping(self, node: MappingNode, field: str) -> dict[str, Tree]:
        mapping: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            # A key is a name: 1INCH, NO and 2023 are names too.
            key, mark = str(key_node.value), _mark(key_node, self._name)
            path = f"{field}.{key}" if field else key
            if key in mapping:
                first = mapping[key].key_mark
                reason = f"the key is written twice, first in line {first.line}"
                self.faults.append(Fault(mark, path, f"{reason}; remove one of them"))
                continue
            mapping[key] = self.tree(value_node, mark, path)
        return mapping


def _mark(node: Node, name: str) -> Mark:
    return Mark(name, node.start_mark.line + 1, node.start_mark.column + 1)


def _syntax_fault(error: Exception, name: str) -> Fault:
    place = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    mark = Mark(name, place.line + 1, place.column + 1) if place else Mark(name, 1, 1)
    problem = error.problem if isinstance(error, MarkedYAMLError) else str(error)
    what = str(problem).splitlines()[0]
    reason = f"not valid YAML ({what}); check indentation, colons and quotes"
    return Fault(mark, "", reason)

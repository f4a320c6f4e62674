"""Configs that differ from one another in a few fields."""

import json
import re
from collections.abc import Mapping
from typing import Any

from ._config import Config
from ._faults import ConfigError, Fault, Mark, did_you_mean
from ._load import config_of, grafted
from ._translate import meaning
from ._yaml import Tree, plant


_UNIT = re.compile(r"\s*\[(?P<unit>[^\]]+)\]")


class Variants:
    """A config, of which copies with other values are made and checked."""

    def __init__(self, base: Config) -> None:
        """Hold the config as a tree of plain data, once."""
        self.base = base
        self._mark = Mark(base.name)
        self._tree = plant(json.loads(base.model_dump_json()), self._mark)

    def __call__(self, changes: Mapping[str, Any]) -> Config:
        """The config with other values in the places of some dotted paths.

        Raises:
            ConfigError: With every fault.
        """
        tree = self._tree
        for path, value in changes.items():
            planted = plant(value, self._mark)
            tree = grafted(tree, path.split("."), planted, self._mark)
        return config_of(tree, self.base.folder)

    def number(self, path: str) -> float | None:
        """The number at a dotted path; None if there is none."""
        found = _found(self._tree, path.split("."))
        value = None if found is None else found.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    def described(self, path: str) -> tuple[str, str]:
        """What a field is, and its unit: `1` for ratios and what has none."""
        location, words = [], path.split(".")
        for depth, word in enumerate(words):
            location.append(word)
            place = _found(self._tree, words[: depth + 1])
            kind = None if place is None else place.at("kind").value
            location += [kind] * isinstance(kind, str)
        sentence = meaning(Config, location)
        found = _UNIT.search(sentence)
        unit = found["unit"] if found else "1"
        return _UNIT.sub("", sentence, count=1), "1" if unit == "ratio" else unit

    def refuse_unknown(self, path: str, mark: Mark) -> None:
        """Refuse a path that leads to nothing that the config has.

        Raises:
            ConfigError: Naming what is known where the path leaves the config.
        """
        words = path.split(".")
        for depth in range(len(words)):
            if _found(self._tree, words[: depth + 1]) is None:
                parent = _found(self._tree, words[:depth]) or self._tree
                remedy = did_you_mean(words[depth], list(parent.mapping))
                reason = f"the config has no such field; {remedy}"
                raise ConfigError([Fault(mark, path, reason)])


def _found(tree: Tree, words: list[str]) -> Tree | None:
    """What is under the words; a name may have dots of its own."""
    if not words:
        return tree
    if words[0].isdigit() and int(words[0]) < len(tree.sequence):
        return _found(tree.sequence[int(words[0])], words[1:])
    for length in range(len(words), 0, -1):
        below = tree.mapping.get(".".join(words[:length]))
        if below is not None:
            return _found(below, words[length:])
    return None

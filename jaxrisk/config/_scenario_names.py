"""Names that stress scenarios use, and other sections define."""

from collections.abc import Iterator

from ._faults import Fault
from ._names import _keys, _known
from ._yaml import Tree


def check_scenarios(tree: Tree) -> Iterator[Fault]:
    """Assets that are not there, and names that cannot be."""
    assets = list(tree.at("assets").mapping)
    for name, one in tree.at("scenarios").mapping.items():
        field = f"scenarios.{name}"
        if set(name) & set("+,:"):
            reason = "'+', ',' and ':' join names of scenarios; choose another name"
            yield Fault(one.key_mark, field, reason, name)
        own = [
            (each, f"{field}.assets[{i}]")
            for i, each in enumerate(one.at("assets").sequence)
        ]
        yield from _known(own, assets, "asset")
        prices = one.at("replay", "prices")
        yield from _keys(prices, f"{field}.replay.prices", assets)


def record_keys(tree: Tree) -> Iterator[list[str]]:
    """Where files of recorded prices may be named."""
    for name, one in tree.at("scenarios").mapping.items():
        for asset in one.at("replay", "prices").mapping:
            yield ["scenarios", name, "replay", "prices", asset]

"""Names that stress scenarios use, and other sections define."""

from collections.abc import Iterator

from ._faults import Fault
from ._names import _at_value, _keys, _known
from ._yaml import Tree


def check_scenarios(tree: Tree) -> Iterator[Fault]:
    """Assets that are not there, or that are no pegged ones; names that are taken."""
    assets, scenarios = tree.at("assets").mapping, tree.at("scenarios").mapping
    for name, one in scenarios.items():
        field = f"scenarios.{name}"
        if set(name) & set("+,:"):
            reason = "'+', ',' and ':' join names of scenarios; choose another name"
            yield Fault(one.key_mark, field, reason, name)
        own = [
            (each, f"{field}.assets[{i}]")
            for i, each in enumerate(one.at("assets").sequence)
        ]
        yield from _known(own, list(assets), "asset")
        prices = one.at("replay", "prices")
        yield from _keys(prices, f"{field}.replay.prices", list(assets))
        for each, place in own:
            if one.at("depeg").value and _is_base(assets.get(str(each.value))):
                reason = "this asset has no peg to lose; use drop, or leave it out"
                yield _at_value(each, place, reason)


def _is_base(asset: Tree | None) -> bool:
    return asset is not None and not any(
        asset.at(key).value for key in ("peg", "claim_on")
    )


def record_keys(tree: Tree) -> Iterator[list[str]]:
    """Where files of recorded prices may be named."""
    for name, one in tree.at("scenarios").mapping.items():
        for asset in one.at("replay", "prices").mapping:
            yield ["scenarios", name, "replay", "prices", asset]

"""Names in the section on behaviour; see `check_names`."""

from collections.abc import Iterator

from ._faults import Fault
from ._names import _at_value, _keys, _known
from ._yaml import Tree


def check_behaviour(tree: Tree) -> Iterator[Fault]:
    """Markets, reserves, e-modes, assets and accounts that are not there."""
    field, section = "behaviour", tree.at("behaviour")
    markets = tree.at("markets").mapping
    suppliers = section.at("suppliers")
    yield from _keys(suppliers, f"{field}.suppliers", list(markets), "market")
    for name, rules in suppliers.mapping.items():
        if name in markets:
            reserves = list(markets[name].at("reserves").mapping)
            where = f"{field}.suppliers.{name}.reserves"
            listed = rules.at("reserves").sequence
            named = [(x, f"{where}[{i}]") for i, x in enumerate(listed)]
            yield from _known(named, reserves, "reserve")
    providers = section.at("providers")
    assets = list(tree.at("assets").mapping)
    yield from _keys(providers, f"{field}.providers", assets)
    asset = section.at("gas", "asset")
    if asset.value is not None:
        yield from _known([(asset, f"{field}.gas.asset")], assets, "asset")
    for index, rules in enumerate(section.at("borrowers").sequence):
        market = rules.at("market")
        if market.value is not None:
            named = [(market, f"{field}.borrowers[{index}].market")]
            yield from _known(named, list(markets), "market")
    yield from _loops(tree, markets)


def _loops(tree: Tree, markets: dict[str, Tree]) -> Iterator[Fault]:
    seen = {
        account.at("account").value: account
        for account in tree.at("book", "accounts").sequence
    }
    for index, loop in enumerate(tree.at("behaviour", "loops").sequence):
        field, name = f"behaviour.loops[{index}]", loop.at("account")
        if name.value in seen:
            reason = f"the name is taken at {seen[name.value].mark}; choose another"
            yield _at_value(name, f"{field}.account", reason)
        seen.setdefault(name.value, loop)
        market = loop.at("market")
        if market.value is None and len(markets) > 1:
            reason = f"it is missing; name one of the markets: {', '.join(markets)}"
            yield Fault(loop.mark, f"{field}.market", reason)
        elif market.value is not None:
            named = [(market, f"{field}.market")]
            yield from _known(named, list(markets), "market")
        home = markets.get(str(market.value or next(iter(markets), "")))
        if home is not None:
            yield from _sides(loop, field, home)


def _sides(loop: Tree, field: str, home: Tree) -> Iterator[Fault]:
    mode = loop.at("e_mode")
    if mode.value:
        modes = list(home.at("e_modes").mapping)
        yield from _known([(mode, f"{field}.e_mode")], modes, "e-mode")
    reserves = list(home.at("reserves").mapping)
    sides = [
        (loop.at(side), f"{field}.{side}")
        for side in ("collateral", "debt")
        if loop.at(side).value is not None
    ]
    yield from _known(sides, reserves, "reserve")

"""Names that the policy of a config uses, and others of its sections define."""

from collections.abc import Iterator

from ._faults import Fault
from ._names import _at_value, _keys, _known
from ._yaml import Tree


def check_policy_names(tree: Tree) -> Iterator[Fault]:
    """Assets, markets and reserves that policy names, and that are not there."""
    assets, markets = list(tree.at("assets").mapping), tree.at("markets").mapping
    policy = tree.at("policy")
    for name, breaker in policy.at("breakers").mapping.items():
        yield from _breaker(breaker, f"policy.breakers.{name}", assets, markets)
    yield from _keys(policy.at("markets"), "policy.markets", list(markets), "market")
    for name, market in policy.at("markets").mapping.items():
        field = f"policy.markets.{name}"
        yield from _of_market(market, field, assets, markets.get(name))
    yield from _factors(tree, policy.at("factors"), assets)


def _breaker(
    breaker: Tree, field: str, assets: list[str], markets: dict[str, Tree]
) -> Iterator[Fault]:
    watched = [
        (each, f"{field}.assets[{i}]")
        for i, each in enumerate(breaker.at("assets").sequence)
    ]
    yield from _known(watched, assets, "asset")
    named = [
        (each, f"{field}.markets[{i}]")
        for i, each in enumerate(breaker.at("markets").sequence)
    ]
    yield from _known(named, list(markets), "market")
    homes = [each.value for each, _ in named] or list(markets)
    within = [markets[home] for home in homes if home in markets]
    for each, place in watched:
        if each.value in assets and not any(
            each.value in _listed(market) for market in within
        ):
            reason = (
                "none of its markets lists this asset, so it would pause nothing; name"
                " an asset that one of them lists, or leave it out"
            )
            yield _at_value(each, place, reason)


def _listed(market: Tree) -> set[str]:
    """Assets that a market lists."""
    return {
        str(reserve.at("asset").value or name)
        for name, reserve in market.at("reserves").mapping.items()
    }


def _of_market(
    policy: Tree, field: str, assets: list[str], market: Tree | None
) -> Iterator[Fault]:
    if market is not None:
        reserves = list(market.at("reserves").mapping)
        yield from _keys(policy.at("caps"), f"{field}.caps", reserves, "reserve")
    for layer in ("treasury_tokens", "safety_module"):
        asset = policy.at("waterfall", layer, "asset")
        if asset.value is not None:
            place = f"{field}.waterfall.{layer}.asset"
            yield from _known([(asset, place)], assets, "asset")


def _factors(tree: Tree, factors: Tree, assets: list[str]) -> Iterator[Fault]:
    field, markets = "policy.factors", tree.at("markets").mapping
    chosen = factors.at("markets")
    yield from _keys(chosen, f"{field}.markets", list(markets), "market")
    start = factors.at("volatility", "start")
    yield from _keys(start, f"{field}.volatility.start", assets)
    implied = factors.at("volatility", "kind").value == "implied"
    dealt = tree.at("options", "underlyings").mapping
    for name, reserves in chosen.mapping.items():
        if name not in markets:
            continue
        listed = markets[name].at("reserves").mapping
        place = f"{field}.markets.{name}"
        yield from _keys(reserves, place, list(listed), "reserve")
        for reserve, factor in reserves.mapping.items():
            slope = factor.at("on_volatility")
            if not implied or not slope.value or reserve not in listed:
                continue
            asset = listed[reserve].at("asset").value or reserve
            if asset not in dealt:
                reason = (
                    f"volatility is implied, and no options on {asset} are given; add"
                    " them to options.underlyings, or measure realised volatility"
                )
                yield _at_value(slope, f"{place}.{reserve}.on_volatility", reason)

"""Names that one section of a config uses and another defines.

These checks read the tree, not the validated config, so that they also speak when
something else is wrong: all faults are listed at once.
"""

from collections.abc import Iterable, Iterator

from ._assets import USD
from ._faults import Fault, did_you_mean, shown
from ._network_names import check_network
from ._yaml import Tree


def check_names(tree: Tree) -> Iterator[Fault]:
    """Every name that is used and not defined, or defined and not used as it must."""
    assets = list(tree.at("assets").mapping)
    traded = [*assets, *tree.at("instruments").mapping]
    yield from _pegs(tree, assets)
    yield from _instruments(tree, assets)
    yield from _venues(tree, traded)
    yield from _keys(tree.at("oracle", "assets"), "oracle.assets", traded)
    yield from _options(tree, assets)
    yield from _perps(tree, assets)
    yield from _obligations(tree, assets)
    yield from _joint_law(tree, assets)
    for name, market in tree.at("markets").mapping.items():
        yield from _market(market, f"markets.{name}", traded)
    yield from _accounts(tree)
    yield from check_network(tree)


def _pegs(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    for name, asset in tree.at("assets").mapping.items():
        field = f"assets.{name}"
        if name == USD:
            reason = "USD is the unit of account, not an asset; rename it"
            yield _at_key(asset, field, name, reason)
        reference = asset.at("peg", "reference")
        field = f"{field}.peg.reference"
        if reference.value == name:
            reason = "an asset cannot be pegged to itself; name its reference, or USD"
            yield _at_value(reference, field, reason)
        elif isinstance(reference.value, str):
            yield from _known([(reference, field)], [*assets, USD], "asset")
            if tree.at("assets", reference.value, "peg").value is not None:
                reason = (
                    f"{reference.value} is itself pegged, and a peg follows a base "
                    "asset or USD; name what it is pegged to in the end"
                )
                yield _at_value(reference, field, reason)


def _venues(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    venues = tree.at("venues")
    yield from _keys(venues, "venues", assets)
    for name in assets:
        if name not in venues.mapping:
            reason = (
                f"{name} has no venue; write {name}: {{kind: infinite}} if it can be "
                "sold without moving its price, or describe where it is sold"
            )
            yield Fault(venues.key_mark, f"venues.{name}", reason)
    for name, venue in venues.mapping.items():
        keys = ("peg", "claim_on")
        pegged = any(tree.at("assets", name, key).value is not None for key in keys)
        if venue.at("kind").value == "stableswap" and name in assets and not pegged:
            reason = (
                "a StableSwap pool trades a pegged asset for its reference, and "
                f"{name} has no peg; use constant_product or power_law"
            )
            kind = venue.at("kind")
            yield _at_value(kind, f"venues.{name}.kind", reason)


def _options(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    field = "options.underlyings"
    underlyings = tree.at("options", "underlyings")
    yield from _keys(underlyings, field, assets)
    for name, options in underlyings.mapping.items():
        yield from _realized(tree, name, options.at("move"), f"{field}.{name}.move")


def _instruments(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    for name, one in tree.at("instruments").mapping.items():
        field, underlying = f"instruments.{name}", one.at("underlying")
        if name in (*assets, USD):
            reason = "an asset has this name; choose another"
            yield _at_key(one, field, name, reason)
        if isinstance(underlying.value, str):
            yield from _known([(underlying, f"{field}.underlying")], assets, "asset")
            move = one.at("move")
            yield from _realized(tree, underlying.value, move, f"{field}.move")


def _realized(tree: Tree, asset: str, move: Tree, field: str) -> Iterator[Fault]:
    """Volatility that follows an asset which has none to start from."""
    weight, own = move.at("realized_weight"), tree.at("assets", asset)
    keys = (
        ("volatility",),
        ("peg", "volatility"),
        ("claim_on", "basis", "volatility"),
    )
    still = not any(own.at(*each).value for each in keys)
    if weight.value and still and not move.at("realized_volatility").value:
        reason = (
            f"{asset} has no volatility of its own to start from; write "
            "realized_volatility beside it"
        )
        yield _at_value(weight, f"{field}.realized_weight", reason)


def _perps(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    contracts = tree.at("perps", "contracts")
    yield from _keys(contracts, "perps.contracts", assets)
    listed = list(contracts.mapping)
    feeds = tree.at("perps", "index", "assets")
    yield from _keys(feeds, "perps.index.assets", listed, "perpetual")
    for index, account in enumerate(tree.at("perps", "accounts").sequence):
        field = f"perps.accounts[{index}].positions"
        yield from _keys(account.at("positions"), field, listed, "perpetual")


def _obligations(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    markets = list(tree.at("markets").mapping)
    entities = tree.at("obligations", "entities").mapping
    for name, entity in entities.items():
        field = f"obligations.entities.{name}"
        yield from _keys(entity.at("tokens"), f"{field}.tokens", assets)
        yield from _keys(entity.at("bears"), f"{field}.bears", markets, "market")
        creditors = entity.at("owes_usd")
        yield from _keys(creditors, f"{field}.owes_usd", list(entities), "entity")


def _joint_law(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    model = tree.at("market_model")
    beta = model.at("common_jumps", "beta")
    yield from _keys(beta, "market_model.common_jumps.beta", assets)
    calm, stress = model.at("correlation"), model.at("regimes", "correlation")
    yield from _pairs(calm, "market_model.correlation", assets)
    yield from _pairs(stress, "market_model.regimes.correlation", assets)


def _pairs(pairs: Tree, field: str, assets: list[str]) -> Iterator[Fault]:
    yield from _keys(pairs, field, assets)
    seen: dict[frozenset[str], Tree] = {}
    for one, others in pairs.mapping.items():
        yield from _keys(others, f"{field}.{one}", assets)
        for other, value in others.mapping.items():
            where, pair = f"{field}.{one}.{other}", frozenset((one, other))
            if one == other:
                reason = "an asset's correlation with itself is 1; remove it"
                yield _at_value(value, where, reason)
            elif pair in seen:
                first = seen[pair].key_mark
                reason = f"the pair is already given at {first}; remove one of them"
                yield _at_value(value, where, reason)
            seen.setdefault(pair, value)


def _market(market: Tree, field: str, assets: list[str]) -> Iterator[Fault]:
    reserves = market.at("reserves").mapping
    for name, reserve in reserves.items():
        where, asset = f"{field}.reserves.{name}", reserve.at("asset")
        if isinstance(asset.value, str):
            yield from _known([(asset, f"{where}.asset")], assets, "asset")
        elif name not in assets:
            remedy = f"{did_you_mean(name, assets)}; or add it to assets"
            reason = f"there is no such asset; {remedy}"
            yield _at_key(reserve, where, name, reason)
    for name, mode in market.at("e_modes").mapping.items():
        where = f"{field}.e_modes.{name}.reserves"
        listed = [
            (x, f"{where}[{i}]") for i, x in enumerate(mode.at("reserves").sequence)
        ]
        yield from _known(listed, list(reserves), "reserve")


def _accounts(tree: Tree) -> Iterator[Fault]:
    markets, seen = tree.at("markets").mapping, {}
    for index, account in enumerate(tree.at("book", "accounts").sequence):
        field, name = f"book.accounts[{index}]", account.at("account")
        if name.value in seen:
            reason = f"the name is taken at {seen[name.value].mark}; choose another"
            yield _at_value(name, f"{field}.account", reason)
        seen.setdefault(name.value, name)
        market = account.at("market")
        if market.value is None and len(markets) > 1:
            reason = f"it is missing; name one of the markets: {', '.join(markets)}"
            yield Fault(account.mark, f"{field}.market", reason)
        elif market.value is not None:
            yield from _known([(market, f"{field}.market")], list(markets), "market")
        home = markets.get(str(market.value or next(iter(markets), "")))
        if home is not None:
            yield from _balances(account, field, home)


def _balances(account: Tree, field: str, market: Tree) -> Iterator[Fault]:
    mode = account.at("e_mode")
    if mode.value:
        modes = list(market.at("e_modes").mapping)
        yield from _known([(mode, f"{field}.e_mode")], modes, "e-mode")
    reserves = list(market.at("reserves").mapping)
    for side in ("collateral", "debt"):
        yield from _keys(account.at(side), f"{field}.{side}", reserves, "reserve")


def _keys(
    tree: Tree, field: str, known: list[str], what: str = "asset"
) -> Iterator[Fault]:
    """Keys of `tree` that are not names of a `what`."""
    for key, value in tree.mapping.items():
        if key not in known:
            reason = f"there is no such {what}; {did_you_mean(key, known)}"
            yield _at_key(value, f"{field}.{key}", key, reason)


def _known(
    named: Iterable[tuple[Tree, str]], known: list[str], what: str
) -> Iterator[Fault]:
    """Values that should be, and are not, names of a `what`."""
    for value, field in named:
        if value.value not in known:
            reason = f"there is no such {what}; {did_you_mean(value.value, known)}"
            yield _at_value(value, field, reason)


def _at_key(tree: Tree, field: str, key: str, reason: str) -> Fault:
    return Fault(tree.key_mark, field, reason, shown(key))


def _at_value(tree: Tree, field: str, reason: str) -> Fault:
    return Fault(tree.mark, field, reason, shown(tree.plain()))

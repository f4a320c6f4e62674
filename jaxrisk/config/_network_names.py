"""Names that claims, failures, stablecoins and credit lines use."""

from collections.abc import Iterator

from ._assets import USD
from ._faults import Fault, did_you_mean, shown
from ._yaml import Tree


def check_network(tree: Tree) -> Iterator[Fault]:
    """Claims in a circle; assets, markets and tiers that are not there."""
    assets = list(tree.at("assets").mapping)
    for name, asset in tree.at("assets").mapping.items():
        yield from _claim(tree, f"assets.{name}.claim_on", asset.at("claim_on"), name)
        yield from _failure(tree, f"assets.{name}.failure", asset.at("failure"), name)
    yield from _circles(tree)
    for name, spiral in tree.at("spirals").mapping.items():
        yield from _spiral(tree, f"spirals.{name}", spiral, name)
    tiers = list(tree.at("credit", "tiers").mapping)
    for name, tier in tree.at("credit", "lines").mapping.items():
        yield from _unknown(tier, f"credit.lines.{name}", tiers, "tier")
    yield from _shared_parts(tree, assets)


def _rests_on(asset: Tree, name: str) -> dict[str, Tree]:
    """Names that an asset rests on directly, and where they are written.

    A peg to itself has a fault of its own.
    """
    claim, peg = asset.at("claim_on"), asset.at("peg", "reference")
    named = [claim.at("asset"), *([peg] if peg.value != name else [])]
    one = {str(each.value): each for each in named if isinstance(each.value, str)}
    return one | dict(claim.at("assets").mapping)


def _claim(tree: Tree, field: str, claim: Tree, name: str) -> Iterator[Fault]:
    assets = list(tree.at("assets").mapping)
    if claim.at("asset").value is not None:
        yield from _unknown(claim.at("asset"), f"{field}.asset", assets, "asset")
    for other, weight in claim.at("assets").mapping.items():
        if other not in assets:
            reason = f"there is no such asset; {did_you_mean(other, assets)}"
            yield Fault(
                weight.key_mark, f"{field}.assets.{other}", reason, shown(other)
            )
    market = claim.at("market")
    if claim.at("kind").value != "receipt" or market.value is None:
        return
    yield from _unknown(
        market, f"{field}.market", list(tree.at("markets").mapping), "market"
    )
    home = tree.at("markets", str(market.value), "reserves")
    listed = claim.at("reserve") if claim.at("reserve").value else claim.at("asset")
    if home.mapping:
        yield from _unknown(listed, f"{field}.reserve", list(home.mapping), "reserve")
        own = home.at(str(listed.value))
        supplied = own.at("asset").value or listed.value
        if str(listed.value) in home.mapping and supplied != claim.at("asset").value:
            reason = (
                f"the reserve lists {supplied}, and {name} is a claim on another "
                "asset; name the reserve to which that one is supplied"
            )
            yield Fault(listed.mark, f"{field}.reserve", reason, shown(listed.value))


def _failure(tree: Tree, field: str, failure: Tree, name: str) -> Iterator[Fault]:
    other = failure.at("together_with")
    if not isinstance(other.value, str):
        return
    assets = tree.at("assets")
    yield from _unknown(other, f"{field}.together_with", list(assets.mapping), "asset")
    leader = assets.at(other.value, "failure")
    follows = leader.at("together_with").value is not None
    if other.value in assets.mapping and (leader.value is None or follows):
        reason = (
            f"{other.value} has no failure of its own that {name} could share; give "
            "it one, with hazard_per_year or at_hours"
        )
        yield Fault(other.mark, f"{field}.together_with", reason, shown(other.value))


def _circles(tree: Tree) -> Iterator[Fault]:
    """Claims that lead back to where they began, each circle once."""
    below = {
        name: _rests_on(asset, name)
        for name, asset in tree.at("assets").mapping.items()
    }
    done: set[str] = set()

    def search(chain: tuple[str, ...]) -> Iterator[Fault]:
        for other, where in below.get(chain[-1], {}).items():
            if other in chain:
                ring = " -> ".join((*chain[chain.index(other) :], other))
                reason = (
                    f"claims in a circle ({ring}) have no root to be valued from; let "
                    "one of them be a base asset"
                )
                field = f"assets.{chain[-1]}"
                yield Fault(where.mark, field, reason, shown(other))
            elif other not in done:
                yield from search((*chain, other))
        done.add(chain[-1])

    for name in below:
        if name not in done:
            yield from search((name,))


def _spiral(tree: Tree, field: str, spiral: Tree, name: str) -> Iterator[Fault]:
    assets = tree.at("assets")
    known = list(assets.mapping)
    if name not in known:
        reason = f"there is no such asset; {did_you_mean(name, known)}"
        yield Fault(spiral.key_mark, field, reason, shown(name))
    elif assets.at(name, "peg", "reference").value != USD:
        reason = (
            f"a mint-and-burn stablecoin is redeemed for a dollar, and {name} has no "
            "peg to USD; give it one"
        )
        yield Fault(spiral.key_mark, field, reason, shown(name))
    token = spiral.at("backing_token")
    if token.value is not None:
        yield from _unknown(token, f"{field}.backing_token", known, "asset")


def _shared_parts(tree: Tree, assets: list[str]) -> Iterator[Fault]:
    """A token that has two parts in stablecoins, or is a receipt as well."""
    seen: set[object] = {
        name
        for name in assets
        if tree.at("assets", name, "claim_on", "kind").value == "receipt"
    }
    for name, spiral in tree.at("spirals").mapping.items():
        token = spiral.at("backing_token")
        places = [(name, spiral.key_mark), (token.value, token.mark)]
        for part, mark in places:
            if part in seen:
                reason = (
                    f"{part} is a receipt, or is in another stablecoin already; every "
                    "stablecoin has a backing token of its own"
                )
                yield Fault(mark, f"spirals.{name}", reason, shown(part))
            seen.add(part)


def _unknown(value: Tree, field: str, known: list[str], what: str) -> Iterator[Fault]:
    if value.value not in known:
        reason = f"there is no such {what}; {did_you_mean(value.value, known)}"
        yield Fault(value.mark, field, reason, shown(value.plain()))

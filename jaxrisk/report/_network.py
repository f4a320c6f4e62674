"""The network of a run: pledges, claims, debts, and who bears bad debt."""

from collections.abc import Iterator, Mapping

from ._blocks import Figure, Section
from ._claims import claim_of
from ._estimate import number
from ._facts import Facts
from ._figure_network import Edge, Node, network
from ._format import percent
from ._settings import mappings
from ._spirals import token_of


TITLE = "The network"
SHOWN_ASSETS = 12
LEAST_SHARE = 0.001
"""Of all collateral, below which what is pledged is not drawn [ratio]."""


def network_page(facts: Facts) -> list[Section]:
    """One figure where there is more than one market, a claim, or an entity.

    Args:
        facts: The result.

    Returns:
        The section; none where there is nothing to join.
    """
    names = facts.labels("asset")
    edges = [
        *_claims(facts, names),
        *_debts(facts),
    ]
    if len(facts.markets) < 2 and not edges:
        return []
    pledges = list(_pledged(facts, names))
    nodes = _nodes(facts, [*pledges, *edges])
    kept = [
        edge for edge in (*pledges, *edges) if {edge.source, edge.target} <= set(nodes)
    ]
    caption = (
        "Assets (circles), markets (squares) and entities (diamonds), at the start. "
        "The wider a line, the more, beside others of its kind. A claim loses with "
        "what its arrow points at; a market loses with the assets that point at it."
    )
    if any(edge.kind == "pledged" for edge in kept):
        caption += " Written beside a line: its share of all collateral."
    figure = Figure(network(nodes, kept), caption, alt="Network of the run.")
    return [Section(TITLE, [figure])]


def _nodes(facts: Facts, edges: list[Edge]) -> list[Node]:
    """Whoever is joined to somebody; of assets those with the most edges."""
    joined = [node for edge in edges for node in (edge.source, edge.target)]
    assets = [Node(name, "asset") for name in facts.labels("asset")]
    known = [node for node in assets if node in joined]
    weight = {node: _weight(node, edges) for node in known}
    most = sorted(known, key=lambda node: -weight[node])[:SHOWN_ASSETS]
    entities = [Node(name, "entity") for name in facts.labels("entity")]
    return [
        *(node for node in known if node in most),
        *(Node(name, "market") for name in facts.markets),
        *(node for node in entities if node in joined),
    ]


def _weight(node: Node, edges: list[Edge]) -> float:
    """Claims before what is pledged, and that by size."""
    own = [edge for edge in edges if node in (edge.source, edge.target)]
    return sum(edge.strength if edge.kind == "pledged" else 1.0 for edge in own)


def _pledged(facts: Facts, assets: list[str]) -> Iterator[Edge]:
    """Assets that are collateral in a market."""
    for market in facts.markets:
        share = dict.fromkeys(assets, 0.0)
        for reserve in facts.labels("reserve"):
            if reserve.startswith(f"{market}.") and facts.asset_of(reserve) in share:
                found = number(facts.dataset, "collateral_share", reserve=reserve)
                share[facts.asset_of(reserve)] += found
        for asset, size in share.items():
            if size >= LEAST_SHARE:
                source, target = Node(asset, "asset"), Node(market, "market")
                yield Edge(source, target, "pledged", size, percent(round(size, 3)))


def _claims(facts: Facts, assets: list[str]) -> Iterator[Edge]:
    """What an asset rests on, and the market whose receipt it is."""
    for asset in assets:
        settings = claim_of(facts, asset)
        parts = settings.get("assets")
        on = list(parts) if isinstance(parts, Mapping) else [settings.get("asset")]
        targets = [Node(str(each), "asset") for each in on if each in assets]
        if settings.get("market") in facts.markets:
            targets = [Node(str(settings["market"]), "market")]
        if token_of(facts, asset) in assets:
            targets.append(Node(token_of(facts, asset), "asset"))
        for target in targets:
            yield Edge(Node(asset, "asset"), target, "claim", 1.0)


def _debts(facts: Facts) -> Iterator[Edge]:
    """Who owes whom, and who bears bad debt."""
    section = facts.config.get("obligations")
    entities = mappings(section).get("entities", {})
    for name, settings in mappings(entities).items():
        one = Node(name, "entity")
        for creditor, amount in (settings.get("owes_usd") or {}).items():
            yield Edge(one, Node(str(creditor), "entity"), "debt", float(amount))
        for market, share in (settings.get("bears") or {}).items():
            bearer = Node(str(market), "market")
            yield Edge(bearer, one, "bears", float(share), percent(float(share)))

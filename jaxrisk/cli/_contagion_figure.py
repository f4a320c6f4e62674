"""The network of a contagion: shocks, claims, debts, who bears bad debt."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..network import Obligations
from ..report import Edge, Node, network


if TYPE_CHECKING:
    from ..engine import System
    from ..risk import Contagion
    from ..run import Model

CERTAIN = 2.0
"""Standard errors from zero at which a response is drawn."""


def figure_of(found: "Contagion", model: "Model") -> str:
    """The figure as SVG."""
    assets = [Node(name, "asset") for name in found.assets]
    markets = [Node(name, "market") for name in found.markets]
    entities = [Node(name, "entity") for name in model.axes.entities]
    edges = [
        *_shocks(found, assets, markets),
        *_claims(model.system, assets),
        *_debts(model.system, markets, entities),
    ]
    return network([*assets, *markets, *entities], edges)


def _shocks(
    found: "Contagion", assets: list[Node], markets: list[Node]
) -> Iterator[Edge]:
    """What a fall of an asset does to the tail of a market, where it is certain."""
    for row, market in enumerate(markets):
        for column, asset in enumerate(assets):
            at = row, column
            added, error = found.tail_response[at], found.tail_response_error[at]
            if abs(added) <= CERTAIN * error or not np.isfinite(error):
                continue
            ratio = found.coefficient[at]
            yield Edge(
                source=asset,
                target=market,
                kind="raises" if added > 0 else "lowers",
                strength=float(abs(added)),
                label="" if np.isnan(ratio) else f"{ratio:.2g}",
            )


def _claims(system: "System", assets: list[Node]) -> Iterator[Edge]:
    """Which asset's price follows which, without the way through a third."""
    follows = np.asarray(system.prices.lift) != 0
    np.fill_diagonal(follows, val=False)
    through = (follows.astype(int) @ follows.astype(int)) > 0
    for one, other in zip(*np.nonzero(follows & ~through), strict=True):
        yield Edge(assets[one], assets[other], "claim", 1.0)


def _debts(
    system: "System", markets: list[Node], entities: list[Node]
) -> Iterator[Edge]:
    known = system.obligations
    if not isinstance(known, Obligations):
        return
    owed, borne = np.asarray(known.liabilities), np.asarray(known.bears)
    for one, other in zip(*np.nonzero(owed), strict=True):
        yield Edge(entities[one], entities[other], "debt", float(owed[one, other]))
    for entity, market in zip(*np.nonzero(borne), strict=True):
        share = float(borne[entity, market])
        yield Edge(markets[market], entities[entity], "bears", share, f"{share:.0%}")

"""Figure of a network: what a shock to an asset does, and who hangs on whom.

Kinds of nodes differ in shape, kinds of edges in their dashes, and strength is width:
nothing is said by color alone.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from matplotlib.lines import Line2D

from ._figure import AMBER, BLUE, GREEN, INK, ORANGE, PURPLE, draw


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


NodeKind = Literal["asset", "market", "entity"]
EdgeKind = Literal["raises", "lowers", "pledged", "claim", "debt", "bears"]

COLUMNS: dict[NodeKind, float] = {"asset": 0.0, "market": 1.0, "entity": 2.0}
SHAPES: dict[NodeKind, str] = {"asset": "o", "market": "s", "entity": "D"}
STYLES: dict[EdgeKind, tuple[str, tuple[float, tuple[float, ...]], str]] = {
    "raises": (BLUE, (0, ()), "its fall raises losses"),
    "lowers": (ORANGE, (0, (1, 1)), "its fall lowers losses"),
    "pledged": (GREEN, (0, (10, 2)), "is collateral in"),
    "claim": (INK, (0, (4, 2)), "is a claim on"),
    "debt": (PURPLE, (0, (6, 1.5, 1, 1.5)), "owes"),
    "bears": (AMBER, (0, (2, 1)), "has its bad debt borne by"),
}
NAMES: dict[NodeKind, tuple[tuple[float, float], str, str]] = {
    "asset": ((-10.0, 0.0), "right", "center"),
    "market": ((0.0, 8.0), "center", "bottom"),
    "entity": ((10.0, 0.0), "left", "center"),
}
"""Where names stand: shift [point], and how they are aligned."""
WIDEST, FINEST = 5.0, 0.6
"""Of an edge [point]."""
LABELED = 6
"""Shocks and pledges whose strength is written beside them: the strongest."""
FAMILIES: dict[EdgeKind, str] = {
    "raises": "shock",
    "lowers": "shock",
    "pledged": "pledged",
    "claim": "claim",
    "debt": "debt",
    "bears": "bears",
}
"""Kinds whose widths are compared."""


@dataclass(frozen=True)
class Node:
    """An asset, a market, or an entity."""

    name: str
    kind: NodeKind


@dataclass(frozen=True)
class Edge:
    """From one node to another.

    Attributes:
        source: Name of a node.
        target: Name of a node.
        kind: What joins them.
        strength: Compared with edges of the same kind; not negative. Edges that raise
            and that lower losses are compared with each other.
        label: The strength in words.
    """

    source: Node
    target: Node
    kind: EdgeKind
    strength: float
    label: str = ""


def network(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    """Assets on the left, markets beside them, entities on the right.

    Args:
        nodes: In the order in which they stand in their columns.
        edges: Between these nodes; those of no strength are left out.

    Returns:
        The figure as SVG.
    """
    places = _places(nodes)
    kept = [edge for edge in edges if edge.strength > 0]
    tallest = max(
        (sum(node.kind == kind for node in nodes) for kind in COLUMNS), default=1
    )

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        _edges(axes, kept, places)
        for node in nodes:
            _node(axes, node, places[node])
        _legend(axes, nodes, kept)
        right = max((place[0] for place in places.values()), default=0.0)
        axes.set(xlim=(-0.55, right + 0.55), ylim=(-0.12, 1.12))
        axes.axis("off")

    return draw(paint, height=min(1.2 + 0.55 * max(tallest, 3), 8.0))


def _places(nodes: Sequence[Node]) -> dict[Node, tuple[float, float]]:
    """Every column is spread over the same height; empty columns take no room."""
    places: dict[Node, tuple[float, float]] = {}
    column = 0
    for kind in COLUMNS:
        members = [node for node in nodes if node.kind == kind]
        for rank, node in enumerate(members):
            places[node] = (float(column), 1 - (rank + 0.5) / len(members))
        column += bool(members)
    return places


def _edges(
    axes: "Axes", edges: Sequence[Edge], places: dict[Node, tuple[float, float]]
) -> None:
    largest: dict[str, float] = {}
    for edge in edges:
        family = FAMILIES[edge.kind]
        largest[family] = max(largest.get(family, 0.0), edge.strength)

    def share_of(edge: Edge) -> float:
        return edge.strength / largest[FAMILIES[edge.kind]]

    sized = [edge for edge in edges if FAMILIES[edge.kind] in ("shock", "pledged")]
    told = sorted(sized, key=share_of)[-LABELED:]
    for edge in sorted(edges, key=share_of):
        color, dashes, _ = STYLES[edge.kind]
        share = 0.1 if edge.kind == "claim" else share_of(edge)
        start, end = places[edge.source], places[edge.target]
        # Within a column edges bend outwards, so that they do not cross its nodes.
        outwards = -1 if edge.source.kind == "asset" else 1
        bend = 0.35 * outwards * math.copysign(1, start[1] - end[1])
        bend = bend if start[0] == end[0] else 0.06
        axes.annotate(
            "",
            xy=end,
            xytext=start,
            arrowprops={
                "arrowstyle": "-|>,head_length=0.5,head_width=0.25",
                "color": color,
                "linestyle": dashes,
                "linewidth": FINEST + (WIDEST - FINEST) * share,
                "alpha": 0.85,
                "shrinkA": 9,
                "shrinkB": 10,
                "connectionstyle": f"arc3,rad={bend}",
            },
        )
        if edge.label and (edge in told or edge.kind == "bears"):
            _label(axes, edge.label, start, end)


def _label(
    axes: "Axes", text: str, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """Nearer to the source, where the edges of a target have not met yet."""
    near = 0.4
    axes.annotate(
        text,
        xy=(
            start[0] + near * (end[0] - start[0]),
            start[1] + near * (end[1] - start[1]),
        ),
        ha="center",
        va="center",
        fontsize=6.5,
        color=INK,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )


def _node(axes: "Axes", node: Node, place: tuple[float, float]) -> None:
    axes.plot(
        *place,
        marker=SHAPES[node.kind],
        markersize=11,
        markerfacecolor="white",
        markeredgecolor=INK,
        markeredgewidth=1.2,
        linestyle="none",
    )
    shift, side, level = NAMES[node.kind]
    axes.annotate(
        node.name,
        xy=place,
        xytext=shift,
        textcoords="offset points",
        ha=side,
        va=level,
        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"},
    )


def _legend(axes: "Axes", nodes: Iterable[Node], edges: Sequence[Edge]) -> None:
    kinds = {node.kind for node in nodes}
    seen = {edge.kind for edge in edges}
    handles = [
        Line2D([], [], color=color, linestyle=dashes, label=words)
        for kind, (color, dashes, words) in STYLES.items()
        if kind in seen
    ]
    shapes = [
        Line2D(
            [],
            [],
            marker=shape,
            markerfacecolor="white",
            markeredgecolor=INK,
            linestyle="none",
            label=kind,
        )
        for kind, shape in SHAPES.items()
        if kind in kinds
    ]
    axes.legend(
        handles=[*shapes, *handles],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=4,
        frameon=False,
        fontsize=7,
    )

"""The figure of a network says by shape, dashes and width what it says by color."""

import re
from xml.etree import ElementTree

from jaxrisk.report import Edge, Node, network
from jaxrisk.report._figure_network import FAMILIES, FINEST, SHAPES, STYLES, WIDEST


WETH, WSTETH, AAVE, FUND = (
    Node("WETH", "asset"),
    Node("wstETH", "asset"),
    Node("aave", "market"),
    Node("fund", "entity"),
)
EDGES = (
    Edge(WETH, AAVE, "raises", 4.0, "0.2"),
    Edge(WSTETH, AAVE, "lowers", 1.0, "-0.05"),
    Edge(WSTETH, WETH, "claim", 1.0),
    Edge(AAVE, FUND, "bears", 0.5, "50%"),
)


def widths(svg: str) -> set[float]:
    """Of all lines that are as wide as an edge may be."""
    found = {float(one) for one in re.findall(r"stroke-width: ([\d.]+)", svg)}
    return {one for one in found if FINEST <= one <= WIDEST}


def test_the_stronger_of_two_shocks_is_the_wider() -> None:
    found = widths(network((WETH, WSTETH, AAVE, FUND), EDGES))
    assert WIDEST in found
    quarter = FINEST + (WIDEST - FINEST) / 4
    assert any(abs(one - quarter) < 1e-6 for one in found)


def test_it_is_a_picture_and_the_same_one_every_time() -> None:
    svg = network((WETH, WSTETH, AAVE, FUND), EDGES)
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert svg == network((WETH, WSTETH, AAVE, FUND), EDGES)
    assert svg != network((WETH, WSTETH, AAVE, FUND), EDGES[:-1])


def test_an_edge_of_no_strength_is_not_there() -> None:
    nothing = Edge(AAVE, FUND, "bears", 0.0, "0%")
    with_it = network((WETH, WSTETH, AAVE, FUND), (*EDGES[:3], nothing))
    assert with_it == network((WETH, WSTETH, AAVE, FUND), EDGES[:3])


def test_no_two_kinds_differ_by_color_alone() -> None:
    dashes = [style for _, style, _ in STYLES.values()]
    assert len(set(dashes)) == len(dashes)
    assert len(set(SHAPES.values())) == len(SHAPES)
    assert set(FAMILIES) == set(STYLES)


def test_a_network_of_one_can_be_drawn() -> None:
    assert network((WETH,), ()).startswith("<svg")

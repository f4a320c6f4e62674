"""Who sold through the worst paths: keepers, options dealers, perpetual futures."""

import numpy as np

from . import _figure_worst as figures
from ._blocks import Block, Figure, Note, Paragraph, Section, Table
from ._estimate import Estimate
from ._facts import Facts
from ._format import column, measured_unit
from ._recorded import NOT_RECORDED, path_titles


SHOWN_ASSETS = 2
NOTHING = Estimate(0.0, 0.0, 0.0)
TITLE = "Hedging and liquidations through the worst paths"


def hedging(facts: Facts) -> Section:
    """The worst paths by step, and the sums over the tail.

    Args:
        facts: A result with dealers or perpetuals.

    Returns:
        A section of the report.
    """
    parts = ["Keepers are not alone."]
    if facts.has_dealers:
        parts.append("Dealers trade the asset to stay hedged against their options.")
    if facts.has_perps:
        parts.append(
            "Perpetual futures bring spot to the market when those who hold it against "
            "a short are closed or leave, and when makers hedge what they were sold."
        )
    parts.append("All orders of a round meet first, and what is left moves the price.")
    text = Paragraph(" ".join(parts))
    if not facts.measured("recorded_path", "worst_price", "worst_keeper_flow"):
        return Section(TITLE, [text, Note(NOT_RECORDED)])
    blocks = [text, *_without_loss(facts), *_figures(facts), _table(facts)]
    return Section(TITLE, blocks, new_page=True)


def _without_loss(facts: Facts) -> list[Block]:
    """Says where no path is worse than another."""
    if not facts.measured("worst_loss") or facts.dataset["worst_loss"].max() > 0:
        return []
    return [
        Note(
            "No path has bad debt: the paths drawn are those with the largest "
            "liquidations, and those of the table the first ones, no worse than others."
        )
    ]


def together(facts: Facts) -> str:
    """Says how many steps stand in one bar; empty where each has its own."""
    size = figures.steps_together(facts.dataset.sizes["time"] - 1)
    return f" One bar holds {size} steps." if size > 1 else ""


def traded(facts: Facts) -> list[str]:
    """Assets that dealers or perpetuals trade, in the order of the assets."""
    others = {*facts.labels("dealer"), *facts.labels("perp")}
    return [asset for asset in facts.labels("asset") if asset in others]


def _flows(facts: Facts, asset: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Net sales of keepers, dealers and perpetuals, [worst time] USD."""
    dataset = facts.dataset
    keepers = dataset["worst_keeper_flow"].sel(asset=asset).to_numpy()

    def of(name: str, row: str) -> np.ndarray:
        if name not in dataset or asset not in facts.labels(row):
            return np.zeros_like(keepers)
        return dataset[name].sel({row: asset}).to_numpy()

    dealers, perps = of("worst_dealer_flow", "dealer"), of("worst_perp_flow", "perp")
    return keepers, dealers, perps


def _figures(facts: Facts) -> list[Block]:
    flows = {asset: _flows(facts, asset) for asset in traded(facts)}
    size = {
        asset: float(sum(np.abs(each).sum() for each in parts))
        for asset, parts in flows.items()
    }
    shown = sorted(flows, key=lambda asset: -size[asset])[:SHOWN_ASSETS]
    return [_figure(facts, asset, flows[asset]) for asset in shown]


def _figure(
    facts: Facts, asset: str, flows: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> Figure:
    dataset = facts.dataset
    panels = [
        figures.SalesPanel(
            title=title,
            time=dataset["time"].to_numpy(),
            price=dataset["worst_price"].sel(asset=asset).to_numpy()[rank],
            fundamental=dataset["worst_fundamental_price"]
            .sel(asset=asset)
            .to_numpy()[rank],
            sold=(flows[0][rank], flows[1][rank], flows[2][rank]),
        )
        for rank, title in enumerate(path_titles(facts))
    ]
    caption = (
        f"{asset} on the worst paths, by bad debt and then by liquidations. Left: its "
        "price with the impact of all trades (blue), and without it (dashed, orange). "
        "Right: net sales in a step by keepers (gray), dealers (blue) and perpetuals "
        f"(purple); what is bought is below zero.{together(facts)}"
    )
    alt = f"Prices of {asset} and who sold it, on the worst paths."
    return Figure(figures.sales(panels), caption, alt=alt)


def _table(facts: Facts) -> Table:
    """Net sales over the tail by asset and seller, and turnover over all paths."""
    parts = (
        ("Keepers", "tail_keeper_flow", "asset"),
        ("Dealers", "tail_dealer_flow", "dealer"),
        ("Perpetuals", "tail_perp_flow", "perp"),
        ("Dealers' turnover, all paths", "hedged_mean", "dealer"),
    )
    assets = traded(facts)
    head, cells = ["Asset"], [assets]
    for title, name, row in parts:
        if name not in facts.dataset:
            continue
        known = facts.labels(row)
        values = [
            facts.estimate(name, **{row: asset}) if asset in known else NOTHING
            for asset in assets
        ]
        unit = measured_unit(values)
        head.append(f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    caption = (
        f"Mean net sales over {facts.horizon} on the worst 1 % of paths, with 95 % "
        "errors; minus: bought."
    )
    if facts.has_dealers:
        caption += " Turnover adds what dealers bought to what they sold."
    return Table(caption, tuple(head), tuple(zip(*cells, strict=True)))

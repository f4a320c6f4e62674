"""One path, drawn: three prices an asset, and what they do to the markets."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from ..output import path_bad_debt
from ._blocks import Figure, Note, Paragraph, Report, Section
from ._document import MARK_LENGTH
from ._figure import AMBER, BLUE, GRAY, ORANGE, draw, money_axis
from ._figure_worst import stacked
from ._format import money
from ._html import to_html


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

SHOWN_ASSETS = 3
_CAPTION = (
    "Prices: the market's (blue), the one that contracts act on (amber steps), and "
    "the one that would have been without the sales of liquidations (dashed, orange). "
    "Below, debt repaid by liquidations in each step (gray bars) and bad debt written "
    "off so far (orange line)."
)
_SELLERS = (
    " Net sales of an asset that others trade too: of keepers (gray), options dealers "
    "(blue) and perpetuals (purple); what is bought is below zero."
)


def write_replay_page(dataset: xr.Dataset, prefix: Path) -> None:
    """Write the plot of one path as `<prefix>.svg`, and as a page `<prefix>.html`.

    Args:
        dataset: From `jaxrisk.replay`.
        prefix: Where to, without the ending.
    """
    picture = _picture(dataset)
    page = to_html(_page(dataset, picture))
    prefix.with_name(f"{prefix.name}.svg").write_text(picture, encoding="utf-8")
    prefix.with_name(f"{prefix.name}.html").write_text(page, encoding="utf-8")


def main_assets(dataset: xr.Dataset, *, at_most: int = SHOWN_ASSETS) -> list[str]:
    """The assets that were sold most, then those whose price moved most."""
    sold = np.abs(dataset["flow"].to_numpy()).sum(axis=0)
    price = dataset["price"]
    moved = ((price.max("time") - price.min("time")) / price.isel(time=0)).to_numpy()
    order = np.lexsort((-moved, -sold))[:at_most]
    return [str(name) for name in dataset["asset"].to_numpy()[order]]


def _page(dataset: xr.Dataset, picture: str) -> Report:
    facts = dataset.attrs
    repaid = float(dataset["repaid"].sum())
    realized, open_loss = path_bad_debt(dataset)
    text = (
        f"On this path, liquidations repaid {money(repaid)} of debt. The markets "
        f"wrote off {money(realized)}, and at the horizon {money(open_loss)} of debt "
        "was above its collateral."
    )
    caption = _CAPTION + (_SELLERS if _traded(dataset) else "")
    return Report(
        title=f"{facts['title']}: path {facts['path']}",
        subtitle=f"One simulated path, seed {facts['seed']}",
        mark=str(facts["config_hash"])[:MARK_LENGTH],
        label="",
        sections=[
            Section(
                "One path",
                [
                    Paragraph(text),
                    Figure(picture, caption, alt="Prices, liquidations and bad debt."),
                    Note(f"Status {facts['status']}: {facts['explanation']}"),
                ],
            )
        ],
    )


def _picture(dataset: xr.Dataset) -> str:
    assets, sold = main_assets(dataset), _traded(dataset)
    rows = len(assets) + len(sold) + 1

    def paint(canvas: "Canvas") -> None:
        grid = canvas.subplots(rows, 1, squeeze=False, sharex=True)[:, 0]
        for axes, asset in zip(grid, assets, strict=False):
            _prices(axes, dataset.sel(asset=asset))
        for axes, asset in zip(grid[len(assets) :], sold, strict=False):
            _sales(axes, dataset, asset)
        _losses(grid[-1], dataset)
        grid[-1].set_xlabel("Time [days]")

    return draw(paint, height=0.5 + 1.5 * rows)


def _traded(dataset: xr.Dataset) -> list[str]:
    """Those of the main assets that dealers or perpetuals trade too."""
    rows = [row for row in ("dealer", "perp") if row in dataset.coords]
    others = {str(name) for row in rows for name in dataset[row].to_numpy()}
    return [asset for asset in main_assets(dataset) if asset in others]


def _sales(axes: "Axes", dataset: xr.Dataset, asset: str) -> None:
    """Who sold an asset, step by step."""
    time = dataset["time"].to_numpy()
    keepers = dataset["keeper_flow"].sel(asset=asset).to_numpy()
    parts = [keepers]
    for name, row in (("dealer_flow", "dealer"), ("perp_flow", "perp")):
        known = name in dataset and asset in dataset[row].to_numpy()
        found = dataset[name].sel({row: asset}).to_numpy() if known else 0 * keepers
        parts.append(found)
    stacked(axes, np.concatenate([[0.0], time]), parts)
    axes.set_title(f"Net sales of {asset}")
    axes.set_ylabel("USD")


def _prices(axes: "Axes", one: xr.Dataset) -> None:
    time = one["time"].to_numpy()
    axes.plot(time, one["price"].to_numpy(), color=BLUE, label="market")
    oracle = one["oracle_price"].to_numpy()
    axes.step(time, oracle, color=AMBER, linewidth=1, where="post", label="oracle")
    axes.plot(
        time,
        one["fundamental_price"].to_numpy(),
        color=ORANGE,
        linewidth=0.9,
        linestyle=(0, (4, 2)),
        label="without sales",
    )
    axes.set_title(str(one["asset"].item()))
    axes.set_ylabel("Price [USD]")
    axes.legend(loc="best", frameon=False, fontsize=7, ncols=3)
    # A peg moves in the fourth digit: dollars of three digits would all be alike.
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)


def _losses(axes: "Axes", dataset: xr.Dataset) -> None:
    time = dataset["time"].to_numpy()
    repaid = dataset["repaid"].sum("reserve").to_numpy()
    realized = dataset["realized"].sum("reserve").cumsum("time").to_numpy()
    axes.bar(time, repaid, width=time[0], color=GRAY, label="repaid in the step")
    axes.plot(time, realized, color=ORANGE, label="bad debt so far")
    axes.set_title("Liquidations and bad debt")
    axes.set_ylabel("USD")
    axes.set_ylim(bottom=0)
    axes.legend(loc="best", frameon=False, fontsize=7, ncols=2)
    money_axis(axes, "y")

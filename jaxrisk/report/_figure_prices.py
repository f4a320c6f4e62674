"""Figures of prices: fans of quantiles, and falls with and without feedback."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._figure import BLUE, GRAY, INK, ORANGE, draw, money_axis, percent_axis


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Fan:
    """Quantiles of one asset's price over time.

    Attributes:
        asset: Name of the asset.
        time: [time] time since the start [day].
        market: [time, quantile] price with the feedback of liquidations [USD].
        fundamental: [time, quantile] price without it, on the same draws [USD].
    """

    asset: str
    time: np.ndarray
    market: np.ndarray
    fundamental: np.ndarray


def fans(panels: Sequence[Fan], quantiles: Sequence[float]) -> str:
    """Fan charts, one panel an asset.

    Args:
        panels: What to draw.
        quantiles: The levels of the last axis of the prices, increasing.

    Returns:
        The figure as SVG.
    """
    columns = min(len(panels), 2)
    rows = -(-len(panels) // columns)

    def paint(figure: "Figure") -> None:
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True)
        for axes, panel in zip(grid.flat, panels, strict=False):
            _fan(axes, panel, quantiles)
        for axes in grid.flat[len(panels) :]:
            axes.set_visible(False)
        for axes in grid[-1]:
            axes.set_xlabel("Time [days]")
        for axes in grid[:, 0]:
            axes.set_ylabel("Price [USD]")

    return draw(paint, height=0.5 + 1.75 * rows)


def _fan(axes: "Axes", panel: Fan, quantiles: Sequence[float]) -> None:
    """Nested bands of the market price; dashed lines for the fundamental one."""
    half = len(quantiles) // 2
    for index in range(half):
        low, high = panel.market[:, index], panel.market[:, -1 - index]
        axes.fill_between(
            panel.time, low, high, color=BLUE, alpha=0.14 + 0.08 * index, linewidth=0
        )
    if len(quantiles) % 2:
        axes.plot(panel.time, panel.market[:, half], color=BLUE)
    for index in sorted({0, half, len(quantiles) - 1}):
        line = panel.fundamental[:, index]
        axes.plot(panel.time, line, color=ORANGE, linewidth=0.9, linestyle=(0, (4, 2)))
    _name_ends(axes, panel, quantiles)
    axes.set_title(panel.asset)
    axes.set_xlim(panel.time[0], panel.time[-1])
    money_axis(axes, "y")


def _name_ends(axes: "Axes", panel: Fan, quantiles: Sequence[float]) -> None:
    """Write the level of the outer and middle quantiles at the right of the fan."""
    for index in sorted({0, len(quantiles) // 2, len(quantiles) - 1}):
        axes.annotate(
            f"{100 * quantiles[index]:.3g} %",
            xy=(panel.time[-1], panel.market[-1, index]),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=GRAY,
            fontsize=7,
            annotation_clip=False,
        )


def drawdowns(
    assets: Sequence[str],
    market: np.ndarray,
    fundamental: np.ndarray,
    *,
    quantiles: Sequence[float],
) -> str:
    """Deepest falls by asset: market price above, fundamental price below it.

    Args:
        assets: Names of the assets.
        market: [asset, quantile] drawdown with feedback [ratio].
        fundamental: [asset, quantile] drawdown without feedback [ratio].
        quantiles: Levels of the last axis.

    Returns:
        The figure as SVG.
    """
    row = np.arange(len(assets))
    parts = (
        ("with feedback", market, BLUE, -0.15),
        ("without feedback", fundamental, ORANGE, 0.15),
    )

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        middle = len(quantiles) // 2
        for label, fall, color, offset in parts:
            axes.hlines(row + offset, fall[:, 0], fall[:, -1], color=color, lw=1)
            axes.hlines(row + offset, fall[:, 1], fall[:, -2], color=color, lw=3.5)
            axes.plot(
                fall[:, middle],
                row + offset,
                linestyle="none",
                marker="o",
                markersize=4,
                markerfacecolor="white",
                markeredgecolor=color,
            )
            axes.annotate(
                label,
                xy=(fall[0, -1], offset),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=color,
            )
        axes.set_yticks(row, labels=list(assets))
        axes.set_ylim(len(assets) - 0.5, -0.5)
        axes.set_xlim(left=0)
        axes.margins(x=0.12)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("Deepest fall below the initial price [%]", color=INK)
        percent_axis(axes, "x")

    return draw(paint, height=0.7 + 0.36 * len(assets))

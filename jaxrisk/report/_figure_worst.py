"""Figures of the worst paths: who sold, what it did to prices, funding, the basis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._figure import (
    AMBER,
    BLUE,
    GRAY,
    INK,
    ORANGE,
    PURPLE,
    draw,
    money_axis,
    percent_axis,
)


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BINS = 96
"""Bars of a panel, at most; steps are put together where there are more."""
SELLERS = (("keepers", GRAY), ("dealers", BLUE), ("perpetuals", PURPLE))
_DASHED = (0, (4, 2))


@dataclass(frozen=True)
class SalesPanel:
    """One asset on one path; the first of each number belongs to the start.

    Attributes:
        title: Which path.
        time: Since the start [day].
        price: Of the market [USD].
        fundamental: Price without impact [USD].
        sold: Net sales in a step of keepers, dealers and perpetuals [USD].
    """

    title: str
    time: np.ndarray
    price: np.ndarray
    fundamental: np.ndarray
    sold: tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class PerpPanel:
    """One perpetual on one path; the first of each number belongs to the start.

    Attributes:
        title: Which path.
        time: Since the start [day].
        basis: Log of the perpetual over spot.
        funding: What longs pay in a funding interval [ratio].
        closed: Positions closed in a step [USD].
        deleveraged: The part of them that no book took [USD].
        paid: By the insurance fund in a step [USD].
    """

    title: str
    time: np.ndarray
    basis: np.ndarray
    funding: np.ndarray
    closed: np.ndarray
    deleveraged: np.ndarray
    paid: np.ndarray


def steps_together(steps: int) -> int:
    """How many steps stand in one bar."""
    return -(-steps // MOST_BINS)


def sales(panels: Sequence[SalesPanel]) -> str:
    """A row a path: prices with and without impact, and who sold.

    Args:
        panels: What to draw, the worst path first.

    Returns:
        The figure as SVG.
    """

    def paint(figure: "Figure") -> None:
        grid = figure.subplots(len(panels), 2, squeeze=False, sharex=True)
        for (left, right), panel in zip(grid, panels, strict=True):
            _prices(left, panel)
            _sold(right, panel)
        _finish(grid, "Price [USD]", "Net sales [USD]")

    return draw(paint, height=0.5 + 1.6 * len(panels))


def perps(panels: Sequence[PerpPanel]) -> str:
    """A row a path: basis and funding, what was closed, what the fund has paid.

    Args:
        panels: What to draw, the worst path first.

    Returns:
        The figure as SVG.
    """

    def paint(figure: "Figure") -> None:
        grid = figure.subplots(len(panels), 3, squeeze=False, sharex=True)
        for (left, middle, right), panel in zip(grid, panels, strict=True):
            _basis(left, panel)
            _closed(middle, panel)
            right.step(panel.time, panel.paid.cumsum(), color=BLUE, where="post")
            right.set_ylim(bottom=0)
            money_axis(right, "y")
        _finish(grid, "Basis, funding [%]", "Closed [USD]", "Insurance paid [USD]")

    return draw(paint, height=0.5 + 1.6 * len(panels))


def _prices(axes: "Axes", panel: SalesPanel) -> None:
    axes.plot(panel.time, panel.price, color=BLUE, label="with impact")
    axes.plot(
        panel.time,
        panel.fundamental,
        color=ORANGE,
        linewidth=0.9,
        linestyle=_DASHED,
        label="without",
    )
    axes.set_title(panel.title)
    axes.legend(loc="best", frameon=False, fontsize=7)
    money_axis(axes, "y")


def _sold(axes: "Axes", panel: SalesPanel) -> None:
    stacked(axes, _edges(panel.time), [_binned(values) for values in panel.sold])


def stacked(axes: "Axes", edges: np.ndarray, sold: Sequence[np.ndarray]) -> None:
    """Bars of net sales by seller: sales above zero, purchases below it.

    Args:
        axes: Where to draw.
        edges: Ends of the bars [day].
        sold: Net sales in each bar, in the order of `SELLERS` [USD].
    """
    base = {1: np.zeros(edges.size - 1), -1: np.zeros(edges.size - 1)}
    for (label, color), height in zip(SELLERS, sold, strict=True):
        if not height.any():
            continue
        for sign, below in base.items():
            above = below + sign * np.maximum(sign * height, 0)
            _bars(axes, above, edges, below, color, label if sign > 0 else "")
            base[sign] = above
    axes.axhline(0, color=INK, linewidth=0.6)
    if axes.patches:
        axes.legend(loc="best", frameon=False, fontsize=7)
    money_axis(axes, "y")


def _basis(axes: "Axes", panel: PerpPanel) -> None:
    axes.plot(panel.time, panel.basis, color=BLUE, label="basis")
    axes.step(
        panel.time,
        panel.funding,
        color=AMBER,
        linewidth=1,
        where="post",
        label="funding",
    )
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.set_title(panel.title)
    axes.legend(loc="best", frameon=False, fontsize=7)
    percent_axis(axes, "y")


def _closed(axes: "Axes", panel: PerpPanel) -> None:
    edges = _edges(panel.time)
    nothing = np.zeros(edges.size - 1)
    parts = (("closed", GRAY, panel.closed), ("deleveraged", ORANGE, panel.deleveraged))
    for label, color, values in parts:
        _bars(axes, _binned(values), edges, nothing, color, label)
    axes.set_ylim(bottom=0)
    axes.legend(loc="best", frameon=False, fontsize=7)
    money_axis(axes, "y")


def _bars(
    axes: "Axes",
    above: np.ndarray,
    edges: np.ndarray,
    below: np.ndarray,
    color: str,
    label: str,
) -> None:
    """One outline for all bars of a color: a picture of many steps stays small."""
    axes.stairs(
        above, edges, baseline=below, fill=True, color=color, label=label, linewidth=0
    )


def _edges(time: np.ndarray) -> np.ndarray:
    size = steps_together(time.size - 1)
    return np.append(time[:-1:size], time[-1])


def _binned(by_step: np.ndarray) -> np.ndarray:
    steps = by_step.size - 1
    return np.add.reduceat(by_step[1:], np.arange(0, steps, steps_together(steps)))


def _finish(grid: np.ndarray, *labels: str) -> None:
    for axes in grid[-1]:
        axes.set_xlabel("Time [days]")
    for axes, label in zip(grid.T.tolist(), labels, strict=True):
        for each in axes:
            each.set_ylabel(label)

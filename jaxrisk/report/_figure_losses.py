"""Figures of bad debt: chance of a loss, its distribution, where it falls."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ._estimate import NORMAL_95, Estimate
from ._figure import (
    BLUE,
    GRAY,
    INK,
    ORANGE,
    PALE,
    draw,
    money_axis,
    percent_axis,
)
from ._format import dollars, percent, stated


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def exceedance(
    low: np.ndarray,
    high: np.ndarray,
    count: np.ndarray,
    *,
    paths: int,
    tail: Sequence[tuple[str, Estimate]],
    horizon: str,
) -> str:
    """Chance that bad debt exceeds an amount, with VaR and ES marked.

    Args:
        low: [bin] lower ends of the histogram of positive losses [USD].
        high: [bin] upper ends [USD].
        count: [bin] number of paths.
        paths: Number of paths with a result, with and without a loss.
        tail: Names and values [USD] of the risk measures to mark.
        horizon: The horizon in words.

    Returns:
        The figure as SVG.
    """
    amount = np.concatenate([low[:1], high])
    exceeding = count.sum() - np.concatenate([[0], np.cumsum(count)])
    chance = exceeding / paths
    error = NORMAL_95 * np.sqrt(chance * (1 - chance) / paths)
    # The curve is flat below the smallest losses: start where it begins to fall.
    start = max(int(np.flatnonzero(chance >= 0.99 * chance[0])[-1]) - 1, 0)
    seen = (exceeding > 0) & (np.arange(amount.size) >= start)

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        floor = 0.5 / paths
        axes.fill_between(
            amount[seen],
            np.maximum(chance - error, floor)[seen],
            (chance + error)[seen],
            color=BLUE,
            alpha=0.18,
            linewidth=0,
        )
        axes.plot(amount[seen], chance[seen], color=BLUE)
        axes.set(xscale="log", yscale="log", ylim=(floor, 2.6 * chance.max()))
        axes.annotate(
            f"P(bad debt > 0) = {percent(float(chance[0]))}",
            xy=(amount[seen][0], chance[0]),
            xytext=(4, 7),
            textcoords="offset points",
            color=BLUE,
        )
        axes.set_xlabel(f"Bad debt over {horizon} [USD, log scale]")
        axes.set_ylabel("Chance of exceeding it [%, log scale]")
        axes.minorticks_off()
        money_axis(axes, "x")
        percent_axis(axes, "y")
        _mark(axes, tail)

    return draw(paint, height=3.7)


def distribution(
    low: np.ndarray,
    high: np.ndarray,
    count: np.ndarray,
    *,
    paths: int,
    tail: Sequence[tuple[str, Estimate]],
    horizon: str,
) -> str:
    """Histogram of positive bad debt, with VaR and ES marked.

    Args:
        low: [bin] lower ends [USD].
        high: [bin] upper ends [USD].
        count: [bin] number of paths.
        paths: Number of paths with a result, with and without a loss.
        tail: Names and values [USD] of the risk measures to mark.
        horizon: The horizon in words.

    Returns:
        The figure as SVG.
    """
    seen = np.flatnonzero(count)
    shown = slice(seen[0], seen[-1] + 1)

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        axes.bar(
            low[shown],
            count[shown] / paths,
            width=(high - low)[shown],
            align="edge",
            color=BLUE,
            edgecolor="white",
            linewidth=0.4,
        )
        axes.set(xscale="log")
        axes.set_ylim(0, 1.45 * count.max() / paths)
        axes.set_xlabel(f"Bad debt over {horizon}, paths with a loss [USD, log scale]")
        axes.set_ylabel("Share of all paths [%]")
        axes.grid(visible=False, axis="x")
        axes.minorticks_off()
        money_axis(axes, "x")
        percent_axis(axes, "y")
        _mark(axes, tail)

    return draw(paint, height=2.5)


def _mark(axes: "Axes", tail: Sequence[tuple[str, Estimate]]) -> None:
    """Mark risk measures that are positive, labels one below the other."""
    shown = [(name, each) for name, each in tail if each.measured and each.value > 0]
    for row, (name, each) in enumerate(shown):
        color = ORANGE if name.startswith("ES") else INK
        axes.axvline(each.value, color=color, linewidth=1, linestyle=(0, (4, 2)))
        if each.bounded:
            # A log axis has no zero: the band of a low bound starts at its left end.
            low = max(each.low, axes.get_xlim()[0])
            axes.axvspan(low, each.high, color=color, alpha=0.10, linewidth=0)
        label = f"{name}  {stated(each, dollars(each.value))}"
        axes.annotate(
            label,
            xy=(each.value, 0.97 - 0.085 * row),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if row % 2 == 0 else 4, 0),
            textcoords="offset points",
            ha="right" if row % 2 == 0 else "left",
            va="top",
            color=color,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
        )


def by_reserve(
    names: Sequence[str],
    realized: Sequence[Estimate],
    unrealized: Sequence[Estimate],
    *,
    horizon: str,
) -> str:
    """Expected bad debt by reserve, realized and unrealized side by side.

    Args:
        names: Names of the reserves.
        realized: Bad debt written off [USD].
        unrealized: Debt above its collateral at the horizon, not yet written off [USD].
        horizon: The horizon in words.

    Returns:
        The figure as SVG.
    """
    row = np.arange(len(names))

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        parts = (("realized", realized, BLUE), ("unrealized", unrealized, ORANGE))
        for offset, (label, estimates, color) in zip((-0.19, 0.19), parts, strict=True):
            value = np.array([each.value for each in estimates])
            error = np.array([each.half_width for each in estimates])
            error = np.where(np.isfinite(error), error, 0.0)
            axes.barh(row + offset, value, height=0.34, color=color, alpha=0.85)
            axes.errorbar(
                value,
                row + offset,
                xerr=np.vstack([np.minimum(error, value), error]),
                fmt="none",
                ecolor=INK,
                elinewidth=0.8,
                capsize=1.5,
            )
            top = int(np.argmax(value + error))
            axes.annotate(
                label,
                xy=((value + error)[top], top + offset),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=color,
            )
        axes.set_yticks(row, labels=list(names))
        axes.invert_yaxis()
        axes.set_xlim(left=0)
        axes.margins(x=0.15)
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
        axes.spines["left"].set_color(PALE)
        axes.set_xlabel(f"Expected bad debt over {horizon} [USD]", color=GRAY)
        money_axis(axes, "x")

    return draw(paint, height=0.75 + 0.22 * len(names))

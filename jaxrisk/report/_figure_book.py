"""Figures of the book: what a fall in price liquidates, and where balances stand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ._figure import BLUE, CYCLE, INK, ORANGE, draw, money_axis, percent_axis, spread


if TYPE_CHECKING:
    from matplotlib.figure import Figure


def liquidation_profile(
    drop: np.ndarray,
    curves: Sequence[tuple[str, np.ndarray]],
    *,
    common: np.ndarray | None,
) -> str:
    """Collateral of liquidatable accounts against a fall in price.

    Args:
        drop: [drop] relative fall in price.
        curves: Names of assets and their curves, [drop] collateral value [USD].
        common: [drop] the same where all volatile assets fall together, if measured.

    Returns:
        The figure as SVG.
    """
    lines = [
        (name, value, color, 1.4)
        for (name, value), color in zip(curves, CYCLE, strict=False)
    ]
    if common is not None:
        lines.append(("all volatile assets", common, INK, 2.0))

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        for _, value, color, width in lines:
            axes.plot(drop, value, color=color, linewidth=width)
        top = max(float(value.max()) for _, value, _, _ in lines)
        ends = spread([float(value[-1]) for _, value, _, _ in lines], gap=0.065 * top)
        for (name, _, color, _), end in zip(lines, ends, strict=True):
            axes.annotate(
                name,
                xy=(drop[-1], end),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=color,
                annotation_clip=False,
            )
        axes.set_xlim(0, drop[-1])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("Fall in price [%]")
        axes.set_ylabel("Collateral of liquidatable\naccounts [USD]")
        percent_axis(axes, "x")
        money_axis(axes, "y")

    return draw(paint, height=2.8)


def shares(
    names: Sequence[str], collateral: Sequence[float], debt: Sequence[float]
) -> str:
    """Shares of all collateral and of all debt, by reserve.

    Args:
        names: Names of the reserves.
        collateral: Shares of collateral [ratio].
        debt: Shares of debt [ratio].

    Returns:
        The figure as SVG.
    """
    row = np.arange(len(names))
    parts = (("Collateral", collateral, BLUE), ("Debt", debt, ORANGE))

    def paint(figure: "Figure") -> None:
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, (title, value, color) in zip((left, right), parts, strict=True):
            axes.barh(row, value, height=0.62, color=color, alpha=0.85)
            for place, share in enumerate(value):
                axes.annotate(
                    f"{100 * share:.1f} %",
                    xy=(share, place),
                    xytext=(4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=7.5,
                )
            axes.set_title(title)
            axes.set_xlabel("Share of the total [%]")
            axes.set_yticks(row, labels=list(names))
            axes.tick_params(axis="y", length=0)
            axes.grid(visible=False, axis="y")
            axes.margins(x=0.2)
            percent_axis(axes, "x")
        left.invert_yaxis()

    return draw(paint, height=0.8 + 0.22 * len(names))

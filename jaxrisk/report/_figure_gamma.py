"""Figure of an options market: delta and gamma of its dealers against the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._figure import BLUE, GRAY, INK, ORANGE, draw, money_axis


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Profile:
    """Greeks of the dealers of one asset by spot.

    Attributes:
        asset: Name of the underlying.
        spot: Prices of the asset [USD].
        delta: Of the options, at each spot [USD].
        gamma: Change of delta as the spot rises by 1 % [USD].
        start: Spot at the start [USD].
        zero: Spot where gamma changes its sign; NaN where it does not [USD].
    """

    asset: str
    spot: np.ndarray
    delta: np.ndarray
    gamma: np.ndarray
    start: float
    zero: float


def profiles(rows: Sequence[Profile]) -> str:
    """A row an asset: delta to the left, gamma to the right.

    Args:
        rows: What to draw.

    Returns:
        The figure as SVG.
    """

    def paint(figure: "Figure") -> None:
        grid = figure.subplots(len(rows), 2, squeeze=False)
        for (left, right), row in zip(grid, rows, strict=True):
            left.plot(row.spot, row.delta, color=BLUE)
            _signed(right, row)
            left.set_title(row.asset)
            left.set_ylabel("Delta [USD]")
            right.set_ylabel("Gamma per 1 % [USD]")
            for axes in (left, right):
                _mark(axes, row)
        for axes in grid[-1]:
            axes.set_xlabel("Spot [USD]")

    return draw(paint, height=0.5 + 1.8 * len(rows))


def _signed(axes: "Axes", row: Profile) -> None:
    """Gamma with the side below zero, where dealers amplify, in another color."""
    axes.plot(row.spot, row.gamma, color=INK, linewidth=1)
    for sign, color in ((1, BLUE), (-1, ORANGE)):
        side = np.where(sign * row.gamma > 0, row.gamma, 0.0)
        axes.fill_between(row.spot, 0, side, color=color, alpha=0.3, linewidth=0)
    if np.isfinite(row.zero):
        axes.plot([row.zero], [0], marker="o", markersize=4, color=INK)


def _mark(axes: "Axes", row: Profile) -> None:
    axes.axhline(0, color=INK, linewidth=0.6)
    axes.axvline(row.start, color=GRAY, linewidth=0.9, linestyle=(0, (2, 2)))
    axes.set_xlim(row.spot[0], row.spot[-1])
    # Prices of four digits would run into each other with more.
    axes.locator_params(axis="x", nbins=5)
    for which in ("x", "y"):
        money_axis(axes, which)

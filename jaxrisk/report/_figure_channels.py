"""Figures of channels: a few lines on each worst path, told apart in gray as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ._figure import (
    AMBER,
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PALE,
    PURPLE,
    draw,
    money_axis,
    percent_axis,
)


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_LINES = 4
"""Lines that one panel takes before it cannot be read any more."""
LOOKS = (
    (BLUE, "solid", 1.7),
    (ORANGE, (0, (5, 2)), 1.4),
    (GREEN, (0, (1, 1.2)), 1.7),
    (PURPLE, (0, (6, 1.5, 1, 1.5)), 1.4),
)
"""Color, dashes and width of a line: dashes alone are enough to know it."""


@dataclass(frozen=True)
class Line:
    """One number through the steps, and its name in the legend."""

    label: str
    values: np.ndarray


@dataclass(frozen=True)
class Panel:
    """Some lines with one axis.

    Attributes:
        title: Above it; may be empty.
        lines: At most `MOST_LINES`.
        unit: Of the axis: a ratio in percent, or dollars.
        shaded: Steps behind which the panel is gray; none if empty.
        shade: What that means, for the legend.
    """

    title: str
    lines: Sequence[Line]
    unit: Literal["percent", "money"]
    shaded: np.ndarray | None = None
    shade: str = ""


@dataclass(frozen=True)
class Band:
    """The mean of a number over paths, and where most of them are.

    Attributes:
        title: Of what.
        mean: Over paths [ratio].
        low: Lower end of the outer range.
        high: Upper end.
        inner_low: Lower end of the inner range.
        inner_high: Upper end.
    """

    title: str
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    inner_low: np.ndarray
    inner_high: np.ndarray


def rows(
    time: np.ndarray, grid: Sequence[Sequence[Panel]], labels: Sequence[str]
) -> str:
    """A row of panels for every path.

    Args:
        time: Since the start [day].
        grid: Panels of each path, the worst path first.
        labels: Of the axis of each column.

    Returns:
        The figure as SVG.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots(len(grid), len(labels), squeeze=False, sharex=True)
        for line, panels in zip(axes, grid, strict=True):
            for one, panel in zip(line, panels, strict=True):
                _panel(one, time, panel)
        for one in axes[-1]:
            one.set_xlabel("Time [days]")
        for column, label in zip(axes.T.tolist(), labels, strict=True):
            for one in column:
                one.set_ylabel(label)

    return draw(paint, height=0.5 + 1.6 * len(grid))


def bands(time: np.ndarray, shown: Sequence[Band], label: str) -> str:
    """Panels beside each other, each with a mean and two ranges.

    Args:
        time: Since the start [day].
        shown: What to draw.
        label: Of the axis.

    Returns:
        The figure as SVG.
    """

    def paint(figure: "Figure") -> None:
        axes = figure.subplots(1, len(shown), squeeze=False, sharex=True, sharey=True)
        for one, band in zip(axes[0], shown, strict=True):
            one.fill_between(time, band.low, band.high, color=PALE, linewidth=0)
            one.fill_between(
                time, band.inner_low, band.inner_high, color=AMBER, linewidth=0
            )
            one.plot(time, band.mean, color=INK)
            one.set_title(band.title)
            one.set_xlabel("Time [days]")
            percent_axis(one, "y")
        axes[0][0].set_ylabel(label)

    return draw(paint, height=2.4)


def _panel(axes: "Axes", time: np.ndarray, panel: Panel) -> None:
    if panel.shaded is not None and panel.shaded.any():
        axes.fill_between(
            time,
            0,
            1,
            where=(panel.shaded > 0).tolist(),
            step="pre",
            transform=axes.get_xaxis_transform(),
            color=PALE,
            linewidth=0,
            label=panel.shade,
        )
    for line, (color, dashes, width) in zip(panel.lines, LOOKS, strict=False):
        axes.plot(
            time,
            line.values,
            color=color,
            linestyle=dashes,
            linewidth=width,
            label=line.label,
        )
    axes.set_title(panel.title)
    if panel.unit == "money":
        axes.set_ylim(bottom=0)
        money_axis(axes, "y")
    else:
        percent_axis(axes, "y")
    axes.legend(loc="best", frameon=False, fontsize=7)

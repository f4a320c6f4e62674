"""Figures of a sweep: maps with iso-lines, lines, and the tornado."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from ._figure import BLUE, GRAY, INK, ORANGE, draw, money_axis, percent_axis
from ._format import money, percent
from ._sweep_facts import Measure, SweepFacts, Swept
from ._tornado import Effect


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Dark is much: one hue whose lightness falls steadily, so that gray shows the same.
COLORS = "Blues"
ISO_LINES = 5
_FEW = 40
_TICKS = 7


def heatmap(
    facts: SweepFacts, measure: Measure, across: Swept, up: Swept, chosen: np.ndarray
) -> str:
    """A measure over two fields of a grid, with iso-lines and the place of the base.

    Args:
        facts: The sweep.
        measure: What is drawn.
        across: Field along the x axis.
        up: Field along the y axis.
        chosen: [up across] numbers of the settings that are drawn.
    """
    values = np.where(facts.done, facts.values(measure.name), np.nan)[chosen]
    rows, columns = chosen.shape

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        shade = axes.pcolormesh(
            np.arange(columns), np.arange(rows), values, cmap=COLORS, shading="nearest"
        )
        _bar(figure, axes, shade, measure)
        _iso_lines(axes, np.arange(columns), np.arange(rows), values, measure)
        if values.size <= _FEW:
            _numbers(axes, values, measure)
        for axis, field, ends in (
            (axes.xaxis, across, chosen[0]),
            (axes.yaxis, up, chosen[:, 0]),
        ):
            places = np.unique(
                np.linspace(0, ends.size - 1, _TICKS).round().astype(int)
            )
            axis.set_ticks(places, [field.text(int(ends[k])) for k in places])
            axis.set_label_text(_title(field))
        axes.grid(visible=False)
        _mark_base(axes, across, up, chosen)

    return draw(paint, height=3.6)


def scattered(facts: SweepFacts, measure: Measure, across: Swept, up: Swept) -> str:
    """A measure over two fields of points anywhere, with iso-lines between them."""
    done = facts.done
    x, y = across.values[done], up.values[done]
    values = facts.values(measure.name)[done]

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        if _spans_a_plane(x, y) and np.ptp(values) > 0:
            lines = axes.tricontour(
                x, y, values, _levels(values), colors=GRAY, linewidths=0.8
            )
            axes.clabel(lines, fmt=lambda value: _said(value, measure), fontsize=6.5)
        shade = axes.scatter(
            x, y, c=values, cmap=COLORS, edgecolors=INK, linewidths=0.4, s=22, zorder=3
        )
        _bar(figure, axes, shade, measure)
        axes.set_xlabel(_title(across))
        axes.set_ylabel(_title(up))

    return draw(paint, height=3.6)


def line(facts: SweepFacts, measure: Measure, field: Swept, chosen: np.ndarray) -> str:
    """A measure over one field, with 95 % intervals."""
    chosen = chosen[facts.done[chosen]]
    chosen = chosen[np.argsort(field.values[chosen])]
    estimates = facts.estimates(measure.name, chosen.tolist())

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        value = np.array([each.value for each in estimates])
        reach = np.array([each.half_width for each in estimates])
        x = field.values[chosen]
        axes.errorbar(
            x, value, np.where(np.isfinite(reach), reach, 0), color=BLUE, capsize=2
        )
        if np.isfinite(field.base):
            axes.axvline(field.base, color=ORANGE, linestyle="--", linewidth=1)
        axes.set_xlabel(_title(field))
        axes.set_ylabel(measure.title)
        (money_axis if measure.is_money else percent_axis)(axes, "y")

    return draw(paint, height=2.8)


def tornado(effects: Sequence[Effect], measure: Measure) -> str:
    """One bar a field: the measure's change at the least and the greatest value."""

    def paint(figure: "Figure") -> None:
        axes = figure.subplots()
        for row, effect in enumerate(reversed(effects)):
            for end, color, hatch in zip(
                effect.from_base, (BLUE, ORANGE), ("", "///"), strict=True
            ):
                reach = end.half_width
                axes.barh(
                    row, end.value, 0.6, color="white" if hatch else color,
                    edgecolor=color, hatch=hatch, linewidth=0.8,
                    xerr=reach if np.isfinite(reach) else 0,
                    error_kw={"ecolor": INK, "elinewidth": 0.8, "capsize": 2},
                )  # fmt: skip
        names = [each.field.name for each in reversed(effects)]
        axes.set_yticks(range(len(names)), names)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlabel(f"Change of {measure.title} from the base config")
        (money_axis if measure.is_money else percent_axis)(axes, "x")

    return draw(paint, height=1.0 + 0.38 * len(effects))


def _bar(figure: "Figure", axes: "Axes", shade: object, measure: Measure) -> None:
    bar = figure.colorbar(shade, ax=axes, pad=0.02)  # pyright: ignore[reportArgumentType]
    bar.set_label(measure.title)
    (money_axis if measure.is_money else percent_axis)(bar.ax, "y")
    bar.outline.set_linewidth(0.4)  # pyright: ignore


def _iso_lines(
    axes: "Axes", x: np.ndarray, y: np.ndarray, values: np.ndarray, measure: Measure
) -> None:
    """Lines of equal value; none on a plain, or where numbers are missing."""
    if min(values.shape) < 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
        return
    lines = axes.contour(x, y, values, _levels(values), colors=ORANGE, linewidths=0.9)
    if values.size > _FEW:
        axes.clabel(lines, fmt=lambda value: _said(value, measure), fontsize=6.5)


def _levels(values: np.ndarray) -> np.ndarray:
    """Round values between the least and the greatest."""
    low, high = float(values.min()), float(values.max())
    ticks = np.asarray(MaxNLocator(ISO_LINES + 1).tick_values(low, high))
    inside = ticks[(ticks > low) & (ticks < high)]
    return inside if inside.size else np.array([(low + high) / 2])


def _numbers(axes: "Axes", values: np.ndarray, measure: Measure) -> None:
    known = values[np.isfinite(values)]
    middle = (known.min() + known.max()) / 2 if known.size else 0.0
    for (row, column), value in np.ndenumerate(values):
        text = _said(float(value), measure) if np.isfinite(value) else "-"
        color = "white" if value > middle else INK
        axes.text(
            column, row, text, ha="center", va="center", fontsize=6.5, color=color
        )


def _mark_base(axes: "Axes", across: Swept, up: Swept, chosen: np.ndarray) -> None:
    """A star where the base config lies, if it lies on the map."""
    places = []
    for field, ends in ((across, chosen[0]), (up, chosen[:, 0])):
        axis = field.values[ends]
        if not field.is_number or not axis.min() <= field.base <= axis.max():
            return
        order = np.argsort(axis)
        places.append(np.interp(field.base, axis[order], np.arange(axis.size)[order]))
    axes.plot(
        [places[0]], [places[1]], marker="*", markersize=11, color=ORANGE,
        markeredgecolor="white", linestyle="none",
    )  # fmt: skip


def _spans_a_plane(x: np.ndarray, y: np.ndarray) -> bool:
    points = np.column_stack([_unit(x), _unit(y)])
    rank = np.linalg.matrix_rank(points - points[0], tol=1e-6)
    return len(x) >= 4 and int(rank) == 2


def _unit(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / max(float(np.ptp(values)), 1e-300)


def _said(value: float, measure: Measure) -> str:
    return money(float(value)) if measure.is_money else percent(float(value))


def _title(field: Swept) -> str:
    unit = "" if field.unit == "1" else f" [{field.unit}]"
    return f"{field.name}{unit}"

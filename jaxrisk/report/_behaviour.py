"""Loops and behaviour: what borrowers and providers did of their own accord."""

import numpy as np

from . import _figure_channels as figures
from ._blocks import Block, Figure, Note, Section, Table
from ._facts import TOTAL, Facts
from ._format import Unit, column, measured_unit
from ._recorded import NOT_RECORDED, path_titles, so_far, track


TITLE = "Loops, unwinding and depth"
_BY_CHOICE = (
    ("unwound", "worst_unwound", "unwound_mean"),
    ("topped up", "worst_topped_up", "topped_up_mean"),
    ("levered up", "worst_levered", "levered_mean"),
)
_LIQUIDATED = ("liquidated", "worst_repaid", "liquidated_mean")
_SCALE = Unit(0.01)


def behaviour(facts: Facts) -> list[Section]:
    """One page where borrowers act, or liquidity providers leave.

    Args:
        facts: The result.

    Returns:
        The section; none where nobody does.
    """
    acts, leaves = _acts(facts), _leaves(facts)
    if not acts and not leaves:
        return []
    blocks = [*_figure(facts, acts=acts, leaves=leaves), *_amounts(facts)]
    return [Section(TITLE, [*blocks, *_depth(facts)])]


def _acts(facts: Facts) -> bool:
    return any(facts.measured(name) for part in _BY_CHOICE for name in part[1:])


def _leaves(facts: Facts) -> bool:
    return facts.measured("worst_depth") or facts.measured("lowest_depth_mean")


def _figure(facts: Facts, *, acts: bool, leaves: bool) -> list[Block]:
    """Amounts so far, and the depth that is left."""
    if not facts.measured("recorded_path", "worst_repaid"):
        return [Note(NOT_RECORDED)]
    columns, labels, told, read = [], [], [], []
    if acts:
        columns.append(_moved(facts))
        labels.append("So far [USD]")
        told.append(
            "what borrowers sold by choice, brought from outside, and borrowed to buy "
            "more, against debt repaid by liquidations, so far"
        )
        read.append(
            "Where a line of choice rises before that of liquidations, borrowers acted "
            "before they had to."
        )
    if leaves:
        columns.append(_left(facts))
        labels.append("Depth [%]")
        told.append(
            "share of the full depth of venues that liquidity providers have left there"
        )
        read.append("Where depth falls, the same sale moves the price more.")
    titles = path_titles(facts)
    for rank, title in enumerate(titles):
        first = columns[0][rank]
        columns[0][rank] = figures.Panel(title, first.lines, first.unit)
    svg = figures.rows(
        facts.dataset["time"].to_numpy(),
        [tuple(column[rank] for column in columns) for rank in range(len(titles))],
        labels,
    )
    sides = ("Left: ", "Right: ") if len(told) > 1 else ("", "")
    parts = (f"{side}{text}" for side, text in zip(sides, told, strict=False))
    what = ". ".join(_upper(part) for part in parts)
    caption = f"The worst paths. {what}. {' '.join(read)}"
    return [Figure(svg, caption, alt="What borrowers and providers did.")]


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _moved(facts: Facts) -> list[figures.Panel]:
    lines = {
        label: so_far(facts, name)
        for label, name, _ in (_LIQUIDATED, *_BY_CHOICE)
        if facts.measured(name)
    }
    some = {label: rows for label, rows in lines.items() if rows.any()} or lines
    return [
        figures.Panel(
            "", [figures.Line(name, rows[rank]) for name, rows in some.items()], "money"
        )
        for rank in range(facts.dataset.sizes["worst"])
    ]


def _left(facts: Facts) -> list[figures.Panel]:
    least = facts.dataset["worst_depth"].min(("worst", "time")).to_numpy()
    order = np.argsort(least, kind="stable")[: figures.MOST_LINES]
    assets = [facts.labels("asset")[row] for row in order if least[row] < 1]
    shown = assets or facts.labels("asset")[:1]
    depth = {asset: track(facts, "worst_depth", asset=asset) for asset in shown}
    return [
        figures.Panel(
            "",
            [figures.Line(name, rows[rank]) for name, rows in depth.items()],
            "percent",
        )
        for rank in range(facts.dataset.sizes["worst"])
    ]


def _amounts(facts: Facts) -> list[Block]:
    """Means over all paths, by market."""
    known = [part for part in (*_BY_CHOICE, _LIQUIDATED) if facts.measured(part[2])]
    if not any(part in _BY_CHOICE for part in known):
        return []
    head = ["Market"]
    cells = [["Total" if each == TOTAL else each for each in facts.scopes]]
    for title, _, name in known:
        values = [facts.estimate(name, scope=scope) for scope in facts.scopes]
        unit = measured_unit(values)
        head.append(f"{_upper(title)} [{unit.label}]")
        cells.append(column(values, unit))
    caption = (
        f"Means over {facts.horizon}, all paths, with 95 % errors. Unwound: collateral "
        "sold by choice. Topped up: brought from outside. Levered up: borrowed to buy "
        "collateral. Liquidated: debt repaid by keepers."
    )
    rows = tuple(zip(*cells, strict=True))
    return [Table(caption, tuple(head), rows, strong=(0,))]


def _depth(facts: Facts) -> list[Block]:
    """How much of the depth has left, over all paths."""
    if not facts.measured("lowest_depth_mean"):
        return []
    assets = facts.labels("asset")
    lowest = {one: facts.estimate("lowest_depth_mean", asset=one) for one in assets}
    shown = [one for one in assets if lowest[one].value < 1] or assets[:1]
    lost = [facts.estimate("depth_lost_var", asset=one) for one in shown]
    cells = (
        shown,
        column([lowest[one] for one in shown], _SCALE),
        column(lost, _SCALE),
    )
    head = ("Venue", "Lowest depth, mean [%]", "Depth withdrawn, 99 % quantile [%]")
    caption = (
        f"The least share of a venue's full depth over {facts.horizon}, all paths, "
        "with 95 % errors: on one path in a hundred more is withdrawn than the "
        "quantile."
    )
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]

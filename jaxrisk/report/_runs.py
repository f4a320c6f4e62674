"""Runs: reserves that are lent out, suppliers who leave, withdrawals that freeze."""

import numpy as np

from . import _figure_channels as figures
from ._blocks import Block, Figure, Note, Section, Table
from ._estimate import Estimate
from ._facts import Facts
from ._format import Unit, column, measured_unit, ranged
from ._recorded import NOT_RECORDED, largest, path_titles, so_far, track


TITLE = "Runs of suppliers"
SHOWN_RESERVES = 3
SHOWN_ROWS = 10


def runs(facts: Facts) -> list[Section]:
    """One page where suppliers may leave.

    Args:
        facts: The result.

    Returns:
        The section; none where they stay.
    """
    if not (facts.measured("worst_utilization") or facts.measured("withdrawn_mean")):
        return []
    blocks = [*_figure(facts), *_table(facts)]
    return [Section(TITLE, blocks)]


def _figure(facts: Facts) -> list[Block]:
    if not facts.measured("recorded_path", "worst_utilization"):
        return [Note(NOT_RECORDED)]
    wanted = largest(facts, "worst_withdrawn", "worst_frozen", at_most=SHOWN_RESERVES)
    if not wanted:
        return [Note("No supplier runs on the worst paths.")]
    used = {name: track(facts, "worst_utilization", reserve=name) for name in wanted}
    out = {
        name: so_far(facts, "worst_withdrawn", reserve=name)
        - so_far(facts, "worst_returned", reserve=name)
        for name in wanted
    }
    stuck = np.sum(
        [track(facts, "worst_frozen", reserve=name) for name in wanted], axis=0
    )
    grid = [
        (
            figures.Panel(
                title,
                [figures.Line(facts.reserve_name(k), v[rank]) for k, v in used.items()],
                "percent",
                shaded=stuck[rank],
                shade="frozen",
            ),
            figures.Panel(
                "",
                [figures.Line(facts.reserve_name(k), v[rank]) for k, v in out.items()],
                "money",
            ),
        )
        for rank, title in enumerate(path_titles(facts))
    ]
    svg = figures.rows(
        facts.dataset["time"].to_numpy(), grid, ("Utilization [%]", "Withdrawn [USD]")
    )
    caption = (
        "Runs on the worst paths. Left: what is borrowed of a reserve over what is "
        "supplied; shaded: steps in which somebody wanted out of one of them and could "
        "not. Right: what suppliers who ran have taken out so far, less what they "
        "brought back. Where utilization is at 100 % the right line is flat: nothing "
        "is left to take."
    )
    return [Figure(svg, caption, alt="Utilization and withdrawals.")]


def _table(facts: Facts) -> list[Block]:
    if not facts.measured("withdrawn_mean"):
        return []

    def values(name: str, rows: list[str]) -> list[Estimate]:
        return [facts.estimate(name, reserve=reserve) for reserve in rows]

    reserves = facts.labels("reserve")
    size = dict(zip(reserves, values("withdrawn_mean", reserves), strict=True))
    chance = dict(zip(reserves, values("frozen_probability", reserves), strict=True))
    ran = [one for one in reserves if size[one].value > 0 or chance[one].value > 0]
    if not ran:
        return [Note(f"No supplier runs on any of the {facts.paths:,} paths.")]
    shown = sorted(ran, key=lambda one: -size[one].value)[:SHOWN_ROWS]
    out, back = values("withdrawn_mean", shown), values("returned_mean", shown)
    unit = measured_unit([*out, *back])
    cells = (
        [facts.reserve_name(one) for one in shown],
        column(out, unit),
        column(back, unit),
        column(values("frozen_mean", shown), Unit(1.0)),
        ranged([chance[one] for one in shown], Unit(0.01)),
    )
    head = (
        "Reserve",
        f"Withdrawn [{unit.label}]",
        f"Brought back [{unit.label}]",
        "Frozen [steps]",
        "P(ever frozen) [%]",
    )
    caption = (
        f"Means over {facts.horizon}, all paths, with 95 % errors and intervals. "
        "Frozen: steps in which somebody wanted out and could not."
    )
    return [Table(caption, head, tuple(zip(*cells, strict=True)), small=True)]

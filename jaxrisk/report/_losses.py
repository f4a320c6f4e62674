"""Bad debt in detail: its distribution, and the markets and reserves it falls on."""

import math

from . import _figure_losses as figures
from ._blocks import Block, Figure, Note, Paragraph, Section, Table
from ._estimate import Estimate, total
from ._facts import TOTAL, Facts, level_name
from ._format import NO_NUMBER, Unit, column, measured_unit, money
from ._tail import histogram, sound_paths, tail_marks, zero_sentence


SHOWN_RESERVES = 10


def losses(facts: Facts) -> Section:
    """Distribution of bad debt, tail measures at all levels, timing.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    blocks = [*_distribution(facts), *_levels(facts), *_timing(facts)]
    return Section("Distribution of bad debt", blocks, new_page=True)


def _distribution(facts: Facts) -> list[Block]:
    parts = histogram(facts)
    if parts is None:
        return [Note("The distribution of bad debt was not measured.")]
    low, high, count = parts
    if not count.any():
        return [Note(f"None of the {facts.paths:,} paths has bad debt.")]
    svg = figures.distribution(
        low,
        high,
        count,
        paths=sound_paths(facts, count),
        tail=tail_marks(facts),
        horizon=facts.horizon,
    )
    caption = (
        f"Distribution of total bad debt over {facts.horizon} on paths where there is "
        f"any. {zero_sentence(facts)} Shaded: 95 % intervals of VaR and ES."
    )
    return [Figure(svg, caption, alt="Histogram of bad debt with VaR and ES marked.")]


def _levels(facts: Facts) -> list[Block]:
    """VaR and ES of bad debt and LaR at every level that was measured."""
    if not facts.levels:
        return [Note("VaR and ES were not measured.")]
    columns = (
        ("VaR of bad debt", "bad_debt_var"),
        ("ES of bad debt", "bad_debt_es"),
        ("LaR (liquidated debt)", "liquidations_at_risk"),
        ("ES of liquidated debt", "liquidated_es"),
    )
    head, cells = ["Level"], [[level_name(level) for level in facts.levels]]
    for title, name in columns:
        values = [
            facts.estimate(name, scope=TOTAL, level=level) for level in facts.levels
        ]
        unit = measured_unit(values)
        head.append(f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    caption = f"Tail of the total over {facts.horizon}, with 95 % errors."
    return [Table(caption, tuple(head), tuple(zip(*cells, strict=True)))]


def _timing(facts: Facts) -> list[Block]:
    """When the first bad debt is realized, over paths that have any."""
    name = "time_to_first_deficit"
    if name in facts.dataset and not facts.measured(name):
        return [Note("No path has realized bad debt: there is no time to its first.")]
    if name not in facts.dataset:
        return [Note("The time to the first realized bad debt was not measured.")]
    parts = []
    for quantile in (0.05, 0.5, 0.95):
        day = facts.estimate(name, quantile=quantile).value
        parts.append(f"{day:.1f}" if math.isfinite(day) else NO_NUMBER)
    return [
        Paragraph(
            "On paths with realized bad debt, the first of it is written off after "
            f"{parts[1]} days in the median (90 % of such paths: {parts[0]} to "
            f"{parts[2]} days)."
        )
    ]


def where(facts: Facts) -> Section:
    """Bad debt by market and by reserve.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    blocks = [*_by_market(facts), *_by_reserve(facts)]
    return Section("Bad debt by market and reserve", blocks)


def _by_market(facts: Facts) -> list[Block]:
    columns = (
        ("Expected bad debt", "bad_debt_mean"),
        ("Paid by reserve fund", "covered_mean"),
        ("Debt repaid by liquidations", "liquidated_mean"),
    )
    head = ["Market"]
    cells = [["Total" if each == TOTAL else each for each in facts.scopes]]
    for title, name in columns:
        values = [facts.estimate(name, scope=scope) for scope in facts.scopes]
        unit = measured_unit(values)
        head.append(f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    chance = [
        facts.estimate("bad_debt_probability", scope=scope) for scope in facts.scopes
    ]
    head.append("P(bad debt > 0) [%]")
    cells.append(column(chance, Unit(0.01)))
    caption = f"Means over {facts.horizon} by market, with 95 % errors."
    rows = tuple(zip(*cells, strict=True))
    return [Table(caption, tuple(head), rows, strong=(0,))]


def _by_reserve(facts: Facts) -> list[Block]:
    if not facts.measured("realized_mean", "unrealized_mean"):
        return [Note("Bad debt by reserve was not measured.")]
    reserves = facts.labels("reserve")
    rows = [_reserve_row(facts, reserve) for reserve in reserves]
    order = sorted(range(len(rows)), key=lambda at: -_size(rows[at]))
    shown = [at for at in order if _size(rows[at]) > 0][:SHOWN_RESERVES]
    if not shown:
        return [Note("No reserve has bad debt and none was liquidated on any path.")]
    titles = ("Realized", "Unrealized", "Together", "Collateral seized")
    head, cells = ["Reserve"], [[facts.reserve_name(reserves[at]) for at in shown]]
    for place, title in enumerate(titles):
        values = [rows[at][place] for at in shown]
        unit = measured_unit(values)
        head.append(f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    caption = (
        f"Expected bad debt over {facts.horizon} by the reserve that is owed, before "
        "the reserve fund, and collateral seized by the reserve it is held in. "
        f"{_left_out(rows, order[len(shown) :])}"
    )
    table = Table(caption, tuple(head), tuple(zip(*cells, strict=True)))
    return [*_bars(facts, reserves, rows, shown), table]


def _reserve_row(facts: Facts, reserve: str) -> tuple[Estimate, ...]:
    """Realized, unrealized, their sum, and seized collateral of a reserve [USD]."""
    realized = facts.estimate("realized_mean", reserve=reserve)
    unrealized = facts.estimate("unrealized_mean", reserve=reserve)
    seized = facts.estimate("seized_mean", reserve=reserve)
    return realized, unrealized, total([realized, unrealized]), seized


def _size(row: tuple[Estimate, ...]) -> float:
    """What reserves are ordered by: bad debt, then a trace of what is seized."""
    return row[2].value + (1e-9 * row[3].value if row[3].measured else 0.0)


def _left_out(rows: list[tuple[Estimate, ...]], places: list[int]) -> str:
    """Says what the reserves that are not shown add up to; empty for nothing."""
    rest = sum(rows[at][2].value for at in places)
    if not rest > 0:
        return ""
    return f"{len(places)} more reserves hold {money(rest)} together."


def _bars(
    facts: Facts,
    reserves: list[str],
    rows: list[tuple[Estimate, ...]],
    shown: list[int],
) -> list[Block]:
    """Bars of reserves with bad debt; nothing to draw where there is none."""
    owed = [at for at in shown if rows[at][2].value > 0]
    if not owed:
        return []
    svg = figures.by_reserve(
        [facts.reserve_name(reserves[at]) for at in owed],
        [rows[at][0] for at in owed],
        [rows[at][1] for at in owed],
        horizon=facts.horizon,
    )
    caption = (
        "Expected bad debt by the reserve that is owed. Realized: written off after "
        "all collateral was seized. Unrealized: debt above its collateral at the "
        "horizon. Whiskers: 95 % intervals."
    )
    return [Figure(svg, caption, alt="Bars of expected bad debt by reserve.")]

"""Funding, basis, insurance and deleveraging of the perpetual futures."""

from . import _figure_worst as figures
from ._blocks import Block, Figure, Note, Section, Statements, Table
from ._estimate import Estimate
from ._facts import LEVEL, Facts, level_name
from ._format import (
    PERCENT,
    Unit,
    column,
    interval,
    measured_unit,
    stated,
)
from ._hedging import together
from ._recorded import NOT_RECORDED, path_titles


TITLE = "Funding and basis"


def funding(facts: Facts) -> Section:
    """Basis and funding through the worst paths, and the measures of all of them.

    Args:
        facts: A result with perpetuals.

    Returns:
        A section of the report.
    """
    return Section(TITLE, [*_figure(facts), _table(facts), _insurance(facts)])


def _figure(facts: Facts) -> list[Block]:
    if not facts.measured("recorded_path", "worst_basis", "worst_funding_rate"):
        return [Note(NOT_RECORDED)]
    closed = facts.dataset["worst_perp_liquidated"].sum(("worst", "time"))
    main = facts.labels("perp")[int(closed.to_numpy().argmax())]
    one = facts.dataset.sel(perp=main)
    panels = [
        figures.PerpPanel(
            title=title,
            time=one["time"].to_numpy(),
            basis=one["worst_basis"].to_numpy()[rank],
            funding=one["worst_funding_rate"].to_numpy()[rank],
            closed=one["worst_perp_liquidated"].to_numpy()[rank],
            deleveraged=one["worst_perp_deleveraged"].to_numpy()[rank],
            paid=one["worst_insurance_paid"].to_numpy()[rank],
        )
        for rank, title in enumerate(path_titles(facts))
    ]
    caption = (
        f"The perpetual on {main} on the same paths. Left: basis, the log "
        "of its price over spot (blue), and the funding rate that longs pay shorts in "
        "an interval (amber). Middle: positions closed for want of margin (gray) and "
        "the part of them that was deleveraged (orange). Right: paid by the insurance "
        f"fund so far, for all perpetuals.{together(facts)}"
    )
    alt = f"Basis, funding and closed positions of {main} on the worst paths."
    return [Figure(figures.perps(panels), caption, alt=alt)]


def _table(facts: Facts) -> Table:
    """One row a perpetual; means, a probability, and the ends of the basis."""
    perps = facts.labels("perp")

    def values(name: str) -> list[Estimate]:
        return [facts.estimate(name, perp=perp) for perp in perps]

    head, cells = ["Perpetual"], [perps]

    def add(title: str, name: str, unit: Unit, label: str) -> None:
        head.append(f"{title} [{label}]")
        cells.append(column(values(name), unit))

    for title, name in (
        ("Closed", "perp_liquidated_mean"),
        ("Deleveraged", "perp_deleveraged_mean"),
    ):
        unit = measured_unit(values(name))
        add(title, name, unit, unit.label)
    for title, name in (
        ("P(deleveraged > 0)", "perp_deleveraged_probability"),
        ("Lowest basis, mean", "lowest_basis_mean"),
        ("Lowest basis, 1 % quantile", "lowest_basis_tail"),
        ("Highest basis, mean", "highest_basis_mean"),
        ("Highest basis, 99 % quantile", "highest_basis_tail"),
    ):
        add(title, name, Unit(0.01), "%")
    caption = (
        f"Perpetuals over {facts.horizon}, all paths, with 95 % errors. Deleveraged: "
        "closed against the other side because neither margin nor the insurance fund "
        "paid for more. Basis: the log of the perpetual over spot, at the ends of "
        "steps."
    )
    return Table(caption, tuple(head), tuple(zip(*cells, strict=True)), small=True)


def _insurance(facts: Facts) -> Block:
    """What the fund pays: mean, how often, and in the tail."""
    mean = facts.estimate("insurance_paid_mean")
    chance = facts.estimate("insurance_paid_probability")
    if not (mean.measured and chance.measured):
        return Note("Payments of the insurance fund were not measured.")
    unit = measured_unit([mean])
    text = (
        f"The insurance fund pays {stated(mean, unit)} on average "
        f"({interval(mean, unit)}), and anything at all with a chance of "
        f"{stated(chance, PERCENT)} ({interval(chance, PERCENT)})"
    )
    at_risk = facts.estimate("insurance_paid_var", level=LEVEL)
    shortfall = facts.estimate("insurance_paid_es", level=LEVEL)
    if at_risk.measured and shortfall.measured:
        unit = measured_unit([shortfall])
        text += (
            f". Its VaR at {level_name(LEVEL)} is {stated(at_risk, unit)} "
            f"({interval(at_risk, unit)}), its ES {stated(shortfall, unit)} "
            f"({interval(shortfall, unit)})"
        )
    return Statements((("Insurance fund", f"{text}. 95 % intervals in brackets."),))

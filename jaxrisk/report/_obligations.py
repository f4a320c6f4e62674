"""Obligations: entities that owe each other, and who cannot pay."""

from ._blocks import Block, Paragraph, Section, Table
from ._estimate import Estimate
from ._facts import LEVEL, Facts, level_name
from ._format import Unit, column, measured_unit, ranged


TITLE = "Entities that owe each other"


def obligations(facts: Facts) -> list[Section]:
    """One page where there are entities.

    Args:
        facts: The result.

    Returns:
        The section; none without an entity.
    """
    names = facts.labels("entity")
    if not names or not facts.measured("entity_default_probability"):
        return []
    text = (
        "At the horizon all debts between entities fall due at once, together with "
        "their share of the markets' bad debt. Who has less than it owes defaults and "
        "pays in proportion; that may bring down those whom it owes."
    )
    blocks: list[Block] = [Paragraph(text), _defaults(facts, names)]
    return [Section(TITLE, [*blocks, _shortfalls(facts, names)])]


def _defaults(facts: Facts, names: list[str]) -> Table:
    def values(name: str) -> list[Estimate]:
        return [facts.estimate(name, entity=one) for one in names]

    alone, others = (
        values("entity_default_probability"),
        values("entity_contagion_probability"),
    )
    scale = Unit(0.01)
    cells = (
        names,
        ranged(alone, scale),
        ranged(others, scale),
    )
    head = (
        "Entity",
        "P(default) [%]",
        "Of it because others do not pay [%]",
    )
    caption = (
        "Chance that an entity cannot pay, and the part of it in which it could have "
        "paid if the others had, with 95 % intervals."
    )
    return Table(caption, head, tuple(zip(*cells, strict=True)), small=True)


def _shortfalls(facts: Facts, names: list[str]) -> Table:
    head, cells = ["Entity"], [names]
    columns: tuple[tuple[str, str, dict[str, float]], ...] = (
        ("Owed and not paid, mean", "entity_shortfall_mean", {}),
        (f"VaR {level_name(LEVEL)}", "entity_shortfall_var", {"level": LEVEL}),
        (f"ES {level_name(LEVEL)}", "entity_shortfall_es", {"level": LEVEL}),
        ("Equity left, mean", "entity_equity_mean", {}),
    )
    for title, name, at in columns:
        values = [facts.estimate(name, entity=one, **at) for one in names]
        unit = measured_unit(values)
        head.append(f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    caption = (
        "What entities owe and do not pay, and what is left to their owners, with 95 % "
        "errors."
    )
    return Table(caption, tuple(head), tuple(zip(*cells, strict=True)))

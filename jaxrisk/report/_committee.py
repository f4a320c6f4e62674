"""The first page: what was asked, the answer, one table, one picture."""

import numpy as np

from . import _figure_losses as figures
from ._blocks import Answer, Block, Caution, Figure, Note, Paragraph, Section, Table
from ._book import profile
from ._estimate import Estimate
from ._facts import LEVEL, TOTAL, Facts, level_name
from ._format import (
    PERCENT,
    SPACE,
    Unit,
    column,
    interval,
    measured_unit,
    percent,
    stated,
)
from ._tail import histogram, sound_paths, tail_marks, zero_sentence


HOW_TO_READ = (
    "Ranges in brackets are 95 % confidence intervals of the simulation, and ± is half "
    "of one: how far the number may move with another seed. They do not hold the "
    "uncertainty of the model or of its parameters. Those of VaR and LaR are from "
    "order statistics; n/a: too few paths, or not measured."
)
# No event in n independent trials: its chance is below 3/n at 95 %.
RULE_OF_THREE = 3.0


def committee(facts: Facts) -> Section:
    """The page that a committee reads.

    Args:
        facts: The result.

    Returns:
        The first section of the report.
    """
    blocks: list[Block] = [Paragraph(_question(facts))]
    if facts.synthetic:
        blocks.append(
            Caution(
                "The book of accounts is synthetic: generated from published "
                "statistics, not read from a chain. The numbers show what such a book "
                "would do, not what a live market holds."
            )
        )
    sentences = (_expectation(facts), _tail(facts), _liquidations(facts))
    blocks.append(Answer(sentences))
    blocks.append(_table(facts))
    blocks.append(Note(HOW_TO_READ))
    blocks.extend(_exceedance(facts))
    return Section("For the committee", blocks)


def _question(facts: Facts) -> str:
    """What was asked, in the words of the config where it has any, and of what."""
    markets = " and ".join(facts.markets) or "the simulated markets"
    asked = str(facts.config.get("description") or "").strip() or (
        f"How much bad debt may {markets} be left with, and how much will be "
        "liquidated?"
    )
    return (
        f"{asked} Simulated: {markets} over {facts.horizon}, on {facts.paths:,} price "
        f"paths, from {as_of(facts)}."
    )


def as_of(facts: Facts) -> str:
    """The date of the prices and of the book, or that it is not stated."""
    date = facts.config.get("as_of") or facts.attribute("as_of")
    return f"the state of {date}" if date else "the prices and the book of the config"


def _expectation(facts: Facts) -> str:
    mean = facts.estimate("bad_debt_mean", scope=TOTAL)
    if not mean.measured:
        return "The expected bad debt was not measured."
    unit = measured_unit([mean])
    if mean.value == 0:
        return (
            f"No bad debt occurred on any of the {facts.paths:,} paths over "
            f"{facts.horizon}."
        )
    return (
        f"Over {facts.horizon} the expected bad debt is "
        f"{stated(mean, unit)} (95 % interval {interval(mean, unit)})."
    )


def _tail(facts: Facts) -> str:
    """Chance of bad debt, VaR and ES; a VaR of zero is said in words."""
    chance = facts.estimate("bad_debt_probability", scope=TOTAL)
    at = {"scope": TOTAL, "level": LEVEL}
    value_at_risk = facts.estimate("bad_debt_var", **at)
    shortfall = facts.estimate("bad_debt_es", **at)
    level = level_name(LEVEL)
    if not (chance.measured and value_at_risk.measured and shortfall.measured):
        return f"The tail at {level} was not measured."
    odds = f"The chance of any bad debt, P(bad debt > 0), is {chance_text(facts)}"
    if shortfall.value == 0:
        return f"{odds}; VaR and ES at {level} are zero."
    worst = f"{_amount(shortfall)} on average over the worst 1 % (ES {level})"
    if value_at_risk.value == 0:
        return (
            f"{odds}, so that the {level} VaR is zero: at least 99 paths in 100 end "
            f"without any; bad debt is {worst}."
        )
    return (
        f"{odds}; it exceeds {_amount(value_at_risk)} on one path in a hundred "
        f"(VaR {level}), and is {worst}."
    )


def chance_text(facts: Facts) -> str:
    """P(bad debt > 0) with its interval; a bound where it was never seen."""
    chance = facts.estimate("bad_debt_probability", scope=TOTAL)
    paths = facts.paths - facts.failed
    if chance.value == 0 and paths > 0:
        bound = percent(RULE_OF_THREE / paths)
        return f"below {bound} (none seen; 95 % confidence)"
    ends = interval(chance, PERCENT)
    return f"{stated(chance, PERCENT)} (95 % interval {ends})"


def _amount(estimate: Estimate) -> str:
    """An amount with its interval in brackets."""
    unit = measured_unit([estimate])
    return f"{stated(estimate, unit)} ({interval(estimate, unit)})"


def _liquidations(facts: Facts) -> str:
    """Liquidations at risk, what they seize, and where the loss falls."""
    name = "liquidations_at_risk"
    most = facts.estimate(name, scope=TOTAL, level=LEVEL)
    if not most.measured:
        return "Liquidations at risk were not measured."
    level = level_name(LEVEL)
    text = f"At {level}, liquidations repay up to {_amount(most)} of debt (LaR)"
    seized = largest_reserve(facts, ["seized_mean"])
    if seized is not None:
        text += (
            f"; {100 * seized[1]:.0f}{SPACE}% of the collateral seized is {seized[0]}"
        )
    exposed = largest_reserve(facts, ["realized_mean", "unrealized_mean"])
    if exposed is not None:
        share = f"{100 * exposed[1]:.0f}{SPACE}%"
        text += f", and {share} of the expected bad debt is owed in {exposed[0]}"
    return f"{text}."


def largest_reserve(facts: Facts, names: list[str]) -> tuple[str, float] | None:
    """The reserve with the largest sum of some variables, and its share of all.

    Args:
        facts: The result.
        names: Variables by reserve [USD], to be added up.

    Returns:
        Name and share [ratio]; None where nothing was measured or all is zero.
    """
    if not facts.measured(*names):
        return None
    value = np.sum([facts.dataset[name].to_numpy() for name in names], axis=0)
    if not np.isfinite(value).all() or value.sum() <= 0:
        return None
    top = int(value.argmax())
    reserve = facts.labels("reserve")[top]
    return facts.reserve_name(reserve), float(value[top] / value.sum())


def _table(facts: Facts) -> Table:
    """One row for the total and one for each market."""
    risk, moved = {"level": LEVEL}, {"level": 0.95}
    chance = Unit(0.01)
    columns = (
        ("Expected bad debt", "bad_debt_mean", {}, None),
        ("P(bad debt > 0) [%]", "bad_debt_probability", {}, chance),
        ("VaR 99 %", "bad_debt_var", risk, None),
        ("ES 99 %", "bad_debt_es", risk, None),
        ("LaR 95 %", "liquidations_at_risk", moved, None),
        ("LaR 99 %", "liquidations_at_risk", risk, None),
    )
    head, cells = ["Market"], [list(facts.scopes)]
    for title, name, at, fixed in columns:
        values = [facts.estimate(name, scope=scope, **at) for scope in facts.scopes]
        unit = fixed or measured_unit(values)
        head.append(title if fixed else f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    cells[0] = ["Total" if scope == TOTAL else scope for scope in facts.scopes]
    return Table(
        caption=f"Bad debt and liquidated debt over {facts.horizon}, with 95 % errors.",
        head=tuple(head),
        rows=tuple(zip(*cells, strict=True)),
        strong=(0,),
    )


def _exceedance(facts: Facts) -> list[Block]:
    """The picture of the first page, or why there is none."""
    losses = histogram(facts)
    if losses is None:
        return [Note("The distribution of bad debt was not measured.")]
    low, high, count = losses
    if not count.any():
        return _without_loss(facts)
    svg = figures.exceedance(
        low,
        high,
        count,
        paths=sound_paths(facts, count),
        tail=tail_marks(facts),
        horizon=facts.horizon,
    )
    caption = (
        f"Chance that total bad debt over {facts.horizon} exceeds an amount. Read from "
        "the amount at the bottom up to the curve. Shaded: 95 % intervals. "
        f"{zero_sentence(facts)}"
    )
    return [Figure(svg, caption, alt="Chance of exceeding an amount of bad debt.")]


def _without_loss(facts: Facts) -> list[Block]:
    """The picture where no path has bad debt: what a fall in price liquidates."""
    pictures = [each for each in profile(facts).blocks if isinstance(each, Figure)]
    text = "No path has bad debt: there is no distribution of it to draw."
    return [Note(text), *pictures]

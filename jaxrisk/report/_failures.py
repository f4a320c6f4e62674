"""Who fails, who fails first, and who fails together."""

from itertools import combinations

from ._blocks import Block, Paragraph, Section, Table
from ._facts import Facts
from ._format import PERCENT, Unit, column, measured_unit, ranged, stated


TITLE = "Who fails first, and who fails together"
SHOWN_PAIRS = 10
_READ = (
    "A market fails when it first writes off bad debt, an entity when it cannot pay at "
    "the horizon. First: nobody has failed before it; of those that fail in the same "
    "step each counts, so that the column may add up to more than the chance that "
    "anybody fails."
)
_SCALE = Unit(0.01)


def failures(facts: Facts) -> list[Section]:
    """One page where there is more than one who may fail.

    Args:
        facts: The result.

    Returns:
        The section; none where only one may fail.
    """
    if not facts.measured("fails_first_probability"):
        return []
    blocks: list[Block] = [Paragraph(_READ), _order(facts), *_pairs(facts)]
    return [Section(TITLE, blocks)]


def _order(facts: Facts) -> Table:
    """A row for each, the one that fails first most often at the top."""
    names = facts.labels("who")
    first = {who: facts.estimate("fails_first_probability", who=who) for who in names}
    names = sorted(names, key=lambda who: -first[who].value)
    lost = [facts.estimate("bad_debt_mean", scope=who) for who in names]
    any_debt = [facts.estimate("bad_debt_probability", scope=who) for who in names]
    unit = measured_unit(lost)
    fails = [facts.estimate("fails_probability", who=who) for who in names]
    cells = (
        names,
        [_absent(text) for text in column(lost, unit)],
        [_absent(text) for text in ranged(any_debt, _SCALE)],
        ranged(fails, _SCALE),
        ranged([first[who] for who in names], _SCALE),
    )
    head = (
        "Who",
        f"Expected bad debt [{unit.label}]",
        "P(bad debt > 0) [%]",
        "P(fails) [%]",
        "P(first to fail) [%]",
    )
    caption = (
        f"Failures over {facts.horizon}, with 95 % errors and intervals. "
        "P(bad debt > 0) counts debt above its collateral at the horizon as well, "
        "P(fails) of a market only what it has written off."
    )
    return Table(caption, head, tuple(zip(*cells, strict=True)), small=True)


def _absent(text: str) -> str:
    """An entity has no bad debt of its own."""
    return "\N{EN DASH}" if "n/a" in text else text


def _pairs(facts: Facts) -> list[Block]:
    """How often two fail on the same path, against what chance alone would do."""
    name, rows = "fails_together_probability", []
    alone = {
        who: facts.estimate("fails_probability", who=who).value
        for who in facts.labels("who")
    }
    for one, other in combinations(alone, 2):
        both = facts.estimate(name, who=one, with_whom=other)
        if both.value > 0:
            rows.append((both, one, other, alone[one] * alone[other]))
    rows.sort(key=lambda row: -row[0].value)
    if not rows:
        return [Paragraph("No two of them fail on the same path.")]
    shown = rows[:SHOWN_PAIRS]
    cells = (
        [f"{one} and {other}" for _, one, other, _ in shown],
        ranged([both for both, *_ in shown], _SCALE),
        [f"{100 * chance:.2g}" for *_, chance in shown],
        [f"{both.value / chance:.2g}" for both, *_, chance in shown],
    )
    head = (
        "Pair",
        "P(both fail) [%]",
        "If independent [%]",
        "Ratio",
    )
    both, one, other, _ = shown[0]
    caption = (
        "Joint failures, with 95 % intervals. If independent: the product of the two "
        f"chances. The ratio says how much more often: {one} and {other} both fail on "
        f"{stated(both, PERCENT)} of the paths, {cells[3][0]} times as often as if "
        "they had nothing in common."
    )
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]

"""Assumptions: every setting of the config as tables, in words and units."""

from collections.abc import Mapping

from ._blocks import Block, Note, Paragraph, Section, Statements, Table
from ._channel_settings import channel_settings
from ._derivatives import derivative_settings
from ._facts import Facts
from ._settings import Settings, factors, idle, mappings, row, scalars, tables, told
from ._units import ABSENT, words


CALM = (
    "Correlation of shocks. A dash: not given, so that it is the default between base "
    "assets, and 0 with a pegged one."
)
STRESS = (
    "Correlation in stress. A dash: not given, so that it is the one above, raised to "
    "the floor."
)
BETA = (
    "Size of a common jump by asset; 1 for base assets that are not named, 0 for "
    "pegged ones."
)
KINDS = {
    "instant": "The oracle publishes the market price at once.",
    "heartbeat": "The oracle publishes on a move of at least the deviation, or once "
    "the heartbeat has passed.",
    "delayed": "The oracle publishes the price of a fixed time ago.",
    "greedy": "Keepers liquidate everything that may be liquidated, at any profit.",
    "rational": "Keepers liquidate in order of profit, until slippage eats the bonus, "
    "and pay gas.",
    "aave_v2": "Aave v2: half of the debt may be repaid at once.",
    "aave_v3": "Aave v3: half of the debt, all of it at a health factor of 0.95 or "
    "below.",
    "aave_v3.3": "Aave v3.3: half of the debt; all of it at a health factor of 0.95 or "
    "below, or for positions under $2,000; no remainder below $1,000.",
    "full": "All of the debt may be repaid at once.",
    "restore": "As much may be repaid as restores the account to a target health.",
    "gaussian": "Normal shocks.",
    "student_t": "Student-t shocks; one mixing variable a step, common to all assets.",
}


def assumptions(facts: Facts) -> Section:
    """All settings of the run.

    Args:
        facts: The result.

    Returns:
        A section of the report.
    """
    title = "Assumptions"
    config = facts.config
    if not config:
        text = "The result does not hold its config: assumptions cannot be printed."
        return Section(title, [Note(text)], new_page=True)
    blocks: list[Block] = [
        Paragraph("Every setting of the run, as the config states it.")
    ]
    blocks += tables("Assets", config.get("assets"), name="Asset")
    blocks += _market_model(config.get("market_model"))
    blocks += _part("Oracle", config.get("oracle"))
    blocks += _part("Keepers", config.get("keeper"))
    blocks += tables("Venues", config.get("venues"), name="Asset")
    blocks += derivative_settings(facts)
    blocks += channel_settings(config)
    for market, settings in mappings(config.get("markets")).items():
        blocks += _market(market, settings)
    blocks += _run(config)
    return Section(title, blocks, new_page=True)


def _part(title: str, section: object) -> list[Block]:
    """One mechanism: what it does, its settings, and what differs by asset."""
    if not isinstance(section, Mapping):
        return []
    kind = str(section.get("kind", ""))
    what = KINDS.get(kind, words(kind) if kind else "As set below.")
    blocks: list[Block] = [Statements(((title, told(what, section)),))]
    for key, nested in mappings(section).items():
        blocks += tables(
            f"{title}: settings by {words(key).lower()}", nested, name="Name"
        )
    return blocks


def _market_model(section: object) -> list[Block]:
    """Law of shocks, correlation, common jumps and regimes."""
    if not isinstance(section, Mapping):
        return []
    innovation = section.get("innovation") or {}
    law = KINDS.get(str(innovation.get("kind")), ABSENT)
    blocks: list[Block] = [
        Statements((("Shocks", told(law, {**innovation, **scalars(section)})),)),
        *_correlation(CALM, section.get("correlation")),
    ]
    jumps = section.get("common_jumps") or {}
    if not idle(jumps):
        blocks.append(Statements((("Common jumps", row(jumps)),)))
        blocks += factors(BETA, jumps.get("beta"))
    regimes = section.get("regimes") or {}
    text = row(regimes) if regimes else "One regime: no stress state."
    blocks.append(Statements((("Regimes", text),)))
    blocks += _correlation(STRESS, regimes.get("correlation"))
    return blocks


def _correlation(caption: str, pairs: object) -> list[Block]:
    """Pairs of correlations as the upper half of a matrix."""
    rows = mappings(pairs)
    value = {
        frozenset((first, second)): float(each)
        for first, row in rows.items()
        for second, each in row.items()
    }
    names = list(dict.fromkeys(name for pair in rows for name in (pair, *rows[pair])))
    if not value:
        return []
    table = [
        (
            first,
            *(
                f"{value[pair]:.2f}"
                if (pair := frozenset((first, second))) in value
                else ABSENT
                for second in names[1:]
            ),
        )
        for first in names[:-1]
    ]
    body = tuple(_upper(row, place) for place, row in enumerate(table))
    return [Table(caption, ("", *names[1:]), body, small=True)]


def _upper(row: tuple[str, ...], place: int) -> tuple[str, ...]:
    """Blank out what the upper half says already."""
    return tuple("" if 0 < column <= place else cell for column, cell in enumerate(row))


def _market(name: str, settings: Settings) -> list[Block]:
    """The rules and the parameters of one market."""
    rule = settings.get("close_factor") or {}
    kind = str(rule.get("kind"))
    text = told(told(KINDS.get(kind, words(kind)), rule), settings)
    return [
        Statements(((f"Market {name}", text),)),
        *tables(f"Reserves of {name}", settings.get("reserves"), name="Reserve"),
        *tables(f"E-modes of {name}", settings.get("e_modes"), name="E-mode"),
    ]


def _run(config: Settings) -> list[Block]:
    """Book, time and engine."""
    time = {key: config.get(key) for key in ("horizon_days", "step_minutes")}
    book = dict(config.get("book") or {})
    written = book.pop("accounts", None)
    if written:
        book["accounts_in_the_config"] = len(written)
    parts = (
        ("Time", time),
        ("Book", book),
        ("Engine", config.get("engine") or {}),
        ("Run", config.get("run") or {}),
    )
    return [Statements(tuple((title, row(part)) for title, part in parts if part))]

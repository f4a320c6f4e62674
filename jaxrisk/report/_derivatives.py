"""Options dealers and perpetual futures: their pages and their settings."""

from collections.abc import Mapping
from typing import Any

from ._blocks import Block, Caution, Section, Statements
from ._facts import Facts
from ._funding import funding
from ._gamma import gamma
from ._hedging import hedging
from ._settings import counted, mappings, scalars, tables, told


DEALERS_SIGN = (
    "The sign of the dealers' position is an assumption: open interest says how many "
    "options there are, and not who holds which side. Where dealers are short of "
    "options (below zero) their gamma is negative: they sell what falls and buy what "
    "rises, so that their hedging makes moves larger. Where they are long (above "
    "zero) their gamma is positive: they buy what falls and sell what rises, so that "
    "their hedging makes moves smaller. With the other sign the effect would be the "
    "opposite; run both before relying on either."
)
HEDGING = {
    "at_once": "Dealers hedge at once, at the price that their own trade leads to.",
    "interval": "Dealers hedge now and then, at the price seen before their own trade.",
    "band": "Dealers hedge once a step what is out of a band, to its edge.",
}
LOSSES = {
    "deleverage": "Where the insurance fund is empty, positions on the other side are "
    "closed at the bankruptcy price.",
    "socialise": "Where the insurance fund is empty, all profits are cut in part.",
}


def derivatives(facts: Facts) -> list[Section]:
    """Pages on dealers and perpetuals; none where keepers alone trade.

    Args:
        facts: The result.

    Returns:
        Sections of the report.
    """
    dealers, perps = facts.has_dealers, facts.has_perps
    sections = [hedging(facts)] if dealers or perps else []
    if perps:
        sections.append(funding(facts))
    if facts.measured("dealer_gamma"):
        sections.append(gamma(facts))
    return sections


def derivative_settings(facts: Facts) -> list[Block]:
    """Settings of both, and the dealers' sign in words."""
    return [
        *_options(facts.config.get("options")),
        *([Caution(DEALERS_SIGN)] if facts.has_dealers else []),
        *_perps(facts.config.get("perps")),
    ]


def _options(section: object) -> list[Block]:
    if not isinstance(section, Mapping):
        return []
    policy: Mapping[str, Any] = section.get("hedging") or {}
    text = told(HEDGING.get(str(policy.get("kind")), ""), policy)
    return [
        Statements((("Options dealers", text),)),
        *tables("Options", section.get("underlyings"), name="Asset"),
    ]


def _perps(section: object) -> list[Block]:
    if not isinstance(section, Mapping):
        return []
    plain = {key: value for key, value in section.items() if key != "losses"}
    text = told(LOSSES.get(str(section.get("losses")), ""), plain)
    nested = mappings(section)
    accounts = counted("Account", section.get("accounts"))
    positions = {
        f"{account}, {asset}": position
        for account, settings in accounts.items()
        for asset, position in mappings(settings.get("positions")).items()
    }
    balances = {account: scalars(settings) for account, settings in accounts.items()}
    several = "Accounts with several perpetuals"
    index = {"All perpetuals": nested["index"]} if "index" in nested else {}
    return [
        Statements((("Perpetual futures", text),)),
        *tables("Perpetuals", nested.get("contracts"), name="Asset"),
        *tables(several, balances, name="Account"),
        *tables(f"{several}: positions", positions, name="Position"),
        *tables("Index", index, name="Of"),
    ]

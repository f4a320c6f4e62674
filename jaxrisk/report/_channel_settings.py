"""Settings of claims, behaviour, policy and obligations, as the config states them."""

from collections.abc import Mapping

from ._blocks import Block, Statements
from ._settings import Settings, counted, mappings, row, scalars, tables


ABSENT = "Nothing is set."


def channel_settings(config: Settings) -> list[Block]:
    """Tables of every such section that the config has.

    Args:
        config: All settings of the run.
    """
    return [
        *tables("Mint-and-burn stablecoins", config.get("spirals"), name="Stablecoin"),
        *_credit(config.get("credit")),
        *_behaviour(config.get("behaviour")),
        *_policy(config.get("policy")),
        *_obligations(config.get("obligations")),
    ]


def _credit(section: object) -> list[Block]:
    if not isinstance(section, Mapping):
        return []
    lines = {
        str(account): {"tier": tier}
        for account, tier in (section.get("lines") or {}).items()
    }
    return [
        *tables("Tiers of credit lines", section.get("tiers"), name="Tier"),
        *tables("Credit lines", lines, name="Account"),
    ]


def _behaviour(section: object) -> list[Block]:
    if not isinstance(section, Mapping):
        return []
    rules = counted("Rule", section.get("borrowers"))
    return [
        *tables("Loops", counted("Loop", section.get("loops")), name="Loop"),
        *tables("Borrowers who act", rules, name="Rule"),
        *tables("Suppliers who may run", section.get("suppliers"), name="Market"),
        *tables("Liquidity providers", section.get("providers"), name="Asset"),
    ]


def _policy(section: object) -> list[Block]:
    if not isinstance(section, Mapping):
        return []
    factors = section.get("factors") or {}
    parts = {key: each for key, each in mappings(factors).items() if key != "markets"}
    blocks: list[Block] = [
        *tables("Circuit breakers", section.get("breakers"), name="Breaker"),
        *tables("Policy", section.get("markets"), name="Market"),
    ]
    if factors:
        text = row(scalars(factors)) or ABSENT
        blocks.append(Statements((("Collateral factors that move", text),)))
    for key, part in parts.items():
        blocks += tables(f"Collateral factors: {key}", {"All": part}, name="For")
    for market, reserves in mappings(mappings(factors).get("markets")).items():
        blocks += tables(f"Collateral factors of {market}", reserves, name="Reserve")
    return blocks


def _obligations(section: object) -> list[Block]:
    if not isinstance(section, Mapping):
        return []
    title = "Entities"
    blocks = tables(title, section.get("entities"), name="Entity")
    return [Statements(((title, row(scalars(section)) or ABSENT),)), *blocks]

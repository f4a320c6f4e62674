"""What backs the assets: claims, stablecoins, credit lines, and pledges."""

import math

from ._blocks import Block, Note, Paragraph, Section, Table
from ._facts import Facts
from ._format import PERCENT, align, column, exact, measured_unit, plain


TITLE = "What backs the assets"


def claims(facts: Facts) -> list[Section]:
    """What was lost of what backs the assets; no page where nothing could be.

    Args:
        facts: The result.

    Returns:
        At most one section of the report.
    """
    blocks = [
        *_marks(facts),
        *_stablecoins(facts),
        *_lines(facts),
        *_pledges(facts),
    ]
    return [Section(TITLE, blocks, new_page=True)] if blocks else []


def _marks(facts: Facts) -> list[Block]:
    names = facts.labels("claim")
    if not names:
        return []
    text = (
        "An asset that is a claim falls with what backs it: where a bridge or an "
        "issuer fails, where validators are slashed, where the market whose receipt "
        "it is has lost money, or where a stablecoin is redeemed. Whatever rests on "
        "it falls too."
    )
    mean, tail, fails = (
        [facts.estimate(name, claim=each) for each in names]
        for name in (
            "lowest_backing_mean",
            "lowest_backing_tail",
            "failure_probability",
        )
    )
    cells = (names, *(column(each, PERCENT) for each in (mean, tail, fails)))
    head = (
        "Asset",
        "Least that backed it, mean [% of the start]",
        "1 % quantile [% of the start]",
        "Failures [% of paths]",
    )
    caption = "What has backed assets that may lose it. Failures come from outside."
    return [Paragraph(text), Table(caption, head, tuple(zip(*cells, strict=True)))]


def _stablecoins(facts: Facts) -> list[Block]:
    names = facts.labels("spiral")
    if not names:
        return []
    redeemed, defended = (
        [facts.estimate(name, spiral=each) for each in names]
        for name in ("redeemed_mean", "defended_mean")
    )
    unit = measured_unit([*redeemed, *defended])
    cells = (names, column(redeemed, unit), column(defended, unit))
    head = (
        "Stablecoin",
        f"Redeemed, mean [{unit.label}]",
        f"Spent by its reserve, mean [{unit.label}]",
    )
    caption = (
        "Mint-and-burn stablecoins: who redeems is paid with newly minted tokens, "
        "which dilutes what backs the rest."
    )
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]


def _lines(facts: Facts) -> list[Block]:
    names = facts.labels("line")
    if not names:
        return []
    owed = [facts.estimate("defaulted_mean", line=each) for each in names]
    often = [facts.estimate("default_probability", line=each) for each in names]
    unit = measured_unit(owed)
    cells = (names, column(owed, unit), column(often, PERCENT))
    head = ("Account", f"Debt at default, mean [{unit.label}]", "Defaults [% of paths]")
    caption = "Credit lines: what they owe when they default; collateral covers a part."
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]


def _pledges(facts: Facts) -> list[Block]:
    if not facts.measured("claim_depth", "leverage_multiplier"):
        return []
    deepest = facts.estimate("longest_chain").value
    leverage = facts.estimate("leverage_multiplier").value
    equity = plain(leverage) if math.isfinite(leverage) else "no equity is left"
    text = (
        f"Collateral over the equity of all accounts at the start: {equity}. The "
        f"longest chain of claims that is pledged has {deepest:.0f} links."
    )
    names = facts.labels("asset")
    share, depth, speed = (
        [facts.estimate(name, asset=each).value for each in names]
        for name in ("locked_share", "claim_depth", "collateral_velocity")
    )
    cells = (
        names,
        exact(share, PERCENT),
        align([f"{each:.0f}" for each in depth]),
        align([_times(each) for each in speed]),
    )
    head = (
        "Asset",
        "Locked as collateral [% of all tokens]",
        "Claims to its root",
        "Collateral resting on it, per unit pledged",
    )
    caption = "Collateral that is pledged again, at the start."
    rows = tuple(zip(*cells, strict=True))
    note = "n/a: the tokens outstanding are not given, or the asset is no root."
    return [Paragraph(text), Table(caption, head, rows), Note(note)]


def _times(value: float) -> str:
    """A velocity; of an asset that is pledged through claims alone it has no bound."""
    return "claims alone" if math.isinf(value) else plain(value)

"""Spirals: stablecoins that are redeemed in a token minted for them."""

from collections.abc import Mapping

from . import _figure_channels as figures
from ._blocks import Block, Figure, Note, Section, Table
from ._facts import Facts
from ._format import column, measured_unit
from ._recorded import NOT_RECORDED, path_titles, so_far, track


TITLE = "Stablecoins and their backing tokens"


def spirals(facts: Facts) -> list[Section]:
    """One page where a stablecoin is redeemed in a token of its own.

    Args:
        facts: The result.

    Returns:
        The section; none without one.
    """
    names = facts.labels("spiral")
    if not names:
        return []
    blocks = [block for name in names for block in _figure(facts, name)]
    return [Section(TITLE, [*blocks, *_table(facts, names)])]


def _figure(facts: Facts, stable: str) -> list[Block]:
    token = token_of(facts, stable)
    known = {stable, token} <= set(facts.labels("asset"))
    if not known or not facts.measured("recorded_path", "worst_redeemed"):
        return [Note(NOT_RECORDED)]
    coin = track(facts, "worst_price", asset=stable)
    minted = track(facts, "worst_price", asset=token)
    burnt = so_far(facts, "worst_redeemed", spiral=stable)
    spent = so_far(facts, "worst_defended", spiral=stable)
    grid = [
        (
            figures.Panel(
                title,
                [
                    figures.Line(stable, coin[rank] / coin[rank, 0]),
                    figures.Line(token, minted[rank] / minted[rank, 0]),
                ],
                "percent",
            ),
            figures.Panel(
                "",
                [
                    figures.Line("redeemed", burnt[rank]),
                    figures.Line("reserve spent", spent[rank]),
                ],
                "money",
            ),
        )
        for rank, title in enumerate(path_titles(facts))
    ]
    svg = figures.rows(
        facts.dataset["time"].to_numpy(), grid, ("Of the start [%]", "So far [USD]")
    )
    caption = (
        f"{stable} on the worst paths. Left: its market price and that of {token}, "
        "which is minted for whoever redeems it, over those at the start. Right: "
        "stablecoins redeemed, and spent by the reserve to buy them, so far. A spiral "
        f"is where {token} falls while redemptions go on: each dollar mints more of it "
        "than the one before."
    )
    return [Figure(svg, caption, alt=f"Prices of {stable} and {token}.")]


def token_of(facts: Facts, stable: str) -> str:
    """The token that is minted for a stablecoin; empty where the config lacks it."""
    settings = (facts.config.get("spirals") or {}).get(stable)
    named = settings.get("backing_token") if isinstance(settings, Mapping) else None
    return str(named or "")


def _table(facts: Facts, names: list[str]) -> list[Block]:
    if not facts.measured("redeemed_mean"):
        return []
    head, cells = ["Stablecoin", "Backing token"], [names]
    cells.append([token_of(facts, name) for name in names])
    for title, name in (
        ("Redeemed", "redeemed_mean"),
        ("Spent by its reserve", "defended_mean"),
    ):
        values = [facts.estimate(name, spiral=one) for one in names]
        unit = measured_unit(values)
        head.append(f"{title} [{unit.label}]")
        cells.append(column(values, unit))
    caption = f"Means over {facts.horizon}, all paths, with 95 % errors."
    rows = tuple(zip(*cells, strict=True))
    return [Table(caption, tuple(head), rows, numeric=(False, False, True, True))]

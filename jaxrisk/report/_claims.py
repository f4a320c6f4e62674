"""Claims: what backs them along the worst paths, and how often it is pledged."""

import math

import numpy as np

from . import _figure_channels as figures
from ._blocks import Block, Figure, Note, Section, Table
from ._estimate import number
from ._facts import Facts
from ._format import NO_NUMBER, PERCENT, Unit, column, plain, ranged
from ._recorded import NOT_RECORDED, bad_debt_of, path_titles, track


TITLE = "Claims and what backs them"
_SCALE = Unit(0.01)


def claims(facts: Facts) -> list[Section]:
    """One page where an asset is a claim on another, or may be marked.

    Args:
        facts: The result.

    Returns:
        The section; none where nothing is a claim.
    """
    blocks = [*_paths(facts), *_backing(facts), *_pledged(facts)]
    return [Section(TITLE, blocks)] if blocks else []


def _paths(facts: Facts) -> list[Block]:
    if not facts.labels("claim"):
        return []
    if not facts.measured("recorded_path", "worst_backing"):
        return [Note(NOT_RECORDED)]
    shown = _lowest(facts)
    markets = _behind(facts, shown)
    backing = {name: track(facts, "worst_backing", claim=name) for name in shown}
    lost = {market: bad_debt_of(facts, market) for market in markets}
    grid = [
        (
            figures.Panel(
                title,
                [figures.Line(name, rows[rank]) for name, rows in backing.items()],
                "percent",
            ),
            figures.Panel(
                "",
                [figures.Line(name, rows[rank]) for name, rows in lost.items()],
                "money",
            ),
        )
        for rank, title in enumerate(path_titles(facts))
    ]
    svg = figures.rows(
        facts.dataset["time"].to_numpy(), grid, ("Backing [%]", "Bad debt [USD]")
    )
    caption = (
        "Claims on the worst paths. Left: what backs a claim, over what backed it at "
        "the start; its price falls by as much. Right: bad debt that the markets "
        "behind them have written off so far. Where the right line steps up and a left "
        "one steps down, the loss has reached those who hold the receipt."
    )
    return [Figure(svg, caption, alt="Backing of claims on the worst paths.")]


def _lowest(facts: Facts) -> list[str]:
    """The claims that lose most on the recorded paths."""
    least = facts.dataset["worst_backing"].min(("worst", "time")).to_numpy()
    order = np.argsort(least, kind="stable")[: figures.MOST_LINES]
    return [facts.labels("claim")[row] for row in order]


def _behind(facts: Facts, shown: list[str]) -> list[str]:
    """The markets whose receipts are shown; those that lose most where none is."""
    listed = (claim_of(facts, name).get("market") for name in shown)
    receipts = list(dict.fromkeys(str(each) for each in listed if each))
    known = [each for each in receipts if each in facts.markets]
    return (known or facts.markets)[: figures.MOST_LINES]


def claim_of(facts: Facts, asset: str) -> dict[str, object]:
    """What the config says that an asset is a claim on; empty where on nothing."""
    settings = facts.config.get("assets", {}).get(asset) or {}
    return dict(settings.get("claim_on") or {})


def may_fail(facts: Facts, asset: str) -> bool:
    """Whether the config has a failure of what backs an asset."""
    return bool((facts.config.get("assets", {}).get(asset) or {}).get("failure"))


def _backing(facts: Facts) -> list[Block]:
    """How little has backed each claim, over all paths."""
    names = facts.labels("claim")
    if not names or not facts.measured("lowest_backing_mean"):
        return []

    def cells(name: str) -> list[str]:
        return column([facts.estimate(name, claim=one) for one in names], _SCALE)

    chance = [facts.estimate("failure_probability", claim=one) for one in names]
    columns = (
        names,
        [_on_what(facts, name) for name in names],
        cells("lowest_backing_mean"),
        cells("lowest_backing_tail"),
        [
            text if may_fail(facts, name) else "\N{EN DASH}"
            for name, text in zip(names, ranged(chance, _SCALE), strict=True)
        ],
    )
    head = (
        "Claim",
        "On",
        "Lowest backing, mean [%]",
        "Lowest backing, 1 % quantile [%]",
        "P(failure) [%]",
    )
    caption = (
        f"The least that has backed each claim over {facts.horizon}, all paths, with "
        "95 % errors and intervals: on one path in a hundred it was below the "
        "quantile. Failure: a bridge or issuer fails, or validators are slashed."
    )
    return [
        Table(
            caption,
            head,
            tuple(zip(*columns, strict=True)),
            numeric=(False, False, True, True, True),
            small=True,
        )
    ]


def _on_what(facts: Facts, name: str) -> str:
    """What a claim is on, in a few words."""
    settings = claim_of(facts, name)
    if settings.get("market"):
        return f"{settings.get('asset')} supplied to {settings['market']}"
    if isinstance(settings.get("assets"), dict):
        return ", ".join(map(str, dict(settings["assets"])))  # type: ignore[arg-type]
    return str(settings.get("asset") or "\N{EN DASH}")


def _pledged(facts: Facts) -> list[Block]:
    """Collateral that is pledged again."""
    if not facts.measured("claim_depth"):
        return []
    assets = facts.labels("asset")
    depth = [number(facts.dataset, "claim_depth", asset=one) for one in assets]
    cells = (
        assets,
        [_known(facts, "locked_share", one, PERCENT) for one in assets],
        [f"{each:.0f}" for each in depth],
        [_known(facts, "collateral_velocity", one, Unit(1.0)) for one in assets],
    )
    head = ("Asset", "Locked share of float", "Depth of claims", "Velocity")
    multiplier = number(facts.dataset, "leverage_multiplier")
    longest = number(facts.dataset, "longest_chain")
    caption = (
        "Collateral pledged again, at the start. Locked: collateral over all tokens "
        "outstanding. Depth: claims between an asset and what it rests on in the end; "
        f"the deepest that is pledged has {longest:.0f}. Velocity: how often a dollar "
        "of an asset stands as collateral, claims on it included. Collateral over the "
        "equity of all accounts (leverage multiplier): "
        f"{plain(multiplier) if math.isfinite(multiplier) else NO_NUMBER}."
    )
    return [Table(caption, head, tuple(zip(*cells, strict=True)))]


def _known(facts: Facts, name: str, asset: str, unit: Unit) -> str:
    """A number of an asset; a dash where it has none."""
    value = number(facts.dataset, name, asset=asset)
    return plain(value, unit) if math.isfinite(value) else "\N{EN DASH}"

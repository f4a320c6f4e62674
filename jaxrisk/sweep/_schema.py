"""Every variable of a sweep's store: its dimensions, its unit and a sentence.

To the dimensions come those of the settings, before them.
"""

from dataclasses import fields

import numpy as np

from ..output import COORDINATES as OF_A_RUN
from ..output import SCHEMA as RESULT
from ..output import Variable
from ..risk import Axes, Measures


LABELED = ("scope", "reserve", "asset", "dealer", "perp")
"""Axes whose rows a setting may have more or fewer of than another."""

NOT_KEPT = ("worst_loss", "worst_path", "bin_low", "bin_high")
"""Entries of a run that are not kept for a setting: single paths, and constants."""

TAILS = {
    "bad_debt": ("bad_debt_var", "bad_debt_es"),
    "liquidated": ("liquidations_at_risk", "liquidated_es"),
}
"""Value at risk and expected shortfall of each loss."""

_COMPARED = tuple(
    name
    for name, variable in RESULT.items()
    if name.endswith("_mean") and not set(variable.dims) - set(LABELED)
) + tuple(
    name for loss, tails in TAILS.items() for name in (f"{loss}_probability", *tails)
)

DIFFERENCES = {
    entry: Variable(RESULT[name].dims, RESULT[name].unit, sentence)
    for name in _COMPARED
    for entry, sentence in (
        (
            f"{name}_difference",
            f"{RESULT[name].sentence}, less that of the base config",
        ),
        (
            f"{name}_difference_se",
            f"standard error, path by path on the same draws, of: {name}_difference",
        ),
    )
}

STATE = {
    "state": Variable((), "1", "0 not computed yet, 1 done, 2 failed: see error"),
    "error": Variable((), "1", "why a setting failed; empty if it did not"),
    "capital_efficiency": Variable(
        ("scope",),
        "1",
        "what the book may borrow under its loan-to-value limits, over what its"
        " collateral is worth, at the start; exact, as nothing is drawn",
    ),
}
PENDING, DONE, FAILED = 0, 1, 2

SCHEMA = {**RESULT, **DIFFERENCES, **STATE}
"""Variables that a store may hold."""

EDGES = {
    "bin_low": RESULT["bin_low"],
    "bin_high": RESULT["bin_high"],
}
COORDINATES = {
    **OF_A_RUN,
    **EDGES,
    "task": Variable(("task",), "1", "number of a task"),
    "task_sha256": Variable(("task", "byte"), "1", "checksum of a task's chunks"),
}
"""Names that are taken beside the variables."""


def entries_of(axes: Axes) -> list[str]:
    """Names of the variables of a sweep whose settings have these axes at most."""
    blank = Measures(axes, levels=[0.99], steps=1, step_days=1.0).estimates()
    kept = [name for name in blank if name not in NOT_KEPT]
    compared = [name for name in DIFFERENCES if _stem(name) in kept]
    return [*STATE, *kept, *compared]


def _stem(name: str) -> str:
    return name.removesuffix("_se").removesuffix("_difference")


def joined(every: list[Axes]) -> Axes:
    """Axes that have the rows of all of some, in the order in which they come."""

    def together(name: str) -> tuple[str, ...]:
        names = (label for axes in every for label in getattr(axes, name))
        return tuple(dict.fromkeys(names))

    markets, reserves = together("markets"), together("reserves")
    known = {"markets", "reserves", "reserve_market"}
    others = [each.name for each in fields(Axes) if each.name not in known]
    home = {
        reserve: axes.markets[int(market)]
        for axes in every
        for reserve, market in zip(axes.reserves, axes.reserve_market, strict=True)
    }
    return Axes(
        markets=markets,
        reserves=reserves,
        reserve_market=np.array([markets.index(home[each]) for each in reserves]),
        **{name: together(name) for name in others},
    )


def rows_of(axes: Axes, dim: str) -> tuple[str, ...]:
    """Labels of one of the axes that settings may have more or fewer rows of."""
    return {
        "scope": axes.scopes,
        "reserve": axes.reserves,
        "asset": axes.assets,
        "dealer": axes.dealers,
        "perp": axes.perps,
    }[dim]

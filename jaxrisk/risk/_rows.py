"""What is measured of one path: the rows of which means are taken."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float64, Int64

from .._status import FATAL, Status
from ._axes import Axes


Outcome = Mapping[str, np.ndarray]
Rows = dict[str, Float64[np.ndarray, "row path"]]

PER_PERP = ("perp_liquidated", "perp_deleveraged", "lowest_basis", "highest_basis")
"""Measures with a row for every perpetual."""

PER_ENTITY = ("entity_shortfall", "entity_equity")
"""Measures with a row for every entity."""

PER_CLAIM = ("lowest_backing", "backing_left")
"""Measures with a row for every asset that may be marked."""

PER_SPIRAL = ("redeemed", "defended")
"""Measures with a row for every mint-and-burn stablecoin."""

OF_BORROWERS = ("unwound", "topped_up", "levered")
"""Measures of accounts that act, with a row for every scope."""

OF_SUPPLIERS = ("withdrawn", "returned", "frozen")
"""Measures of suppliers who may run, with a row for every reserve."""

PER_LAYER = ("treasury_paid", "module_paid", "backstop_paid", "socialised")
"""Measures of the insurance waterfall, with a row for every scope."""


def sections(axes: Axes) -> dict[str, slice]:
    """Where each measure stands among the rows of a path."""
    scopes, reserves = len(axes.scopes), len(axes.reserves)
    sizes = {
        **dict.fromkeys(("bad_debt", "liquidated", "covered"), scopes),
        **dict.fromkeys(("realized", "unrealized", "seized"), reserves),
        **dict.fromkeys(("keeper_profit", "protocol_fee"), 1),
        **dict.fromkeys(
            ("drawdown", "fundamental_drawdown", "drawdown_amplification"),
            len(axes.assets),
        ),
        "hedged": len(axes.dealers),
        **dict.fromkeys(PER_PERP, len(axes.perps)),
        "insurance_paid": min(len(axes.perps), 1),
        **dict.fromkeys(PER_ENTITY, len(axes.entities)),
        **dict.fromkeys(PER_CLAIM, len(axes.claims)),
        **dict.fromkeys(PER_SPIRAL, len(axes.spirals)),
        "defaulted": len(axes.lines),
        **{name: len(values) for name, values in _behaviour_axes(axes).items()},
        **{name: len(values) for name, values in _policy_axes(axes).items()},
    }
    ends = np.cumsum(list(sizes.values())).tolist()
    return {
        name: slice(end - size, end)
        for (name, size), end in zip(sizes.items(), ends, strict=True)
    }


def rows(axes: Axes, outcome: Outcome) -> Rows:
    r"""The measures of some paths, in float64, in the order of `sections`.

    .. math:: \text{bad debt} = \text{realized} + \text{unrealized}

    Realized bad debt is what remains after the reserve fund has paid, so what the fund
    covered is not subtracted again.

    Args:
        axes: What the rows of the outcome stand for.
        outcome: Numbers of each path, as the engine returns them.

    Returns:
        Amounts [USD], drawdowns [ratio] and extremes of the basis [log], each
        [row path]; those of dealers, perpetuals, entities, claims, stablecoins, credit
        lines, and of who acts of their own accord, have no rows where there are none.
    """
    given = {
        name: outcome[name].astype(np.float64)
        for name in ("realized", "unrealized", "seized", "covered", "repaid")
    }
    seen, fundamental = (
        outcome[name].astype(np.float64)
        for name in ("drawdown", "fundamental_drawdown")
    )
    funds = min(len(axes.perps), 1)
    lost = given["realized"] + given["unrealized"]
    return {
        "bad_debt": axes.scoped_reserves(lost),
        "liquidated": axes.scoped_markets(given["repaid"]),
        "covered": axes.scoped_markets(given["covered"]),
        "realized": given["realized"],
        "unrealized": given["unrealized"],
        "seized": given["seized"],
        "keeper_profit": outcome["keeper_profit"].astype(np.float64)[None],
        "protocol_fee": outcome["protocol_fee"].astype(np.float64)[None],
        "drawdown": seen,
        "fundamental_drawdown": fundamental,
        "drawdown_amplification": seen - fundamental,
        "hedged": outcome["hedged"].astype(np.float64),
        **{name: outcome[name].astype(np.float64) for name in PER_PERP},
        "insurance_paid": outcome["insurance_paid"].astype(np.float64)[None][:funds],
        **{
            name: outcome[name].astype(np.float64)
            for name in (*PER_ENTITY, *PER_CLAIM, *PER_SPIRAL, "defaulted")
        },
        **_behaviour_rows(axes, outcome),
        **_policy_rows(axes, outcome),
    }


def _policy_axes(axes: Axes) -> dict[str, tuple[str, ...]]:
    """What policy does, and along which axis, of the parts that may act."""
    per_part = {
        "breakers": dict.fromkeys(("paused",), axes.markets),
        "limits": dict.fromkeys(("refused",), axes.scopes),
        "waterfall": dict.fromkeys(PER_LAYER, axes.scopes),
        "factors": dict.fromkeys(("mean_factor", "lowest_factor"), axes.reserves),
    }
    return {
        name: values for part in axes.policy for name, values in per_part[part].items()
    }


def _policy_rows(axes: Axes, outcome: Outcome) -> Rows:
    found = {name: outcome[name].astype(np.float64) for name in _policy_axes(axes)}
    for name in ("refused", *PER_LAYER):
        if name in found:
            found[name] = axes.scoped_markets(found[name])
    return found


def _behaviour_axes(axes: Axes) -> dict[str, tuple[str, ...]]:
    """What those do who act of their own accord, and along which axis."""
    found: dict[str, tuple[str, ...]] = {}
    if "borrowers" in axes.behaviour:
        found |= dict.fromkeys(OF_BORROWERS, axes.scopes)
    if "suppliers" in axes.behaviour:
        found |= dict.fromkeys(OF_SUPPLIERS, axes.reserves)
    return found | (
        {"lowest_depth": axes.assets} if "providers" in axes.behaviour else {}
    )


def _behaviour_rows(axes: Axes, outcome: Outcome) -> Rows:
    found = {name: outcome[name].astype(np.float64) for name in _behaviour_axes(axes)}
    for name in OF_BORROWERS:
        if name in found:
            found[name] = axes.scoped_markets(found[name])
    return found


def judged(
    status: np.ndarray, block: Float64[np.ndarray, "row path"]
) -> Int64[np.ndarray, " path"]:
    """Status of each path, corrected where one of its numbers is not finite."""
    finite = np.isfinite(block).all(axis=0)
    not_fatal = counted(status)
    codes = status.astype(np.int64)
    return np.where(finite | ~not_fatal, codes, int(Status.PRICE_NOT_FINITE))


def counted(status: np.ndarray) -> np.ndarray:
    """Whether a path enters the estimates: its status is not a fatal one."""
    return ~np.isin(status, [int(code) for code in FATAL])

r"""A cohort is a distribution of health: its weakest members are liquidated first.

Members are ordered by health. The one at the share :math:`v \in [0, 1]` of the cohort's
debt has :math:`\nu e^{w (v - 1/2)}` times the health of the cohort, where :math:`w` is
the width of the log-health and :math:`\nu = w / (2 \sinh(w/2))` makes the members'
collateral add up. Those below :math:`v = 1 - owed` were liquidated before; so the share
that a fall of prices adds is the increment of a distribution under the worst health
reached so far, and not a switch: it is differentiable in prices and parameters.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import per_path, safe_divide
from .._typing import AccountPath, RowPath
from ._accounts import Accounts, Part


CohortPath = Float[Array, "cohort path"]

_EXTREMES = (1e-6, 1e6)
"""Ratios beyond which no cohort reaches."""


def edge_of(accounts: Accounts, kept: RowPath, owed: RowPath) -> RowPath:
    """Health of each row's weakest member over that of the untouched account [ratio].

    Infinite where nothing is left to liquidate.
    """
    first = accounts.cohorts
    rest = edge_of_single(kept[first:], owed[first:])
    weakest = _norm(accounts) * jnp.exp(per_path(accounts.width) * (0.5 - owed[:first]))
    fresh = jnp.where(owed[:first] > 0, weakest, jnp.inf)
    return jnp.concatenate([fresh, rest]) if first else rest


def edge_of_single(kept: RowPath, owed: RowPath) -> RowPath:
    """The same of rows that are one account each."""
    edge = safe_divide(kept, owed, otherwise=jnp.inf)
    return jnp.where(kept > 0, edge, jnp.inf)


def part_below(
    accounts: Accounts, kept: RowPath, owed: RowPath, ratio: AccountPath
) -> Part:
    """The members of cohorts whose own ratio is below one; all of every other row.

    Args:
        accounts: The book.
        kept: Share of the collateral, by row.
        owed: Share of the debt, by row.
        ratio: Health, or another worth of collateral over debt, of the untouched
            account [ratio].
    """
    first = accounts.cohorts
    members = per_path(accounts.members)
    if not first:
        return Part(kept=kept, owed=owed, members=members)
    width, fresh = per_path(accounts.width), owed[:first]
    # Beyond both ends nobody or everybody is below one, and nothing moves: bounds keep
    # the slope of the logarithm finite where its value is not used.
    level = jnp.clip(_norm(accounts) * ratio[:first], *_EXTREMES)
    reached = 0.5 - jnp.log(level) / width - (1 - fresh)
    added = jnp.clip(reached, 0, fresh)
    share = safe_divide(
        jnp.expm1(width * added), jnp.expm1(width * fresh), otherwise=0.0
    )
    taken = jnp.where(added == fresh, kept[:first], kept[:first] * share)
    counts = [members[:first] * added, members[:first] * (1 - fresh)]
    others = members[first:] + jnp.zeros_like(kept[2 * first :])
    return Part(
        kept=jnp.concatenate([taken, kept[first:]]),
        owed=jnp.concatenate([added, owed[first:]]),
        members=jnp.concatenate([*counts, others]),
    )


def liquidate(
    accounts: Accounts,
    kept: RowPath,
    owed: RowPath,
    part: Part,
    offered: Part,
    fill: RowPath,
    healing: RowPath,
) -> tuple[RowPath, RowPath, AccountPath]:
    """Take a share of what was on offer from the rows.

    Members of a cohort that were liquidated go over to its second row with what is left
    to them: all that were on offer if the share heals them, else so many, weakest
    first, as it does heal. Debt whose collateral is all gone is lost.

    Args:
        accounts: The book.
        kept: Share of the collateral, by row.
        owed: Share of the debt, by row.
        part: The members that may be liquidated.
        offered: What may be taken of their collateral and repaid of their debt.
        fill: Share of the offer that is taken [ratio].
        healing: Share of the offer that heals [ratio].

    Returns:
        Shares kept and owed, by row; share of the account's debt that is lost now.
    """
    first = accounts.cohorts
    seized, repaid = offered.kept * fill, offered.owed * fill
    rest_kept, rest_owed = kept[first:] - seized[first:], owed[first:] - repaid[first:]
    emptied = (rest_kept <= 0) & (seized[first:] > 0)
    lost = jnp.where(emptied, rest_owed, 0)
    rest_owed = jnp.where(emptied, 0, rest_owed)
    if not first:
        return rest_kept, rest_owed, lost
    # The fill is at most what it heals: of nothing, nobody.
    healed = safe_divide(fill[:first], healing[:first], otherwise=1.0)
    healed = jnp.where(fill[:first] > 0, jnp.minimum(healed, 1), 0)
    gone_kept, gone_owed = part.kept[:first] * healed, part.owed[:first] * healed
    bare = (offered.kept[:first] >= part.kept[:first]) & (fill[:first] >= healed)
    left_kept = jnp.where(bare, 0, jnp.maximum(gone_kept - seized[:first], 0))
    left_owed = jnp.maximum(gone_owed - repaid[:first], 0)
    nothing = jnp.zeros_like(rest_owed[first:])

    def of_cohorts(values: CohortPath) -> AccountPath:
        return jnp.concatenate([values, nothing])

    rest_kept = rest_kept + of_cohorts(left_kept)
    rest_owed = rest_owed + of_cohorts(jnp.where(bare, 0, left_owed))
    return (
        jnp.concatenate([kept[:first] - gone_kept, rest_kept]),
        jnp.concatenate([owed[:first] - gone_owed, rest_owed]),
        lost + of_cohorts(jnp.where(bare, left_owed, 0)),
    )


def _norm(accounts: Accounts) -> Float[Array, "cohort #path"]:
    """What makes the members' collateral add up to the cohort's."""
    half = per_path(accounts.width) / 2
    return half / jnp.sinh(half)

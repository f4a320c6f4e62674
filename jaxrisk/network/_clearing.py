"""Who pays whom when not everybody can: the clearing of mutual obligations."""

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from .._numerics import any_of, safe_divide
from .._typing import EntityCounter, EntityFlag, EntityPath, PerEntity


Liabilities = Float[Array, "entity creditor *path"]
"""What a row owes a column [USD]: the same on all paths, or of each path."""


class Recovery(eqx.Module):
    """What is left of the assets of an entity that defaults, by entity."""

    assets: PerEntity  # of what it holds [ratio]
    claims: PerEntity  # of what the others pay it [ratio]


class Clearing(eqx.Module):
    """How obligations end."""

    share: EntityPath  # of what it owes that an entity pays [ratio]
    paid: EntityPath  # to all of its creditors [USD]
    shortfall: EntityPath  # owed and not paid [USD]
    equity: EntityPath  # left to its owners [USD]
    cost: EntityPath  # lost in its bankruptcy [USD]
    defaulted: EntityFlag
    round: EntityCounter  # in which it defaulted, counted from 1; 0: it did not


def netted(liabilities: Liabilities) -> Liabilities:
    """Each pair owes the difference alone (bilateral close-out netting)."""
    return jnp.maximum(liabilities - jnp.swapaxes(liabilities, 0, 1), 0)


def clear(
    liabilities: Liabilities,
    assets: EntityPath,
    *,
    outside: EntityPath,
    recovery: Recovery,
) -> Clearing:
    r"""Payments of entities that owe each other: the greatest clearing vector.

    An entity that can pay what it owes, :math:`\bar p_i`, does; one that cannot hands
    its creditors what is left of it, all of them in proportion to their claims:

    .. math::
        p_i = \bar p_i \text{ if } e_i + \textstyle\sum_j \Pi_{ji} p_j \ge \bar p_i,
        \quad \text{else } \alpha_i e_i + \beta_i \textstyle\sum_j \Pi_{ji} p_j,
        \qquad \Pi_{ij} = L_{ij} / \bar p_i

    Found by fictitious default: everybody pays, those who then cannot default and pay
    what solves these equations among them, and so on. Whoever defaults in a round does
    so in every clearing vector, and given who defaults the equations are linear: the
    rounds end at the greatest clearing vector, exactly, once nobody new defaults. One
    does in every round but the last, so that n entities take n rounds at most.

    A round of which no path has a new default costs nothing; another moves the
    n (n + 1) coefficients of the linear equations n times.

    Source: Eisenberg and Noe (2001), Systemic risk in financial systems (costs of
    none); Rogers and Veraart (2013), Failure and rescue in an interbank network.

    Args:
        liabilities: What entities owe each other, not negative, none to themselves.
        assets: What each of them holds e, not negative [USD].
        outside: What each owes to others than these, pari passu [USD].
        recovery: What a bankruptcy leaves of the assets and of the claims.

    Returns:
        Payments, and who defaulted in which round: 1 by itself, later ones by
        contagion. Nothing is lost: the sum of assets is that of payments to the
        outside, of equity and of costs.
    """
    owed = _on_paths(liabilities, assets).sum(axis=1) + outside
    # A sum in another order is no default.
    slack = 4 * assets.shape[0] * jnp.finfo(assets.dtype).eps
    kept_assets, kept_claims = recovery.assets[:, None], recovery.claims[:, None]

    def default(
        carry: tuple[EntityPath, EntityCounter], number: Array
    ) -> tuple[tuple[EntityPath, EntityCounter], None]:
        share, fallen = carry
        short = owed - assets - received(liabilities, share) > slack * owed
        new = short & (fallen == 0)
        fallen = jnp.where(new, number, fallen)
        share = lax.cond(
            any_of(new),
            lambda: _shares(
                liabilities, kept_assets * assets, owed, kept_claims, fallen > 0
            ),
            lambda: share,
        )
        return (share, fallen), None

    start = (jnp.ones_like(owed), jnp.zeros(owed.shape, jnp.int32))
    rounds = jnp.arange(1, assets.shape[0] + 1, dtype=jnp.int32)
    (share, fallen), _ = lax.scan(default, start, rounds)
    income = received(liabilities, share)
    defaulted = fallen > 0
    lost = (1 - kept_assets) * assets + (1 - kept_claims) * income
    return Clearing(
        share=share,
        paid=share * owed,
        shortfall=(1 - share) * owed,
        equity=jnp.where(defaulted, 0, jnp.maximum(assets + income - owed, 0)),
        cost=jnp.where(defaulted, lost, 0),
        defaulted=defaulted,
        round=fallen,
    )


def received(liabilities: Liabilities, share: EntityPath) -> EntityPath:
    """What entities get of each other if all pay a share of what they owe [USD]."""
    return (_on_paths(liabilities, share) * share[:, None]).sum(axis=0)


def _on_paths(
    liabilities: Liabilities, like: EntityPath
) -> Float[Array, "entity creditor #path"]:
    """Liabilities with a path axis."""
    if liabilities.ndim == like.ndim:
        return liabilities[..., None]
    return liabilities


def _shares(
    liabilities: Liabilities,
    assets: EntityPath,
    owed: EntityPath,
    kept_claims: Float[Array, "entity 1"],
    defaulted: EntityFlag,
) -> EntityPath:
    r"""Shares paid, given who defaulted.

    With shares s, those of the solvent are 1 and the others solve

    .. math:: \bar p_i s_i - \beta_i \textstyle\sum_j L_{ji} s_j = \alpha_i e_i.
    """
    claims = jnp.swapaxes(_on_paths(liabilities, owed), 0, 1)
    itself = jnp.eye(owed.shape[0], dtype=owed.dtype)[..., None]
    matrix = jnp.where(
        defaulted[:, None],
        itself * owed[:, None] - kept_claims[:, None] * claims,
        itself,
    )
    share = _solve(matrix, jnp.where(defaulted, assets, 1))
    return jnp.where(defaulted, jnp.clip(share, 0, 1), 1)


def _solve(
    matrix: Float[Array, "entity creditor path"], right: EntityPath
) -> EntityPath:
    """Gauss-Jordan elimination on every path at once, without exchange of rows.

    No pivot is needed. The rows of the solvent are those of the identity; among the
    others no column has more off its diagonal than on it. Off the diagonal nothing is
    positive, and the right side is not negative: elimination keeps it so, and adds up
    numbers of one sign.
    """

    def eliminate(
        column: Array, rows: Float[Array, "row column path"]
    ) -> Float[Array, "row column path"]:
        pivot = rows[column]
        scaled = safe_divide(pivot, pivot[column][None], otherwise=0.0)
        factor = rows[:, column].at[column].set(0)
        return (rows - factor[:, None] * scaled[None]).at[column].set(scaled)

    rows = jnp.concatenate([matrix, right[:, None]], axis=1)
    return lax.fori_loop(0, matrix.shape[0], eliminate, rows)[:, -1]

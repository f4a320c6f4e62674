"""What of a plan a pool's liquidity and its policy allow."""

import functools

import equinox as eqx
import jax.numpy as jnp

from .._numerics import safe_divide, total, worth
from .._typing import ActorPath, ActorReserve, ReservePath
from ._base import Holdings, Plan


class Purse(eqx.Module):
    """What is there of every reserve, and what policy allows."""

    cash: ReservePath  # that may leave the pool [token]
    to_borrow: ReservePath  # [token]; infinite: no bound
    to_supply: ReservePath  # [token]
    below_ceiling: ReservePath  # debt against a reserve as collateral [USD]
    tradable: ReservePath  # 1 where orders reach their venue, else 0
    supply_index: ReservePath
    debt_index: ReservePath


def within(plan: Plan, purse: Purse, at: Holdings) -> Plan:
    """The plan, cut back to what can leave the pools, and to what policy allows.

    Collateral to be sold and debt to be drawn leave the same pool: where there is less
    than both, each gets the same share. An account that needs several reserves acts as
    far as the scarcest of them lets it.

    Args:
        plan: What is wanted.
        purse: What is there.
        at: What the accounts have.
    """
    opened = scarcest(at.collateral, purse.tradable) * scarcest(at.debt, purse.tradable)
    sold, drawn = plan.sold * opened, plan.drawn * opened
    drawn = drawn * _allowed(drawn, purse, at)
    leaving = purse.supply_index * total(at.collateral, sold)
    borrowed = purse.debt_index * total(at.debt, drawn)
    share = _share(jnp.maximum(purse.cash, 0), leaving + borrowed)
    return eqx.tree_at(
        lambda each: (each.sold, each.drawn),
        plan,
        (
            sold * scarcest(at.collateral, share),
            drawn * scarcest(at.debt, share),
        ),
    )


def _allowed(drawn: ActorPath, purse: Purse, at: Holdings) -> ActorPath:
    """Share of new debt that policy allows, at the prices of contracts [ratio]."""
    taken = drawn * worth(at.debt, at.debt_price)
    bought = safe_divide(taken, worth(at.collateral, at.price), otherwise=0.0)
    held = (at.collateral > 0).astype(taken.dtype)
    borrow = _share(purse.to_borrow, purse.debt_index * total(at.debt, drawn))
    supply = _share(purse.to_supply, purse.supply_index * total(at.collateral, bought))
    ceiling = _share(purse.below_ceiling, total(held, taken))
    return jnp.minimum(
        scarcest(at.debt, borrow),
        scarcest(at.collateral, jnp.minimum(supply, ceiling)),
    )


def _share(there: ReservePath, wanted: ReservePath) -> ReservePath:
    """Share of what is wanted that is there, at most one [ratio]."""
    short = there < wanted
    part = safe_divide(
        jnp.where(short, there, 0), jnp.where(short, wanted, 1), otherwise=0.0
    )
    return jnp.where(short, part, 1)


def scarcest(tokens: ActorReserve, share: ReservePath) -> ActorPath:
    """The least share of the reserves that an account has tokens of [ratio]."""
    shares = [
        jnp.where(tokens[:, k, None] > 0, share[k][None], 1)
        for k in range(share.shape[0])
    ]
    return functools.reduce(jnp.minimum, shares)

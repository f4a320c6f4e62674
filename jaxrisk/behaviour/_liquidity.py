"""What of a plan a pool's liquidity and its policy allow."""

import functools

import equinox as eqx
import jax.numpy as jnp

from .._numerics import safe_divide, total
from .._typing import ActorPath, ActorReserve, ReservePath
from ._base import Holdings, Plan


class Purse(eqx.Module):
    """What is there of every reserve."""

    cash: ReservePath  # that may leave the pool [token]
    room: ReservePath  # that may be borrowed, by policy [token]; infinite: no bound
    supply_index: ReservePath
    debt_index: ReservePath


def within(plan: Plan, purse: Purse, at: Holdings) -> Plan:
    """The plan, cut back to what can leave the pools.

    Collateral to be sold and debt to be drawn leave the same pool: where there is less
    than both, each gets the same share. An account that needs several reserves acts as
    far as the scarcest of them lets it.

    Args:
        plan: What is wanted.
        purse: What is there.
        at: What the accounts have.
    """
    leaving = purse.supply_index * total(at.collateral, plan.sold)
    borrowed = purse.debt_index * total(at.debt, plan.drawn)
    share = _share(jnp.maximum(purse.cash, 0), leaving + borrowed)
    allowed = _share(jnp.maximum(purse.room, 0), borrowed)
    return eqx.tree_at(
        lambda each: (each.sold, each.drawn),
        plan,
        (
            plan.sold * scarcest(at.collateral, share),
            plan.drawn * scarcest(at.debt, jnp.minimum(share, allowed)),
        ),
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

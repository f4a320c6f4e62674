"""Suppliers and borrowers act of their own accord."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax

from .._numerics import any_of, total, worth
from .._typing import ReservePath
from ..behaviour import (
    Holdings,
    Liquidity,
    NoBorrowers,
    NoSuppliers,
    Purse,
    within,
)
from ._carry_out import Standing, carry_out
from ._market import contract, price_for_new
from ._nearest import of_book, without_book
from ._state import State, StepInfo
from ._system import System


def behave(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Suppliers withdraw; borrowers top up, unwind or lever up."""
    return _borrowers(system, *_suppliers(system, state, info))


def _suppliers(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Withdraw as far as there is something, queue, or return."""
    if isinstance(system.suppliers, NoSuppliers):
        return state, info
    at = Liquidity(
        supplied=state.pool.supplied,
        borrowed=state.pool.borrowed,
        supply_index=state.pool.supply_index,
        price=system.listing.from_assets(system.oracle.price(state.oracle)),
    )
    memory, moved, told = system.suppliers.act(state.suppliers, at, system.dt)
    supplied = jnp.maximum(state.pool.supplied + moved, 0)
    state = eqx.tree_at(
        lambda at: (at.suppliers, at.pool.supplied), state, (memory, supplied)
    )
    report = jax.tree.map(jnp.add, info.suppliers, told)
    return state, eqx.tree_at(lambda at: at.suppliers, info, report)


def _borrowers(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Act on what they see now, where anybody wants to.

    What they see costs six products of actor x reserve multiply-adds a path; what they
    do is computed only in steps in which somebody of the block acts. The book stays
    outside of that choice: XLA copies what a conditional returns, and the book is most
    of a state.
    """
    if isinstance(system.borrowers, NoBorrowers):
        return state, info
    at = holdings(system, state)
    wanted = system.borrowers.plan(state.borrowers, at)

    def act() -> tuple[State, StepInfo, Standing]:
        plan = within(wanted, purse(system, state, at), at)
        return carry_out(system, state, info, at, plan)

    def wait() -> tuple[State, StepInfo, Standing]:
        return without_book(state), info, Standing.of(system, state)

    bare, told, standing = lax.cond(any_of(wanted.acting > 0), act, wait)
    whole = eqx.tree_at(of_book, bare, of_book(state))
    return standing.put_into(system, whole), told


def holdings(system: System, state: State) -> Holdings:
    """What the accounts that act have, and what it is worth."""
    accounts, actor = system.accounts, system.borrowers.accounts
    row = accounts.cohorts + actor
    prices = contract(system, state)
    charged, earned = system.pool.rates_at(state.pool)
    return Holdings(
        kept=state.kept[row],
        owed=state.owed[row],
        collateral=accounts.collateral[actor],
        weighted=accounts.weighted[actor],
        debt=accounts.debt[actor],
        price=prices.seized,
        counted=prices.counted,
        counted_for_new=price_for_new(system, state, prices.seized),
        debt_price=prices.debt,
        earned=earned,
        charged=charged,
    )


def purse(system: System, state: State, at: Holdings) -> Purse:
    """What may leave the pools, and what policy lets happen."""
    pool, policy = state.pool, system.policy
    lendable = jnp.maximum(pool.supplied - pool.borrowed, 0)
    return Purse(
        cash=system.suppliers.cash(state.suppliers, lendable),
        to_borrow=policy.room_to_borrow(state.policy, pool.borrowed),
        to_supply=policy.caps.room_to_supply(pool.supplied),
        below_ceiling=policy.caps.room_below_ceiling(_backed(system, state, at)),
        tradable=policy.tradable(state.policy, at.price),
        supply_index=pool.supply_index,
        debt_index=pool.debt_index,
    )


def _backed(system: System, state: State, at: Holdings) -> ReservePath:
    """Debt of accounts that hold a reserve, where there is a ceiling to it [USD]."""
    if not system.policy.caps.isolates:
        return jnp.zeros_like(at.price)
    accounts = system.accounts
    owed = accounts.by_account(state.owed) * worth(accounts.debt, at.debt_price)
    return total((accounts.collateral > 0).astype(owed.dtype), owed)

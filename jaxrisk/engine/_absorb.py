"""Who pays for what collateral did not cover."""

import equinox as eqx
import jax.numpy as jnp
from jax import lax

from .._numerics import any_of, matmul, safe_divide
from .._typing import AccountFlag, AccountPath
from ..lending import shortfall
from ._market import debt_price
from ._state import State, StepInfo
from ._system import System


def absorb(
    system: System, state: State, info: StepInfo, *, kept_before: AccountPath
) -> tuple[State, StepInfo]:
    """Write off what accounts owe that lost all collateral in this step.

    The reserve fund pays first, the rest is realized bad debt. The account keeps its
    `owed` as a record: without collateral nobody asks for it again.
    """
    emptied = (state.kept == 0) & (kept_before > 0) & (state.owed > 0)
    return lax.cond(
        any_of(emptied),
        lambda state, info: _write_off(system, state, info, emptied),
        lambda state, info: (state, info),
        state,
        info,
    )


def _write_off(
    system: System, state: State, info: StepInfo, emptied: AccountFlag
) -> tuple[State, StepInfo]:
    written = jnp.where(emptied, state.owed, 0)
    price = debt_price(system, state, system.oracle.price(state.oracle))
    deficit = shortfall(system.accounts, written, price)
    owing = system.listing.to_markets(deficit)
    covered = jnp.minimum(state.fund, owing)
    paid = system.listing.from_markets(safe_divide(covered, owing, otherwise=0.0))
    tokens = state.pool.debt_index * matmul(system.accounts.debt.T, written)
    state = eqx.tree_at(
        lambda at: (at.fund, at.pool.borrowed),
        state,
        (state.fund - covered, jnp.maximum(state.pool.borrowed - tokens, 0)),
    )
    info = eqx.tree_at(
        lambda at: (at.realized, at.covered),
        info,
        (info.realized + deficit * (1 - paid), info.covered + covered),
    )
    return state, info

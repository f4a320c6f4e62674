"""Who pays for what collateral did not cover."""

import equinox as eqx
import jax.numpy as jnp
from jax import lax

from .._numerics import any_of, safe_divide
from ._market import debt_price
from ._state import State, StepInfo
from ._system import System


def absorb(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Write off what accounts owe that lost all collateral in this step.

    The reserve fund pays first, the rest is realized bad debt.
    """
    return lax.cond(
        any_of(info.unpaid > 0),
        lambda state, info: _write_off(system, state, info),
        lambda state, info: (state, info),
        state,
        info,
    )


def _write_off(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    price = debt_price(system, state, system.oracle.price(state.oracle))
    deficit = price * info.unpaid
    owing = system.listing.to_markets(deficit)
    covered = jnp.minimum(state.fund, owing)
    paid = system.listing.from_markets(safe_divide(covered, owing, otherwise=0.0))
    tokens = state.pool.debt_index * info.unpaid
    realized = deficit * (1 - paid)
    alarmed = system.listing.from_markets(system.listing.to_markets(realized)) > 0
    state = eqx.tree_at(
        lambda at: (at.fund, at.pool.borrowed, at.suppliers),
        state,
        (
            state.fund - covered,
            jnp.maximum(state.pool.borrowed - tokens, 0),
            system.suppliers.hear(state.suppliers, tokens * (1 - paid), alarmed),
        ),
    )
    info = eqx.tree_at(
        lambda at: (at.realized, at.covered),
        info,
        (info.realized + realized, info.covered + covered),
    )
    return state, info

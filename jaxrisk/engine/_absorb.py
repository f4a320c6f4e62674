"""Who pays for what collateral did not cover."""

import equinox as eqx
import jax.numpy as jnp
from jax import lax

from .._numerics import any_of, safe_divide
from ._insure import insure
from ._market import debt_price
from ._state import State, StepInfo
from ._system import System


def absorb(system: System, state: State, info: StepInfo) -> tuple[State, StepInfo]:
    """Write off what accounts owe that lost all collateral in this step.

    The reserve fund pays first, then a waterfall; the rest is realized bad debt:
    suppliers bear it, and whoever holds a receipt as collateral sees it in the next
    step's prices.
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
    lost = deficit * (1 - paid)
    if system.policy.waterfall.pays:
        state, info, left = insure(system, state, info, owing - covered)
        share = safe_divide(left, owing - covered, otherwise=0.0)
        lost = lost * system.listing.from_markets(share)
    tokens = state.pool.debt_index * info.unpaid
    missing = tokens * safe_divide(lost, deficit, otherwise=0.0)
    alarmed = system.listing.from_markets(system.listing.to_markets(lost)) > 0
    state = eqx.tree_at(
        lambda at: (at.fund, at.pool.borrowed, at.suppliers),
        state,
        (
            state.fund - covered,
            jnp.maximum(state.pool.borrowed - tokens, 0),
            system.suppliers.hear(state.suppliers, missing, alarmed),
        ),
    )
    info = eqx.tree_at(
        lambda at: (at.realized, at.covered),
        info,
        (info.realized + lost, info.covered + covered),
    )
    return _marked_down(system, state, info), info


def _marked_down(system: System, state: State, info: StepInfo) -> State:
    """Receipts lose what nobody else has paid in this step."""
    price = system.listing.from_assets(system.oracle.price(state.oracle))
    value = price * state.pool.supplied
    share = safe_divide(info.realized, value, otherwise=0.0)
    marked = system.network.mark_down(state.network, share)
    return eqx.tree_at(lambda at: at.network, state, marked)

"""What policy keeps from being liquidated: paused, closed in part, or beyond a budget.

Rounds run on groups of accounts. Pauses and budgets are the path's own, so that they
are the same for every group; which positions had their liquidation is known in the
rounds of a step, and forgotten after them.
"""

from typing import TypeAlias

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from .._numerics import any_of, per_path, total, worth
from .._typing import AccountPath, RowFlag, RowPath
from ..keeper import Offers
from ..lending import Closing, Values
from ._market import debt_price
from ._state import State, StepInfo
from ._system import System


Free: TypeAlias = Bool[Array, "free path"]
"""Of every row; without a row if policy leaves all of them free."""


def unpaused(system: System, state: State) -> RowFlag:
    """Rows that no breaker keeps from being liquidated.

    Who holds or owes a reserve that is closed waits: two products with the tokens.
    """
    closed = system.policy.closed(state.policy)
    accounts = system.accounts
    touched = worth(accounts.collateral, closed) + worth(accounts.debt, closed)
    return accounts.by_row(touched) == 0


def no_health_if_paused(
    system: System, state: State, health: AccountPath
) -> AccountPath:
    """Health, and infinity where nobody may act on it; free unless a breaker trips."""
    if not system.policy.breakers.watches:
        return health

    def waiting(health: AccountPath) -> AccountPath:
        accounts = system.accounts
        free = accounts.by_account(unpaused(system, state).astype(health.dtype))
        return jnp.where(free > 0, health, jnp.inf)

    some = any_of(system.policy.closed(state.policy) > 0)
    return lax.cond(some, waiting, lambda health: health, health)


def free_at_first(system: System, state: State, ready: RowFlag) -> Free:
    """Rows that may be liquidated in this step; no rows if all always may."""
    if system.policy.breakers.watches:
        return unpaused(system, state)
    return jnp.ones_like(ready) if system.policy.limits.gradual else ready[:0]


def free_after(system: System, free: Free, taken: RowFlag) -> Free:
    """The same after a round: a gradual liquidation is the only one of a step."""
    if not system.policy.limits.gradual:
        return free
    return free & ~(taken & (_largest_share(system) < 1))


def released(system: System, state: State, free: Free, ready: RowFlag) -> RowFlag:
    """What of the ready rows policy lets go now."""
    if free.shape[0]:
        ready = ready & free
    if not system.policy.limits.throttles:
        return ready
    unspent = system.policy.unspent(state.policy)
    member = system.accounts.membership(unspent.shape[0])
    return ready & (system.accounts.by_row(worth(member, unspent)) > 0)


def in_part(system: System, closing: Closing, values: Values) -> Closing:
    """Liquidations of at most the largest share of a position [ratio]."""
    if not system.policy.limits.gradual:
        return closing
    return closing.at_most(_largest_share(system), values.health)


def _largest_share(system: System) -> Float[Array, "row #path"]:
    """Of a position that one liquidation may close [ratio]."""
    accounts = system.accounts
    most = system.policy.limits.closing_share[accounts.market]
    return accounts.by_row(per_path(most))


def throttled(
    system: System, state: State, info: StepInfo, offers: Offers, fill: RowPath
) -> tuple[State, StepInfo, RowPath]:
    """Fills within the budgets of their markets: the same share of all of a market."""
    if not system.policy.limits.throttles:
        return state, info, fill
    accounts = system.accounts
    member = accounts.membership(state.fund.shape[0])
    price = debt_price(system, state, system.oracle.price(state.oracle))
    repaid = accounts.by_account(offers.repaid * fill) * worth(accounts.debt, price)
    wanted = total(member, repaid)
    policy, share = system.policy.throttle(state.policy, wanted)
    state = eqx.tree_at(lambda at: at.policy, state, policy)
    refused = info.policy.refused + wanted * (1 - share)
    info = eqx.tree_at(lambda at: at.policy.refused, info, refused)
    return state, info, fill * accounts.by_row(worth(member, share))

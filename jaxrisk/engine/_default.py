"""Credit lines default: what they pledged is sold, and the rest is bad debt at once."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from .._numerics import any_of, any_row, matmul, safe_divide, worth
from .._random import Draw
from .._typing import LineFlag, LinePath, ReservePath
from ..lending import edge_of
from ._market import (
    collateral_price,
    debt_price,
    market_price,
    mid_price,
    proceeds,
)
from ._only import only
from ._round import publish
from ._state import State, StepInfo
from ._system import System
from ._trade import Orders, trade


LineReserve = Float[Array, "line reserve"]


def default(
    system: System, state: State, info: StepInfo, draw: Draw
) -> tuple[State, StepInfo]:
    """Let lines default that are under water at market prices.

    Values a few accounts on every path; what a default leads to is computed where there
    is one.
    """
    if not system.credit.accounts:
        return state, info
    lines = Lines.of(system, state)
    flags = system.credit.defaults(lines.collateral, lines.debt, draw, system.dt)
    return lax.cond(
        any_of(flags),
        lambda state, info: only(
            any_row(flags),
            _hand_over(system, state, info, lines, flags),
            (state, info),
        ),
        lambda state, info: (state, info),
        state,
        info,
    )


class Lines(eqx.Module):
    """The accounts with credit lines, as they stand at market prices."""

    kept: LinePath
    owed: LinePath
    collateral: LinePath  # [USD]
    debt: LinePath  # [USD]

    @classmethod
    def of(cls, system: System, state: State) -> "Lines":
        """In this state."""
        market = market_price(system, state)
        held, borrowed = _tokens(system)
        kept, owed = state.kept[_rows(system)], state.owed[_rows(system)]
        return cls(
            kept=kept,
            owed=owed,
            collateral=kept * worth(held, collateral_price(system, state, market)),
            debt=owed * worth(borrowed, debt_price(system, state, market)),
        )


def _rows(system: System) -> np.ndarray:
    """Rows of the lines' accounts, none of which is a cohort."""
    return system.accounts.cohorts + np.array(system.credit.accounts)


def _tokens(system: System) -> tuple[LineReserve, LineReserve]:
    """Initial collateral and debt of the lines' accounts [token]."""
    accounts = np.array(system.credit.accounts)
    return system.accounts.collateral[accounts], system.accounts.debt[accounts]


def _hand_over(
    system: System, state: State, info: StepInfo, lines: Lines, flags: LineFlag
) -> tuple[State, StepInfo]:
    """Sell the collateral of those who default, and repay what it brings.

    Whoever handles it bears what buying the debt tokens costs beyond their price.
    """
    mid, market = mid_price(system, state), market_price(system, state)
    held, borrowed = _tokens(system)
    gone = jnp.where(flags, lines.kept, 0)
    seized = state.pool.supply_index * matmul(held.T, gone)
    sold = system.listing.to_assets(seized)
    brought = proceeds(system, state, sold, mid=mid, market=market)
    mean = jnp.where(sold == 0, market, safe_divide(brought, sold, otherwise=0.0))
    found = lines.kept * worth(held, collateral_price(system, state, mean))
    share = jnp.minimum(safe_divide(found, lines.debt, otherwise=0.0), 1)
    paid = jnp.where(flags, share * lines.owed, 0)
    lost = jnp.where(flags, lines.owed, 0) - paid
    repaid = state.pool.debt_index * matmul(borrowed.T, paid)
    state, info = _moved(system, state, info, flags, lost, seized=seized, repaid=repaid)
    due = jnp.where(flags, lines.debt, 0)
    defaulted = info.credit.defaulted + due
    info = eqx.tree_at(lambda at: at.credit.defaulted, info, defaulted)
    orders = Orders(
        keepers=sold - system.listing.to_assets(repaid), perps=jnp.zeros_like(sold)
    )
    answer = system.dealers.in_round
    state, info, received = trade(
        system, state, info, orders, answer, mid=mid, market=market
    )
    made = info.keeper_profit + received
    info = eqx.tree_at(lambda at: at.keeper_profit, info, made)
    return publish(system, state), info


def _moved(
    system: System,
    state: State,
    info: StepInfo,
    flags: LineFlag,
    lost: LinePath,
    *,
    seized: ReservePath,
    repaid: ReservePath,
) -> tuple[State, StepInfo]:
    """Book it as a liquidation without a bonus, of all that there is."""
    rows, accounts = _rows(system), np.array(system.credit.accounts)
    kept = state.kept.at[rows].set(jnp.where(flags, 0, state.kept[rows]))
    owed = state.owed.at[rows].set(jnp.where(flags, 0, state.owed[rows]))
    pool = eqx.tree_at(
        lambda at: (at.supplied, at.borrowed),
        state.pool,
        (
            jnp.maximum(state.pool.supplied - seized, 0),
            jnp.maximum(state.pool.borrowed - repaid, 0),
        ),
    )
    state = eqx.tree_at(
        lambda at: (at.kept, at.owed, at.edge, at.lost, at.pool),
        state,
        (
            kept,
            owed,
            edge_of(system.accounts, kept, owed),
            state.lost.at[accounts].add(lost),
            pool,
        ),
    )
    price = system.listing.from_assets(system.oracle.price(state.oracle))
    info = eqx.tree_at(
        lambda at: (at.unpaid, at.seized, at.repaid),
        info,
        (
            info.unpaid + matmul(_tokens(system)[1].T, lost),
            info.seized + seized * price,
            info.repaid + repaid * price,
        ),
    )
    return state, info

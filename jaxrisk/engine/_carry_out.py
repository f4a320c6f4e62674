"""What borrowers have decided, done: through the pools, and through the venues."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from .._numerics import safe_divide, total, worth
from .._typing import ActorPath, AssetPath, ReservePath
from ..behaviour import Holdings, Plan, scarcest
from ..lending import edge_of_single
from ._market import collateral_price, debt_price, market_price, mid_price
from ._nearest import without_book
from ._only import only
from ._round import publish
from ._spend import tokens_for
from ._state import State, StepInfo
from ._system import System
from ._trade import trade_others


class Standing(NamedTuple):
    """The rows of the book of those who act, each as in `State`."""

    kept: ActorPath
    owed: ActorPath
    edge: ActorPath

    @classmethod
    def of(cls, system: System, state: State) -> "Standing":
        """As they are."""
        row = _rows(system)
        return cls(state.kept[row], state.owed[row], state.edge[row])

    def put_into(self, system: System, state: State) -> State:
        """The state with these rows."""
        row = _rows(system)

        def placed(whole: jax.Array, new: jax.Array) -> jax.Array:
            return whole.at[row].set(new, unique_indices=True, indices_are_sorted=True)

        return eqx.tree_at(
            lambda at: (at.kept, at.owed, at.edge),
            state,
            (
                placed(state.kept, self.kept),
                placed(state.owed, self.owed),
                placed(state.edge, self.edge),
            ),
        )


def _rows(system: System) -> Int[Array, " actor"]:
    return system.accounts.cohorts + system.borrowers.accounts


class Bought(NamedTuple):
    """What the accounts bought with what they got."""

    collateral: ActorPath  # share of the initial collateral
    debt: ActorPath  # share of the initial debt, repaid
    left: ActorPath  # of the proceeds [USD]


def carry_out(
    system: System, state: State, info: StepInfo, at: Holdings, plan: Plan
) -> tuple[State, StepInfo, Standing]:
    """Sell, spend the proceeds, and move collateral and debt.

    Everybody's sales are cleared together, and then everybody's purchases. An account
    spends what it got, at the price that all get: it bears the slippage of its sale by
    repaying less, and that of its purchase by buying less. What its debt does not need
    is its own.

    Args:
        system: What is fixed.
        state: Before.
        info: So far.
        at: What the accounts have.
        plan: What they do, none of it more than there is.

    Returns:
        State without its book, info, and where the accounts stand in the book; on paths
        on which nobody acts they are what they were.
    """
    sold, told, received = _sell(system, state, info, at, plan)
    after, told, bought = _buy(system, sold, told, at, plan, received)
    after, told = _book(system, after, told, at, plan, bought)
    after = publish(system, after)
    active = plan.acting > 0
    bare = only(active, without_book(after), without_book(state))
    told = only(active, told, info)
    return bare, told, _standing(system, state, at, plan, bought)


def _sell(
    system: System, state: State, info: StepInfo, at: Holdings, plan: Plan
) -> tuple[State, StepInfo, ActorPath]:
    """Collateral that is unwound, and tokens just borrowed; what they bring [USD]."""
    orders = _tokens(system, state, at, collateral=plan.sold, debt=plan.drawn)
    state, info, mean = _traded(system, state, info, orders)
    received = plan.sold * worth(at.collateral, collateral_price(system, state, mean))
    received += plan.drawn * worth(at.debt, debt_price(system, state, mean))
    return state, info, received


def _buy(
    system: System,
    state: State,
    info: StepInfo,
    at: Holdings,
    plan: Plan,
    received: ActorPath,
) -> tuple[State, StepInfo, Bought]:
    """The debt of who unwinds, the collateral of who levers up, for what they got.

    First as much as the money buys at the price of the next token, then the share of
    that which it buys with slippage: of a mix, the share of its dearest token.
    """
    market = market_price(system, state)
    of_debt = worth(at.debt, debt_price(system, state, market))
    of_collateral = worth(at.collateral, collateral_price(system, state, market))
    owed = safe_divide(received, of_debt, otherwise=0.0)
    owed = jnp.where(plan.sold > 0, jnp.minimum(owed, at.owed - plan.repaid), 0)
    kept = safe_divide(received, of_collateral, otherwise=0.0)
    kept = jnp.where(plan.drawn > 0, kept, 0)
    wanted = _tokens(system, state, at, collateral=kept, debt=owed)
    mid = mid_price(system, state)
    got = tokens_for(system, state, wanted * market, mid=mid, market=market)
    share = jnp.where(wanted > 0, safe_divide(got, wanted, otherwise=1.0), 1)
    by_reserve = system.listing.from_assets(jnp.minimum(share, 1))
    owed = owed * scarcest(at.debt, by_reserve)
    kept = kept * scarcest(at.collateral, by_reserve)
    orders = _tokens(system, state, at, collateral=kept, debt=owed)
    state, info, mean = _traded(system, state, info, -orders)
    paid = kept * worth(at.collateral, collateral_price(system, state, mean))
    paid += owed * worth(at.debt, debt_price(system, state, mean))
    return state, info, Bought(collateral=kept, debt=owed, left=received - paid)


def _traded(
    system: System, state: State, info: StepInfo, sold: AssetPath
) -> tuple[State, StepInfo, AssetPath]:
    """Through the venues, dealers behind it as in a round; with the price of each."""
    mid, market = mid_price(system, state), market_price(system, state)
    answer, flow = system.dealers.in_round, info.borrowers.flow + sold * market
    info = eqx.tree_at(lambda at: at.borrowers.flow, info, flow)
    return trade_others(system, state, info, sold, answer, mid=mid, market=market)


def _tokens(
    system: System,
    state: State,
    at: Holdings,
    *,
    collateral: ActorPath,
    debt: ActorPath,
) -> AssetPath:
    """Tokens behind shares of what was there at the start, by asset."""
    held, owed = _by_reserve(state, at, collateral=collateral, debt=debt)
    return system.listing.to_assets(held + owed)


def _by_reserve(
    state: State, at: Holdings, *, collateral: ActorPath, debt: ActorPath
) -> tuple[ReservePath, ReservePath]:
    """The same by reserve, of collateral and of debt."""
    return (
        state.pool.supply_index * total(at.collateral, collateral),
        state.pool.debt_index * total(at.debt, debt),
    )


def _book(
    system: System,
    state: State,
    info: StepInfo,
    at: Holdings,
    plan: Plan,
    bought: Bought,
) -> tuple[State, StepInfo]:
    """What the pools have, what the accounts have left outside, and the report."""
    supplied, borrowed = _by_reserve(
        state,
        at,
        collateral=plan.added - plan.sold + bought.collateral,
        debt=plan.drawn - plan.repaid - bought.debt,
    )
    gained = bought.left - plan.paid
    state = eqx.tree_at(
        lambda at: (at.pool.supplied, at.pool.borrowed, at.borrowers),
        state,
        (
            jnp.maximum(state.pool.supplied + supplied, 0),
            jnp.maximum(state.pool.borrowed + borrowed, 0),
            system.borrowers.settle(state.borrowers, gained),
        ),
    )
    told = system.borrowers.told(
        unwound=plan.sold * worth(at.collateral, at.price),
        topped_up=plan.paid,
        levered=plan.drawn * worth(at.debt, at.debt_price),
        flow=jnp.zeros_like(info.borrowers.flow),
    )
    report = jax.tree.map(jnp.add, info.borrowers, told)
    return state, eqx.tree_at(lambda at: at.borrowers, info, report)


def _standing(
    system: System, state: State, at: Holdings, plan: Plan, bought: Bought
) -> Standing:
    """Who acts in a new place, the others where they were."""
    before = Standing.of(system, state)
    kept = jnp.maximum(at.kept + plan.added - plan.sold + bought.collateral, 0)
    owed = jnp.maximum(at.owed + plan.drawn - plan.repaid - bought.debt, 0)
    after = Standing(kept, owed, edge_of_single(kept, owed))
    active = plan.acting > 0
    return Standing(
        *(jnp.where(active, new, old) for new, old in zip(after, before, strict=True))
    )

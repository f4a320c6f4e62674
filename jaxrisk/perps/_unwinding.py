"""Delta-neutral holders who leave when funding no longer pays."""

import equinox as eqx
import jax.numpy as jnp
from jax import lax

from .._numerics import any_of
from .._typing import LegPath, PerpPath
from ._accounts import Accounts
from ._contracts import Contracts
from ._state import PerpState, Quotes


def unwind(
    accounts: Accounts,
    contracts: Contracts,
    state: PerpState,
    quotes: Quotes,
    rate: PerpPath,
) -> PerpState:
    """Buy back shorts whose funding is below what their holder asks for.

    All at one price a perpetual. A holder whose equity would not bear that price waits;
    the others then buy less, at the price of the whole order. On most steps of most
    runs nobody unwinds, and this costs one comparison a leg.

    Args:
        accounts: Traders and their legs.
        contracts: The perpetuals.
        state: Where every path stands.
        quotes: Prices now.
        rate: Funding rate [ratio an interval].

    Returns:
        The state after it; the spot legs that go with it are for the caller to sell.
    """
    asked = accounts.by_trader.spread(accounts.unwind_below[:, None])
    leaving = (accounts.by_perp.spread(rate) < asked) & (accounts.spot_leg > 0)[:, None]

    def trade() -> PerpState:
        speed = accounts.by_trader.spread(accounts.unwind_speed[:, None])
        share = jnp.where(leaving, jnp.minimum(state.open, speed), 0)
        return _buy_back(accounts, contracts, state, quotes, share)

    return lax.cond(any_of(leaving & (state.open > 0)), trade, lambda: state)


def _buy_back(
    accounts: Accounts,
    contracts: Contracts,
    state: PerpState,
    quotes: Quotes,
    share: LegPath,
) -> PerpState:
    """Close a share of the initial size in the book."""
    wanted = accounts.by_perp.total(share * accounts.size[:, None])
    price = contracts.average_price(state.unhedged, wanted, quotes)
    price_of_leg = accounts.by_perp.spread(price)
    whole = accounts.profit(accounts.tokens(state), price_of_leg)
    equity = state.balance + accounts.by_trader.total(whole)
    can = accounts.by_trader.spread(equity) >= 0
    share = jnp.where(can, share, 0)
    orders = share * accounts.size[:, None]
    profit = accounts.by_trader.total(accounts.profit(orders, price_of_leg))
    return eqx.tree_at(
        lambda at: (at.open, at.balance, at.cash, at.unhedged),
        state,
        (
            state.open - share,
            state.balance + profit,
            state.cash - (orders * price_of_leg).sum(axis=0),
            state.unhedged + accounts.by_perp.total(orders),
        ),
    )

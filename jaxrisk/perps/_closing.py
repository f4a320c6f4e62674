"""Closing positions in the book, and what a balance is then worth."""

import equinox as eqx
import jax.numpy as jnp

from .._typing import LegPath, PerPath, TraderFlag, TraderPath
from ._accounts import Accounts, Margin
from ._contracts import Contracts
from ._state import PerpState, Quotes


class Closing(eqx.Module):
    """Traders whose positions are closed, and where they stand before."""

    accounts: Accounts
    contracts: Contracts
    state: PerpState
    quotes: Quotes
    margin: Margin

    @property
    def failing(self) -> TraderFlag:
        """Traders whose legs are all closed."""
        return self.margin.below

    def orders(self, share: TraderPath) -> LegPath:
        """Tokens to sell if a share of everything that fails goes to the book."""
        wanted = jnp.where(self.failing, share, 0)
        return self.accounts.by_trader.spread(wanted) * self.accounts.tokens(self.state)

    def price(self, orders: LegPath) -> LegPath:
        """What the book pays for these orders, a perpetual's at one price [USD]."""
        net = self.accounts.by_perp.total(orders)
        price = self.contracts.average_price(self.state.unhedged, net, self.quotes)
        return self.accounts.by_perp.spread(price)

    def worth(self, share: TraderPath, price: LegPath) -> TraderPath:
        """Share of the balance and of the position, sold at a price [USD]."""
        profit = self.accounts.profit(self.orders(share), price)
        return share * self.state.balance + self.accounts.by_trader.total(profit)

    def settle(
        self, share: TraderPath, price: LegPath
    ) -> tuple[PerpState, PerPath, PerPath]:
        """Close a share of every failing trader in the book.

        What is left of that share of the balance pays the fee and is the trader's; what
        is missing is paid by the insurance fund as far as it goes. Fees of a round come
        in after the fund has paid.

        Args:
            share: Of a failing trader's legs and balance [ratio]; one of the others.
            price: At which each leg is sold or bought back [USD].

        Returns:
            The state after it, in which a failing trader's balance is without the
            share that is not closed; what the fund has paid [USD]; and what it could
            not pay [USD].
        """
        accounts, state, failing = self.accounts, self.state, self.failing
        orders = self.orders(share)
        value = self.worth(share, price)
        left = jnp.where(failing, jnp.maximum(value, 0), 0)
        missing = jnp.where(failing, jnp.maximum(-value, 0), 0).sum(axis=0)
        rate = accounts.by_perp.spread(self.contracts.liquidation_fee[:, None])
        fee = accounts.by_trader.total(jnp.abs(orders) * price * rate)
        fee = jnp.minimum(fee, left)
        paid = jnp.minimum(missing, state.insurance)
        closed = accounts.by_trader.spread(jnp.where(failing, share, 0))
        after = eqx.tree_at(
            lambda at: (at.open, at.balance, at.cash, at.unhedged, at.insurance),
            state,
            (
                state.open * (1 - closed),
                jnp.where(failing, left - fee, state.balance),
                state.cash - (orders * price).sum(axis=0),
                state.unhedged + accounts.by_perp.total(orders),
                state.insurance - paid + fee.sum(axis=0),
            ),
        )
        return after, paid, missing - paid

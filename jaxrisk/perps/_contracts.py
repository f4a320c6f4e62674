"""The rules of every perpetual, and the prices they give."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import lax

from .._numerics import safe_divide
from .._typing import AssetPath, PerPerp, PerpPath
from ._base import Book, IndexOracle
from ._funding import Funding
from ._grouping import Grouping
from ._state import PerpState, Quotes


FURTHEST = 3.0
"""Log of price over spot beyond which a book does not quote, 20 times as much: an order
of a hundred times the depth still has a price."""


class Contracts(eqx.Module):
    """All perpetuals of an exchange."""

    by_asset: Grouping  # perpetuals, of all assets
    book: Book
    oracle: IndexOracle
    funding: Funding
    maintenance: PerPerp  # least equity [ratio of notional]
    liquidation_fee: PerPerp  # to the insurance fund [ratio of notional]
    premium_cap: PerPerp  # of the mark price over the index [log]
    arbitrage: PerPerp  # of unhedged inventory, hedged in a round [ratio]
    arbitrage_decay: PerPerp  # of unhedged inventory, left by a step [ratio]

    def spot(self, spot: AssetPath) -> PerpPath:
        """Price of the underlying [USD]."""
        return spot[np.array(self.by_asset.group_of)]

    def to_assets(self, tokens: PerpPath) -> AssetPath:
        """Tokens of every asset; zero for those without a perpetual."""
        return self.by_asset.total(tokens)

    def premium(self, unhedged: PerpPath, spot: PerpPath) -> PerpPath:
        """Log of the price over spot."""
        return jnp.clip(self.book.displacement(unhedged, spot), -FURTHEST, FURTHEST)

    def quotes(self, state: PerpState, spot: AssetPath) -> Quotes:
        r"""Prices after the index oracle has seen the spot price.

        .. math:: m = I \exp(\mathrm{clip}(\ln(p / I), \pm cap))

        Args:
            state: With the makers' inventory.
            spot: Market prices of all assets [USD].
        """
        own = self.spot(spot)
        memory = self.oracle.publish(state.index, own)
        index = self.oracle.price(memory)
        premium = self.premium(state.unhedged, own)
        cap = self.premium_cap[:, None]
        over_index = jnp.clip(premium + jnp.log(own / index), -cap, cap)
        # Or else XLA's CPU code takes the powers again for every leg that reads them.
        index, price, mark = lax.optimization_barrier(
            (index, own * jnp.exp(premium), index * jnp.exp(over_index))
        )
        return Quotes(spot=own, index=index, price=price, mark=mark, memory=memory)

    def average_price(
        self, unhedged: PerpPath, sold: PerpPath, quotes: Quotes
    ) -> PerpPath:
        """Price at which the book takes an order, all of it [USD].

        Between the marginal prices before and after: the rounding of a small order's
        proceeds is not a price.

        Args:
            unhedged: Makers' inventory before it [token].
            sold: The order; a purchase is negative [token].
            quotes: Prices before it.
        """
        proceeds = self.book.proceeds(unhedged, sold, quotes.spot)
        after = quotes.spot * jnp.exp(self.premium(unhedged + sold, quotes.spot))
        mean = safe_divide(proceeds, sold, otherwise=0.0)
        low = jnp.minimum(quotes.price, after)
        return jnp.clip(mean, low, jnp.maximum(quotes.price, after))

"""Constant product pools (Uniswap v2).

Source: Angeris, Kao, Chiang, Noyes, Chitra (2019), An analysis of Uniswap markets.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import AssetPath, PerAsset
from ._base import AbstractVenue


LEAST_RESERVE = 1e-3
"""Share of the token reserve that cannot be bought: the price would be infinite."""


class ConstantProductVenue(AbstractVenue):
    r"""Token reserve X, quote reserve y, :math:`X y` constant in a trade.

    Arbitrage keeps the pool at the mid price, so that passive liquidity has
    :math:`y = y_0 \sqrt{mid/p_0}` and :math:`X = y/mid`.
    """

    quote_reserve: PerAsset  # [USD] at the initial price
    initial_price: PerAsset  # [USD]
    fee: PerAsset  # [ratio]

    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:
        r""":math:`-2 \log(1 + q/X)`."""
        return -2 * jnp.log(self._ratio(inventory, mid))

    def proceeds(
        self, inventory: AssetPath, sold: AssetPath, mid: AssetPath
    ) -> AssetPath:
        """What the pool pays for `sold` tokens, fee taken from what goes in [USD]."""
        quote = self._quote(mid)
        selling = sold > 0
        into_pool = jnp.where(selling, sold * (1 - self.fee[:, None]), sold)
        before = self._ratio(inventory, mid)
        after = self._ratio(inventory + into_pool, mid)
        # Not as a difference of ratios, in which a small trade loses its digits.
        bought_out = jnp.minimum(before, after) <= LEAST_RESERVE
        change = jnp.where(bought_out, after - before, into_pool * mid / quote)
        paid = quote * change / (before * after)
        return jnp.where(selling, paid, paid / (1 - self.fee[:, None]))

    def room(self, inventory: AssetPath, move: AssetPath, mid: AssetPath) -> AssetPath:
        """Tokens until the log price has moved by `move`."""
        tokens = self._quote(mid) / mid
        return tokens * self._ratio(inventory, mid) * jnp.expm1(-move / 2)

    def _quote(self, mid: AssetPath) -> AssetPath:
        return self.quote_reserve[:, None] * jnp.sqrt(mid / self.initial_price[:, None])

    def _ratio(
        self, inventory: AssetPath, mid: AssetPath
    ) -> Float[Array, "asset path"]:
        """Token reserve over that at zero inventory."""
        return jnp.maximum(1 + inventory * mid / self._quote(mid), LEAST_RESERVE)

"""Which asset and which market a reserve belongs to, as 0/1 matrices.

Several markets are one reserve axis; only these maps join it to the others. Where each
asset has one reserve they only change the order, and no product is made.
"""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ._numerics import matmul
from ._typing import AssetPath, MarketPath, ReservePath


class Listing(eqx.Module):
    """The maps between reserves, assets and markets."""

    asset: Float[Array, "reserve asset"]
    market: Float[Array, "reserve market"]
    order: tuple[int, ...] = eqx.field(static=True)
    """Asset of every reserve if each asset has one reserve; else empty."""

    @classmethod
    def of(
        cls,
        asset_of: np.ndarray,
        market_of: np.ndarray,
        *,
        assets: int,
        markets: int,
        dtype: np.dtype,
    ) -> "Listing":
        """From the asset and market index of every reserve."""
        order = tuple(int(asset) for asset in asset_of)
        return cls(
            asset=jnp.asarray(np.eye(assets)[asset_of], dtype),
            market=jnp.asarray(np.eye(markets)[market_of], dtype),
            order=order if sorted(order) == list(range(assets)) else (),
        )

    def from_assets(self, values: AssetPath) -> ReservePath:
        """A reserve's value is its asset's."""
        return (
            values[np.array(self.order)] if self.order else matmul(self.asset, values)
        )

    def to_assets(self, values: ReservePath) -> AssetPath:
        """Sum over the reserves of an asset."""
        if self.order:
            return values[np.argsort(self.order)]
        return matmul(self.asset.T, values)

    def from_markets(self, values: MarketPath) -> ReservePath:
        """A reserve's value is its market's."""
        return matmul(self.market, values)

    def to_markets(self, values: ReservePath) -> MarketPath:
        """Sum over the reserves of a market."""
        return matmul(self.market.T, values)

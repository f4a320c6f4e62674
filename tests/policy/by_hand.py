"""Markets small enough to be reckoned by hand."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from jaxrisk._listing import Listing
from jaxrisk._typing import (
    AccountPath,
    AssetPath,
    DealerPath,
    MarketPath,
    PerPath,
    ReservePath,
)
from jaxrisk.policy import AbstractSeller, AbstractSight, tokens_for


DT = 1 / 365


def of(values: object) -> Float[Array, "..."]:
    """In double precision."""
    return jnp.asarray(values, float)


def column(*values: float) -> Float[Array, "row 1"]:
    """A number a row, on one path."""
    return of(values)[:, None]


def listing() -> Listing:
    """Two assets in a market, the second alone in another."""
    return Listing.of(
        np.array([0, 1, 1]),
        np.array([0, 0, 1]),
        assets=2,
        markets=2,
        dtype=np.dtype(np.float64),
    )


class Sight(AbstractSight):
    """What a test says there is to see."""

    prices: AssetPath
    depth: AssetPath
    level: DealerPath
    left: AccountPath
    owed: MarketPath
    risk: ReservePath

    def price(self) -> AssetPath:
        return self.prices

    def depth_loss(self) -> AssetPath:
        return self.depth

    def implied_level(self) -> DealerPath:
        return self.level

    def kept(self) -> AccountPath:
        return self.left

    def debt(self) -> MarketPath:
        return self.owed

    def at_risk(self, fall: AssetPath) -> ReservePath:
        return self.risk * fall.max(axis=0, keepdims=True)


def sight(
    prices: AssetPath, *, depth: tuple[float, float] = (0.0, 0.0), level: float = 0.0
) -> Sight:
    """Prices, and what else is given; one dealer, one account, one path."""
    return Sight(
        prices=prices,
        depth=column(*depth),
        level=column(level),
        left=column(1.0),
        owed=column(1000.0, 500.0),
        risk=column(0.5, 0.25, 0.0),
    )


class LinearSeller(AbstractSeller):
    """A price of 10 USD that falls by 1 USD for 100 tokens, and stays there."""

    sold: PerPath

    def sell(
        self, asset: int, wanted: PerPath, available: PerPath, fall: PerPath
    ) -> tuple["LinearSeller", PerPath, PerPath]:
        """At the mean of the prices before and after."""
        assert asset == 1
        start = 10 - self.sold / 100

        def proceeds(tokens: PerPath) -> PerPath:
            return tokens * (start - tokens / 200)

        room = 100 * start * (1 - jnp.exp(-fall))
        tokens = tokens_for(proceeds, wanted, jnp.minimum(available, room))
        after = eqx.tree_at(lambda at: at.sold, self, self.sold + tokens)
        return after, tokens, proceeds(tokens)

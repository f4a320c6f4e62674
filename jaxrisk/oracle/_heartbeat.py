"""Publication on deviation or heartbeat, as push oracles do."""

import equinox as eqx
import jax.numpy as jnp

from .._typing import AssetPath, PerAsset, Scalar
from ._base import AbstractOracle


class Publication(eqx.Module):
    """What was published, and how long ago."""

    price: AssetPath  # [USD]
    age: AssetPath  # [year]


class HeartbeatOracle(AbstractOracle[Publication]):
    """Publishes on a move of `deviation`, or once `heartbeat` has passed.

    Within a step of the engine only the price at its end is seen: a step longer than
    the heartbeat publishes every step.
    """

    deviation: PerAsset  # [ratio]
    heartbeat: PerAsset  # [year]

    def init(self, market_price: AssetPath) -> Publication:
        """Published now."""
        return Publication(price=market_price, age=jnp.zeros_like(market_price))

    def advance(self, memory: Publication, dt: Scalar) -> Publication:
        """Every publication grows older."""
        return Publication(price=memory.price, age=memory.age + dt)

    def publish(self, memory: Publication, market_price: AssetPath) -> Publication:
        """Publish where the price has moved enough, or the heartbeat is due."""
        moved = jnp.abs(market_price / memory.price - 1) >= self.deviation[:, None]
        # A sum of steps may fall an ulp short of the heartbeat that it equals.
        due = moved | (memory.age >= self.heartbeat[:, None] * (1 - 1e-5))
        return Publication(
            price=jnp.where(due, market_price, memory.price),
            age=jnp.where(due, 0, memory.age),
        )

    def price(self, memory: Publication) -> AssetPath:
        """The last publication."""
        return memory.price

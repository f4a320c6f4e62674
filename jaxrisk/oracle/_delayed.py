"""A delay between seeing and publishing, as Maker's oracle security module has."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import AssetPath, Scalar
from ._base import AbstractOracle


Queue = Float[Array, "slot asset path"]


class DelayedOracle(AbstractOracle[Queue]):
    """Publishes the price of `steps` steps ago. Its memory: prices, newest first."""

    steps: int = eqx.field(static=True)

    def init(self, market_price: AssetPath) -> Queue:
        """A market that has always been here."""
        return jnp.broadcast_to(market_price, (self.steps + 1, *market_price.shape))

    def advance(self, memory: Queue, dt: Scalar) -> Queue:  # noqa: ARG002
        """Every observation moves one slot on."""
        return jnp.concatenate([memory[:1], memory[:-1]])

    def publish(self, memory: Queue, market_price: AssetPath) -> Queue:
        """The newest observation of this step replaces the one before."""
        return jnp.concatenate([market_price[None], memory[1:]])

    def price(self, memory: Queue) -> AssetPath:
        """The oldest observation."""
        return memory[-1]

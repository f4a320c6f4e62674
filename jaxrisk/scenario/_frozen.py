"""An oracle whose publications stand still for a while."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool

from .._typing import AssetPath, PerAsset, Scalar
from ..oracle import AbstractOracle


class Held(eqx.Module):
    """What the oracle remembers, what contracts last read, and the time."""

    inner: Any  # memory of the oracle that fails
    price: AssetPath  # at the end of the step before [USD]
    step: Scalar  # the first is zero


class FrozenOracle(AbstractOracle[Held]):
    """Contracts go on reading the last price from `start` on, for `steps` steps.

    The oracle behind goes on as it was: what it would have published by the end of the
    freeze is read at once. Within a step nothing is half frozen: a part of a step is a
    whole one.
    """

    oracle: AbstractOracle[Any]
    start: Scalar  # [step]
    steps: PerAsset  # zero where nothing freezes

    def init(self, market_price: AssetPath) -> Held:
        """Published now; the first step is still to come."""
        inner = self.oracle.init(market_price)
        before = jnp.full_like(self.start, -1)
        return Held(inner=inner, price=self.oracle.price(inner), step=before)

    def advance(self, memory: Held, dt: Scalar) -> Held:
        """A step passes; what contracts read until now is what may freeze."""
        return Held(
            inner=self.oracle.advance(memory.inner, dt),
            price=self.price(memory),
            step=memory.step + 1,
        )

    def publish(self, memory: Held, market_price: AssetPath) -> Held:
        """As the oracle behind, seen or not."""
        inner = self.oracle.publish(memory.inner, market_price)
        return eqx.tree_at(lambda at: at.inner, memory, inner)

    def price(self, memory: Held) -> AssetPath:
        """The price before the freeze while it lasts."""
        frozen = self._frozen(memory.step)[:, None]
        return jnp.where(frozen, memory.price, self.oracle.price(memory.inner))

    def _frozen(self, step: Scalar) -> Bool[Array, " asset"]:
        return (step >= self.start) & (step < self.start + self.steps)

"""How volatile prices are, as a risk oracle sees it: realised or implied."""

import abc
from typing import Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from .._typing import AssetPath, PerAsset, Scalar
from ._sight import AbstractSight


Memory = TypeVar("Memory")


class AbstractVolatility(eqx.Module, Generic[Memory]):
    """A volatility of every asset [ratio a year]."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def advance(
        self, state: Memory, sight: AbstractSight, dt: Scalar
    ) -> tuple[Memory, AssetPath]:
        """A step of `dt` [year] passes; and the volatility after it."""


class RealisedState(eqx.Module):
    """What is remembered of returns."""

    log_price: AssetPath  # after the last shock [log USD]
    variance: AssetPath  # [1/year]


class RealisedVolatility(AbstractVolatility[RealisedState]):
    r"""Root of squared returns, weighted exponentially to the recent.

    .. math:: v' = m v + (1 - m)\, r^2 / dt, \qquad m = 2^{-dt/h}

    with the half-life h. Returns are those of market prices from shock to shock, what
    trades did between them included.

    Source: RiskMetrics (1996), technical document, exponential weighting.
    """

    start: PerAsset  # [ratio a year]
    memory: PerAsset  # m, what a step leaves [ratio]

    def init(self, market: AssetPath) -> RealisedState:
        """At the volatility given."""
        variance = jnp.broadcast_to(self.start[:, None] ** 2, market.shape)
        return RealisedState(log_price=jnp.log(market), variance=variance)

    def advance(
        self, state: RealisedState, sight: AbstractSight, dt: Scalar
    ) -> tuple[RealisedState, AssetPath]:
        """With the return of the step."""
        seen, memory = jnp.log(sight.price()), self.memory[:, None]
        recent = (seen - state.log_price) ** 2 / dt
        variance = memory * state.variance + (1 - memory) * recent
        # The root has no slope where nothing ever moved.
        some = variance > 0
        root = jnp.where(some, jnp.sqrt(jnp.where(some, variance, 1)), 0)
        return RealisedState(log_price=seen, variance=variance), root


class ImpliedVolatility(AbstractVolatility[tuple[()]]):
    """That of the options whose dealers are in the system; others stay as given."""

    start: PerAsset  # [ratio a year]
    underlying: tuple[int, ...] = eqx.field(static=True)
    """Row of each asset on the dealer axis; -1 where it has no options."""

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """The dealers remember it."""
        return ()

    def advance(
        self,
        state: tuple[()],
        sight: AbstractSight,
        dt: Scalar,  # noqa: ARG002
    ) -> tuple[tuple[()], AssetPath]:
        """At the level of the surface after the last step."""
        level = sight.implied_level()
        padded = jnp.concatenate([level, jnp.zeros_like(level[:1])])
        return state, self.start[:, None] * jnp.exp(padded[np.array(self.underlying)])

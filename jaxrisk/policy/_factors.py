r"""Dynamic collateral factors: a risk oracle that lowers what collateral counts for.

.. math:: f = \mathrm{clip}\bigl(b - a\,(\sigma - \sigma_0)^+ - \beta\, d - c\, s,
    \;\mathrm{floor},\; \mathrm{cap}\bigr)

with volatility :math:`\sigma`, depth loss d and concentration s. The liquidation
threshold in force is f times the one listed, and so is the limit on new borrowing.
Decided once a step, moved by at most a speed, in force after a notice.
"""

import abc
from typing import Any, Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

from .._listing import Listing
from .._typing import AssetPath, PerReserve, ReservePath, Scalar
from ._concentration import AbstractConcentration
from ._forecast import AbstractForecast
from ._sight import AbstractSight
from ._volatility import AbstractVolatility


Memory = TypeVar("Memory")


class AbstractFactors(eqx.Module, Generic[Memory]):
    """Collateral factors over the listed ones, as they move along a path."""

    @property
    @abc.abstractmethod
    def moves(self) -> bool:
        """Whether they do: known before a program is compiled."""

    @property
    @abc.abstractmethod
    def for_new_only(self) -> bool:
        """Whether what is borrowed already is left alone; known before as well."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> tuple[Memory, ReservePath]:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def advance(
        self, state: Memory, sight: AbstractSight, dt: Scalar
    ) -> tuple[Memory, ReservePath]:
        """A step of `dt` [year] passes; and what is in force then [ratio]."""


class ListedFactors(AbstractFactors[tuple[()]]):
    """As listed, always."""

    @property
    def moves(self) -> bool:
        """Never."""
        return False

    @property
    def for_new_only(self) -> bool:
        """For nobody."""
        return False

    def init(self, market: AssetPath) -> tuple[tuple[()], ReservePath]:
        """No rows."""
        return (), market[:0]

    def advance(
        self,
        state: tuple[()],
        sight: AbstractSight,
        dt: Scalar,  # noqa: ARG002
    ) -> tuple[tuple[()], ReservePath]:
        """No rows."""
        return state, sight.price()[:0]


class FactorState(eqx.Module):
    """What is decided, and what is announced."""

    decided: ReservePath  # [ratio]
    announced: Float[Array, "notice reserve path"]  # as a ring [ratio]
    oldest: Int[Array, ""]  # where the ring begins
    volatility: Any  # what it remembers of prices


class DynamicFactors(AbstractFactors[FactorState]):
    """The formula above; at the start the base is in force."""

    base: PerReserve  # b [ratio of the listed factor]
    on_volatility: PerReserve  # a [ratio for a volatility of 1 a year]
    calm: PerReserve  # sigma_0 [ratio a year]
    on_depth: PerReserve  # beta [ratio for a log price held down by 1]
    on_concentration: PerReserve  # c [ratio for all of the float]
    floor: PerReserve  # [ratio]
    cap: PerReserve  # [ratio]
    speed: PerReserve  # most that it moves in a step [ratio]; infinite for no bound
    volatility: AbstractVolatility
    concentration: AbstractConcentration
    forecast: AbstractForecast
    listing: Listing
    notice: int = eqx.field(static=True)
    """Steps from a decision until it is in force."""
    new_only: bool = eqx.field(static=True)

    @property
    def moves(self) -> bool:
        """Yes."""
        return True

    @property
    def for_new_only(self) -> bool:
        """As given."""
        return self.new_only

    def init(self, market: AssetPath) -> tuple[FactorState, ReservePath]:
        """The base, announced long ago."""
        start = jnp.clip(self.base, self.floor, self.cap)[:, None]
        start = jnp.broadcast_to(start, (start.shape[0], market.shape[1]))
        state = FactorState(
            decided=start,
            announced=jnp.broadcast_to(start, (self.notice, *start.shape)),
            oldest=jnp.zeros((), jnp.int32),
            volatility=self.volatility.init(market),
        )
        return state, start

    def advance(
        self, state: FactorState, sight: AbstractSight, dt: Scalar
    ) -> tuple[FactorState, ReservePath]:
        """Decide, announce, and put in force what was announced `notice` steps ago."""
        memory, volatility = self.volatility.advance(state.volatility, sight, dt)
        aim, speed = self.aim(sight, volatility), self.speed[:, None]
        decided = jnp.clip(aim, state.decided - speed, state.decided + speed)
        if not self.notice:
            after = FactorState(decided, state.announced, state.oldest, memory)
            return after, decided
        at = state.oldest
        in_force = lax.dynamic_index_in_dim(state.announced, at, keepdims=False)
        announced = lax.dynamic_update_index_in_dim(state.announced, decided, at, 0)
        oldest = (at + 1) % self.notice
        return FactorState(decided, announced, oldest, memory), in_force

    def aim(self, sight: AbstractSight, volatility: AssetPath) -> ReservePath:
        """Where factors would be without speed limit and notice [ratio]."""
        excess = self.listing.from_assets(volatility) - self.calm[:, None]
        depth = self.listing.from_assets(sight.depth_loss())
        taken_off = (
            self.on_volatility[:, None] * jnp.maximum(excess, 0)
            + self.on_depth[:, None] * depth
            + self.on_concentration[:, None] * self.concentration.share(sight)
            + self.forecast.loss(sight, volatility)
        )
        aim = self.base[:, None] - taken_off
        return jnp.clip(aim, self.floor[:, None], self.cap[:, None])

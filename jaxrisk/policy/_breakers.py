"""Circuit breakers: a price that moves too far, too fast, pauses what they guard."""

import abc
import functools
from typing import Generic, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from .._numerics import matmul
from .._typing import AssetPath, ReservePath, Scalar


Memory = TypeVar("Memory")
WatchPath = Float[Array, "watch path"]
ReserveWatch = Float[Array, "reserve watch"]


class Halts(eqx.Module):
    """What is paused now, by reserve: 1 if so, else 0. No rows without breakers."""

    liquidations: ReservePath  # of accounts that hold or owe any of it
    borrowing: ReservePath  # of it
    trading: ReservePath  # by keepers and borrowers

    @property
    def closing(self) -> ReservePath:
        """Reserves whose holders and debtors cannot be liquidated: 1, else 0.

        What cannot be traded cannot be sold, nor bought to repay a debt.
        """
        return jnp.maximum(self.liquidations, self.trading)


class AbstractBreakers(eqx.Module, Generic[Memory]):
    """All breakers of a system."""

    @property
    @abc.abstractmethod
    def watches(self) -> bool:
        """Whether there are any: known before a program is compiled."""

    @abc.abstractmethod
    def init(self, log_price: AssetPath) -> Memory:
        """Untripped, in a market that has always stood at this price [log USD]."""

    @abc.abstractmethod
    def advance(self, state: Memory, log_price: AssetPath) -> tuple[Memory, Halts]:
        """A step passes, after which prices are these [log USD]."""


class NoBreakers(AbstractBreakers[tuple[()]]):
    """Nothing is ever paused."""

    @property
    def watches(self) -> bool:
        """None."""
        return False

    def init(self, log_price: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def advance(
        self, state: tuple[()], log_price: AssetPath
    ) -> tuple[tuple[()], Halts]:
        """No rows."""
        nothing = log_price[:0]
        return state, Halts(liquidations=nothing, borrowing=nothing, trading=nothing)


class BreakerState(eqx.Module):
    """What a breaker remembers."""

    prices: Float[Array, "window watch path"]  # after earlier shocks, as a ring [log]
    oldest: Int[Array, ""]  # where the ring begins
    since: WatchPath  # steps since it tripped; what it needs to trip if it never did


class Breaker(eqx.Module):
    """Trips where a price is too far from where it stood `window` steps ago.

    A move of log price below minus `fall` or above `rise`, limits included, pauses from
    that step on what `liquidations`, `borrowing` and `trading` name, for `pause` steps;
    then it cannot trip for `cool_down` steps. It looks once a step, after the shock:
    what liquidations then do to the price counts in the next step. Moves two floats an
    asset, path and step, whatever the window.
    """

    assets: tuple[int, ...] = eqx.field(static=True)
    window: int = eqx.field(static=True)
    fall: Float[Array, " watch"]  # [log]; infinite if falls do not matter
    rise: Float[Array, " watch"]  # [log]
    pause: Scalar  # [step]
    cool_down: Scalar  # [step]
    liquidations: ReserveWatch  # 1 where an asset's move pauses this
    borrowing: ReserveWatch
    trading: ReserveWatch

    def init(self, log_price: AssetPath) -> BreakerState:
        """Ready to trip."""
        seen = self._watched(log_price)
        return BreakerState(
            prices=jnp.broadcast_to(seen, (self.window, *seen.shape)),
            oldest=jnp.zeros((), jnp.int32),
            since=jnp.zeros_like(seen) + (self.pause + self.cool_down),
        )

    def advance(
        self, state: BreakerState, log_price: AssetPath
    ) -> tuple[BreakerState, WatchPath]:
        """A step passes; 1 where a watched price pauses something now, else 0."""
        seen = self._watched(log_price)
        then = lax.dynamic_index_in_dim(state.prices, state.oldest, keepdims=False)
        tripped = self.moved(seen - then) & (
            state.since + 1 >= self.pause + self.cool_down
        )
        since = jnp.where(tripped, 0, state.since + 1)
        after = BreakerState(
            prices=lax.dynamic_update_index_in_dim(state.prices, seen, state.oldest, 0),
            oldest=(state.oldest + 1) % self.window,
            since=since,
        )
        return after, (since < self.pause).astype(seen.dtype)

    def halts(self, paused: WatchPath) -> Halts:
        """What it pauses, where a watched price pauses something."""
        return Halts(
            liquidations=jnp.minimum(matmul(self.liquidations, paused), 1),
            borrowing=jnp.minimum(matmul(self.borrowing, paused), 1),
            trading=jnp.minimum(matmul(self.trading, paused), 1),
        )

    def moved(self, move: WatchPath) -> Bool[Array, "watch path"]:
        """Whether a move [log] is too far."""
        return (move <= -self.fall[:, None]) | (move >= self.rise[:, None])

    def _watched(self, log_price: AssetPath) -> WatchPath:
        return log_price[np.array(self.assets)]


class Breakers(AbstractBreakers[tuple[BreakerState, ...]]):
    """Several, each with its own window; what one of them pauses is paused."""

    each: tuple[Breaker, ...]

    @property
    def watches(self) -> bool:
        """Some."""
        return True

    def init(self, log_price: AssetPath) -> tuple[BreakerState, ...]:
        """All untripped."""
        return tuple(breaker.init(log_price) for breaker in self.each)

    def advance(
        self, state: tuple[BreakerState, ...], log_price: AssetPath
    ) -> tuple[tuple[BreakerState, ...], Halts]:
        """A step passes for every one."""
        told = [
            breaker.advance(memory, log_price)
            for breaker, memory in zip(self.each, state, strict=True)
        ]

        halts = [
            breaker.halts(paused)
            for breaker, (_, paused) in zip(self.each, told, strict=True)
        ]
        after = tuple(memory for memory, _ in told)
        return after, jax.tree.map(_largest, *halts)


def _largest(*flags: ReservePath) -> ReservePath:
    return functools.reduce(jnp.maximum, flags)

"""Options dealers: a book that is not theirs to choose, and the hedge they hold."""

import abc
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from .._typing import AssetPath, DealerPath, Flag, PerDealer, Scalar
from ._hedging import AbstractHedging, AbstractWant, Hedged
from ._level import log_level, realized_variance
from ._table import DeltaTable


GRAIN = 8
"""Units in the last place that a wish may be off by rounding."""


class DealerState(eqx.Module):
    """What dealers carry; one row for every underlying."""

    hedge: DealerPath  # held against the options [token]
    log_price: DealerPath  # seen after the last shock, over that at the start [log]
    log_level: DealerPath  # of implied volatility over that at the start [log]
    variance: DealerPath  # realized, weighted to the recent [a year]
    elapsed: Int[Array, ""]  # steps since the start


class AbstractQuote(eqx.Module):
    """What a sale of the dealers makes of the prices that they hedge at."""

    market: eqx.AbstractVar[DealerPath]
    """Market prices before anybody's orders [USD]."""

    @abc.abstractmethod
    def move(self, sold: DealerPath) -> DealerPath:
        """Log of the price after a sale [token] behind all orders, over `market`."""


class DealerTrade(NamedTuple):
    """What dealers did."""

    state: DealerState
    sold: DealerPath  # [token]
    ran_away: Flag


class AbstractDealers(eqx.Module):
    """Those who sold or bought the options, and hedge them."""

    assets: eqx.AbstractVar[tuple[int, ...]]
    """Underlyings, in the order of the dealer axis."""

    @abc.abstractmethod
    def init(self, price: AssetPath) -> DealerState:
        """Hedged to the last token, at the prices of the start [USD]."""

    @abc.abstractmethod
    def advance(self, state: DealerState, price: AssetPath, dt: Scalar) -> DealerState:
        """A step passes: options age, and volatility follows what prices did.

        Args:
            state: Before.
            price: Market prices after the shock [USD].
            dt: Length of the step [year].
        """

    @abc.abstractmethod
    def in_step(self, state: DealerState, quote: AbstractQuote) -> DealerTrade:
        """Hedge after the shock of a step."""

    @abc.abstractmethod
    def in_round(self, state: DealerState, quote: AbstractQuote) -> DealerTrade:
        """Hedge what a round of liquidations does to the price."""


class NoDealers(AbstractDealers):
    """Nobody hedges options."""

    assets: tuple[int, ...] = eqx.field(static=True, default=())

    def init(self, price: AssetPath) -> DealerState:
        """No underlyings."""
        nothing = price[:0]
        return DealerState(
            hedge=nothing,
            log_price=nothing,
            log_level=nothing,
            variance=nothing,
            elapsed=jnp.zeros((), jnp.int32),
        )

    def advance(
        self,
        state: DealerState,
        price: AssetPath,  # noqa: ARG002
        dt: Scalar,  # noqa: ARG002
    ) -> DealerState:
        """Nothing ages."""
        return state

    def in_step(self, state: DealerState, quote: AbstractQuote) -> DealerTrade:  # noqa: ARG002
        """No trade."""
        return _nobody(state)

    def in_round(self, state: DealerState, quote: AbstractQuote) -> DealerTrade:  # noqa: ARG002
        """No trade."""
        return _nobody(state)


class Dealers(AbstractDealers):
    """Dealers of the options of some underlyings, one row for each.

    They hold minus the delta of their options. Implied volatility is that of the
    surface, moved with the spot as the table was built, times a level that follows
    realized volatility (`log_level`).
    """

    table: DeltaTable
    hedging: AbstractHedging
    price: PerDealer  # at the start [USD]
    variance: PerDealer  # realized, at the start [a year]
    memory: PerDealer  # share of the variance that a step leaves [ratio]
    weight: PerDealer  # w of realized volatility in implied [ratio]
    assets: tuple[int, ...] = eqx.field(static=True)

    def init(self, price: AssetPath) -> DealerState:
        """Hedged to the last token, at the prices of the start [USD]."""
        seen = self._log_price(price)
        level, elapsed = jnp.zeros_like(seen), jnp.zeros((), jnp.int32)
        return DealerState(
            hedge=-self.table.at(elapsed, seen, level)[0],
            log_price=seen,
            log_level=level,
            variance=jnp.broadcast_to(self.variance[:, None], seen.shape),
            elapsed=elapsed,
        )

    def advance(self, state: DealerState, price: AssetPath, dt: Scalar) -> DealerState:
        """Options age by a step; the level follows the return of it."""
        seen, memory = self._log_price(price), self.memory[:, None]
        move = seen - state.log_price
        variance = realized_variance(state.variance, move, memory, dt)
        return DealerState(
            hedge=state.hedge,
            log_price=seen,
            log_level=log_level(variance, self.variance[:, None], self.weight[:, None]),
            variance=variance,
            elapsed=state.elapsed + 1,
        )

    def in_step(self, state: DealerState, quote: AbstractQuote) -> DealerTrade:
        """Hedge after the shock of a step, as the policy has it."""
        want, still = self._want(state, quote), jnp.zeros_like(state.hedge)
        return _traded(state, self.hedging.in_step(want, still, state.elapsed))

    def in_round(self, state: DealerState, quote: AbstractQuote) -> DealerTrade:
        """Hedge what a round of liquidations does, as the policy has it."""
        want, still = self._want(state, quote), jnp.zeros_like(state.hedge)
        return _traded(state, self.hedging.in_round(want, still))

    def _want(self, state: DealerState, quote: AbstractQuote) -> "_Want":
        seen = jnp.log(quote.market / self.price[:, None])
        return _Want(table=self.table, state=state, quote=quote, log_price=seen)

    def _log_price(self, price: AssetPath) -> DealerPath:
        return jnp.log(price[np.array(self.assets)] / self.price[:, None])


class _Want(AbstractWant):
    """Delta of the options and the hedge, at the price that a sale leads to."""

    table: DeltaTable
    state: DealerState
    quote: AbstractQuote
    log_price: DealerPath  # before anybody's orders, over that at the start [log]

    def __call__(self, sold: DealerPath) -> tuple[DealerPath, DealerPath]:
        """What is left to be sold, and the feedback."""
        move, impact = jax.jvp(self.quote.move, (sold,), (jnp.ones_like(sold),))
        delta, slope = self._delta(move)
        return delta + self.state.hedge - sold, slope * impact

    def grain(self) -> DealerPath:
        """Some units in the last place of the hedge, and of the price in the delta."""
        slope = self._delta(jnp.zeros_like(self.log_price))[1]
        held = jnp.abs(self.state.hedge) + jnp.abs(slope)
        return GRAIN * jnp.finfo(held.dtype).eps * held

    def _delta(self, move: DealerPath) -> tuple[DealerPath, DealerPath]:
        at = self.state
        return self.table.at(at.elapsed, self.log_price + move, at.log_level)


def _traded(state: DealerState, trade: Hedged) -> DealerTrade:
    after = eqx.tree_at(lambda at: at.hedge, state, state.hedge - trade.sold)
    return DealerTrade(state=after, sold=trade.sold, ran_away=trade.ran_away)


def _nobody(state: DealerState) -> DealerTrade:
    still = jnp.zeros(state.hedge.shape[1], bool)
    return DealerTrade(state=state, sold=state.hedge, ran_away=still)

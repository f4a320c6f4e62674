"""Assets that are portfolios with options: what they trade at, and what they count for.

An asset that is an instrument has no process of its own. Its price is the value of its
underlying and its options at the underlying's price, whatever that price is: at the
venues' mid, at the market, or without anybody's impact.
"""

import abc
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .._numerics import matmul
from .._typing import AssetPath, InstrumentPath, PerInstrument, Scalar
from ._level import log_level, realized_variance
from ._stressed import ValueTable


class InstrumentState(eqx.Module):
    """What values of instruments depend on, beside prices."""

    log_price: InstrumentPath  # of the underlying after the last shock, over the start
    log_level: InstrumentPath  # of implied volatility over that at the start [log]
    variance: InstrumentPath  # realized, of the underlying [a year]
    elapsed: Int[Array, ""]  # steps since the start


class AbstractInstruments(eqx.Module):
    """The assets that are instruments, one row for each."""

    assets: eqx.AbstractVar[tuple[int, ...]]
    """Rows of the asset axis; where there are none, nothing below is called for."""

    @abc.abstractmethod
    def init(self, price: AssetPath) -> Any:  # noqa: ANN401
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def advance(self, state: Any, price: AssetPath, dt: Scalar) -> Any:  # noqa: ANN401
        """A step passes: options age, and volatility follows what prices did.

        Args:
            state: Before.
            price: Market prices after the shock [USD].
            dt: Length of the step [year].
        """

    @abc.abstractmethod
    def priced(self, state: Any, price: AssetPath) -> AssetPath:  # noqa: ANN401
        """Prices with those of instruments at their values [USD].

        Args:
            state: Now.
            price: Of all assets [USD]; of an instrument, what it was worth at the start
                times the impact of trades in it.
        """

    @abc.abstractmethod
    def counted(self, state: Any, price: AssetPath) -> AssetPath:  # noqa: ANN401
        """Stressed value over value of every asset at these oracle prices [ratio]."""

    @abc.abstractmethod
    def hedged(self, state: Any, sold: AssetPath, price: AssetPath) -> AssetPath:  # noqa: ANN401
        """What those who buy instruments sell of the underlyings, to be hedged [token].

        Args:
            state: Now.
            sold: Net sales of every asset [token].
            price: Market prices before them [USD].
        """


class NoInstruments(AbstractInstruments):
    """Every asset has a price of its own."""

    assets: tuple[int, ...] = eqx.field(static=True, default=())

    def init(self, price: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def advance(self, state: Any, price: AssetPath, dt: Scalar) -> Any:  # noqa: ANN401, ARG002
        """Nothing ages."""
        return state

    def priced(self, state: Any, price: AssetPath) -> AssetPath:  # noqa: ANN401, ARG002
        """As they are."""
        return price

    def counted(self, state: Any, price: AssetPath) -> AssetPath:  # noqa: ANN401, ARG002
        """In full."""
        return jnp.ones_like(price)

    def hedged(self, state: Any, sold: AssetPath, price: AssetPath) -> AssetPath:  # noqa: ANN401, ARG002
        """Nothing."""
        return jnp.zeros_like(sold)


class Instruments(AbstractInstruments):
    """Instruments on underlyings that are assets themselves, and not instruments.

    Implied volatility is that of the surface, moved with the spot as the tables were
    built, times a level that follows realized volatility (`log_level`).
    """

    fair: ValueTable
    stressed: ValueTable
    price: PerInstrument  # of the underlying at the start [USD]
    value: PerInstrument  # of one unit at the start [USD]
    variance: PerInstrument  # realized, of the underlying at the start [a year]
    memory: PerInstrument  # share of the variance that a step leaves [ratio]
    weight: PerInstrument  # of realized volatility in implied [ratio]
    assets: tuple[int, ...] = eqx.field(static=True)
    underlyings: tuple[int, ...] = eqx.field(static=True)

    def init(self, price: AssetPath) -> InstrumentState:
        """Nothing has moved."""
        seen = self._log_price(price)
        return InstrumentState(
            log_price=seen,
            log_level=jnp.zeros_like(seen),
            variance=jnp.broadcast_to(self.variance[:, None], seen.shape),
            elapsed=jnp.zeros((), jnp.int32),
        )

    def advance(
        self, state: InstrumentState, price: AssetPath, dt: Scalar
    ) -> InstrumentState:
        """Options age by a step; the level follows the return of it."""
        seen = self._log_price(price)
        variance = realized_variance(
            state.variance, seen - state.log_price, self.memory[:, None], dt
        )
        return InstrumentState(
            log_price=seen,
            log_level=log_level(variance, self.variance[:, None], self.weight[:, None]),
            variance=variance,
            elapsed=state.elapsed + 1,
        )

    def priced(self, state: InstrumentState, price: AssetPath) -> AssetPath:
        """Instruments at their values, with the impact of trades in them."""
        now = self._at(self.fair, state, price) / self.value[:, None]
        return price.at[np.array(self.assets)].multiply(now, unique_indices=True)

    def counted(self, state: InstrumentState, price: AssetPath) -> AssetPath:
        """At most one, of an instrument whose stresses include none."""
        share = self._at(self.stressed, state, price) / self._at(
            self.fair, state, price
        )
        whole = jnp.ones_like(price)
        return whole.at[np.array(self.assets)].set(share, unique_indices=True)

    def hedged(
        self, state: InstrumentState, sold: AssetPath, price: AssetPath
    ) -> AssetPath:
        """Delta of what is sold, by underlying."""

        def value(log_price: InstrumentPath) -> InstrumentPath:
            return self.fair.at(state.elapsed, log_price, state.log_level)

        seen = self._log_price(price)
        slope = jax.jvp(value, (seen,), (jnp.ones_like(seen),))[1]
        spot = price[np.array(self.underlyings)]
        return matmul(self._home(price), sold[np.array(self.assets)] * slope / spot)

    def _at(
        self, table: ValueTable, state: InstrumentState, price: AssetPath
    ) -> InstrumentPath:
        return table.at(state.elapsed, self._log_price(price), state.log_level)

    def _log_price(self, price: AssetPath) -> InstrumentPath:
        return jnp.log(price[np.array(self.underlyings)] / self.price[:, None])

    def _home(self, price: AssetPath) -> Float[Array, "asset instrument"]:
        return jnp.asarray(
            np.eye(price.shape[0])[:, np.array(self.underlyings)], price.dtype
        )

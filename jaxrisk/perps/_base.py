"""What perpetual futures are to the rest of the market."""

import abc
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import equinox as eqx
import jax.numpy as jnp

from .._typing import AssetPath, Flag, PerPath, PerpPath, Scalar


Memory = TypeVar("Memory")


@runtime_checkable
class Book(Protocol):
    """The order books of all perpetuals, one row each; a venue is one.

    The `inventory` is what was sold to market makers and is not hedged [token], the
    `mid` the spot price [USD]. A book asks no fee, so that the average price of an
    order is between the marginal prices before and after it.
    """

    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:
        """Log of the marginal price over `mid`."""
        ...

    def proceeds(
        self, inventory: AssetPath, sold: AssetPath, mid: AssetPath
    ) -> AssetPath:
        """USD received for selling tokens; minus what is paid where `sold` < 0."""
        ...


@runtime_checkable
class IndexOracle(Protocol):
    """Where the index prices of all perpetuals come from; every oracle will do."""

    def init(self, market_price: AssetPath) -> Any:  # noqa: ANN401
        """The memory of an oracle that has just published this price [USD]."""
        ...

    def advance(self, memory: Any, dt: Scalar) -> Any:  # noqa: ANN401
        """Let `dt` [year] pass."""
        ...

    def publish(self, memory: Any, market_price: AssetPath) -> Any:  # noqa: ANN401
        """See the market price [USD], and publish if the rule says so."""
        ...

    def price(self, memory: Any) -> AssetPath:  # noqa: ANN401
        """The last price published [USD]."""
        ...


class PerpReport(eqx.Module):
    """What happened; reports of one step add up, leaf by leaf."""

    liquidated: PerpPath  # positions closed for want of margin, at mark [USD]
    deleveraged: PerpPath  # the part of them that no book took, at mark [USD]
    flow: PerpPath  # spot sold on account of a perpetual, at spot [USD]
    funding: PerpPath  # paid by longs to shorts, makers included [USD]
    insurance_paid: PerPath  # [USD]

    @classmethod
    def blank(cls, perps: int, spot: AssetPath) -> "PerpReport":
        """Nothing happened; as many paths as there are spot prices."""
        nothing = jnp.zeros((perps, spot.shape[1]), spot.dtype)
        by_path = jnp.zeros(spot.shape[1], spot.dtype)
        return cls(
            liquidated=nothing,
            deleveraged=nothing,
            flow=nothing,
            funding=nothing,
            insurance_paid=by_path,
        )


class AbstractPerps(eqx.Module, Generic[Memory]):
    """The perpetual futures of one exchange.

    `spot` is the market price of every asset [USD]; what is `sold` is the spot order
    flow that comes back [token], sales positive.
    """

    @abc.abstractmethod
    def init(self, spot: AssetPath) -> Memory:
        """Every path at the start."""

    @abc.abstractmethod
    def blank(self, spot: AssetPath) -> PerpReport:
        """The report of a step in which nothing has happened yet."""

    @abc.abstractmethod
    def advance(
        self, state: Memory, spot: AssetPath, dt: Scalar
    ) -> tuple[Memory, AssetPath, PerpReport]:
        """Let `dt` [year] pass, once a step: index, funding, hedges, unwinding."""

    @abc.abstractmethod
    def in_trouble(self, state: Memory, spot: AssetPath) -> Flag:
        """Paths with a trader whose margin is below maintenance."""

    @abc.abstractmethod
    def liquidate(
        self, state: Memory, spot: AssetPath
    ) -> tuple[Memory, AssetPath, PerpReport]:
        """One round on the paths in trouble; the others stay exactly as they are."""

    @abc.abstractmethod
    def basis(self, state: Memory, spot: AssetPath) -> PerpPath:
        """Log of the perpetual's price over spot."""

    @abc.abstractmethod
    def funding_rate(self, state: Memory, spot: AssetPath) -> PerpPath:
        """What longs pay shorts in a funding interval [ratio of notional]."""

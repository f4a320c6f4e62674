"""What a policy is to the rest of the market, and its absence."""

import abc
from typing import Any, Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import AssetPath, MarketPath, ReservePath
from ._breakers import AbstractBreakers, NoBreakers
from ._caps import AbstractCaps, NoCaps
from ._factors import AbstractFactors, ListedFactors
from ._limits import AbstractLimits, NoLimits
from ._sight import AbstractSight, Seller
from ._waterfall import AbstractWaterfall, NoWaterfall, Payments


Memory = TypeVar("Memory")
InsuredPath = Float[Array, "insured path"]


class PolicyReport(eqx.Module):
    """What policy did; reports of a path add up. No rows where a part is absent."""

    paused: Float[Array, "pausing path"]  # steps without liquidations
    refused: Float[Array, "limited path"]  # kept back by limits, round by round [USD]
    treasury: InsuredPath  # deficits paid by the treasury [USD]
    module: InsuredPath  # by slashed tokens of the safety module [USD]
    backstop: InsuredPath  # by the backstop [USD]
    socialised: InsuredPath  # left to suppliers [USD]
    factor: Float[Array, "moving path"]  # in force over the listed one [ratio]


class AbstractPolicy(eqx.Module, Generic[Memory]):
    """Rules that react to what was seen up to now."""

    breakers: eqx.AbstractVar[AbstractBreakers]
    limits: eqx.AbstractVar[AbstractLimits]
    caps: eqx.AbstractVar[AbstractCaps]
    waterfall: eqx.AbstractVar[AbstractWaterfall]
    factors: eqx.AbstractVar[AbstractFactors]

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of those that may act: known before a program is compiled."""
        there = {
            "breakers": self.breakers.watches,
            "limits": self.limits.throttles,
            "waterfall": self.waterfall.pays,
            "factors": self.factors.moves,
        }
        return tuple(name for name, acts in there.items() if acts)

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def blank(self, paths: int) -> PolicyReport:
        """The report of a path before its first step."""

    @abc.abstractmethod
    def begun(self, state: Memory, paths: int) -> PolicyReport:
        """The report of a step in which nothing was traded yet."""

    @abc.abstractmethod
    def react(self, state: Memory, sight: AbstractSight) -> Memory:
        """See the market after the shock of a step, and decide."""

    @abc.abstractmethod
    def counted(self, state: Memory, price: ReservePath) -> ReservePath:
        """Price at which collateral counts towards health [USD]."""

    @abc.abstractmethod
    def counted_for_new(self, state: Memory, price: ReservePath) -> ReservePath:
        """Price at which collateral counts where more is borrowed against it [USD]."""

    @abc.abstractmethod
    def closed(self, state: Memory) -> ReservePath:
        """1 where who holds or owes a reserve cannot be liquidated now, else 0."""

    @abc.abstractmethod
    def room_to_borrow(self, state: Memory, borrowed: ReservePath) -> ReservePath:
        """What may still be borrowed now [token], of so much [token]."""

    @abc.abstractmethod
    def tradable(self, state: Memory, price: ReservePath) -> ReservePath:
        """1 where a borrower's order in a reserve reaches its venue now, else 0."""

    @abc.abstractmethod
    def throttle(self, state: Memory, wanted: MarketPath) -> tuple[Memory, MarketPath]:
        """Spend the budgets of a step on what keepers want to repay [USD].

        Returns:
            The state after it, and the share of it that they may [ratio].
        """

    @abc.abstractmethod
    def unspent(self, state: Memory) -> MarketPath:
        """1 where a market has a budget left in this step, else 0."""

    @abc.abstractmethod
    def cover(
        self, state: Memory, owing: MarketPath, seller: Seller
    ) -> tuple[Memory, Seller, Payments]:
        """Pay what the reserve fund did not [USD]."""

    @abc.abstractmethod
    def in_rounds(self, state: Memory) -> tuple[Memory, Any]:
        """What rounds of liquidation look at, and what rests until they are over."""

    @abc.abstractmethod
    def after_rounds(self, state: Memory, resting: Any) -> Memory:  # noqa: ANN401
        """Both together again."""


class NoPolicy(AbstractPolicy[Any]):
    """Parameters stay as they are, and nothing is paused."""

    breakers: AbstractBreakers = NoBreakers()
    limits: AbstractLimits = NoLimits()
    caps: AbstractCaps = NoCaps()
    waterfall: AbstractWaterfall = NoWaterfall()
    factors: AbstractFactors = ListedFactors()

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> PolicyReport:
        """No rows."""
        nothing = jnp.zeros((0, paths))
        return PolicyReport(*(nothing,) * 7)

    def begun(self, state: Any, paths: int) -> PolicyReport:  # noqa: ANN401, ARG002
        """No rows."""
        return self.blank(paths)

    def react(self, state: Any, sight: AbstractSight) -> Any:  # noqa: ANN401, ARG002
        """Not at all."""
        return state

    def counted(self, state: Any, price: ReservePath) -> ReservePath:  # noqa: ANN401, ARG002
        """In full."""
        return price

    def counted_for_new(self, state: Any, price: ReservePath) -> ReservePath:  # noqa: ANN401, ARG002
        """In full."""
        return price

    def closed(self, state: Any) -> ReservePath:  # noqa: ANN401, ARG002
        """No rows: nothing is ever closed."""
        return jnp.zeros((0, 0))

    def room_to_borrow(self, state: Any, borrowed: ReservePath) -> ReservePath:  # noqa: ANN401, ARG002
        """Unlimited."""
        return self.caps.room_to_borrow(borrowed)

    def tradable(self, state: Any, price: ReservePath) -> ReservePath:  # noqa: ANN401, ARG002
        """Always."""
        return jnp.ones_like(price)

    def throttle(self, state: Any, wanted: MarketPath) -> tuple[Any, MarketPath]:  # noqa: ANN401
        """All of it."""
        return state, jnp.ones_like(wanted)

    def unspent(self, state: Any) -> MarketPath:  # noqa: ANN401, ARG002
        """No rows: nothing is spent."""
        return jnp.zeros((0, 0))

    def cover(
        self,
        state: Any,  # noqa: ANN401
        owing: MarketPath,
        seller: Seller,
    ) -> tuple[Any, Seller, Payments]:
        """Nothing."""
        return self.waterfall.cover(state, owing, seller)

    def in_rounds(self, state: Any) -> tuple[Any, Any]:  # noqa: ANN401
        """Nothing rests."""
        return state, ()

    def after_rounds(self, state: Any, resting: Any) -> Any:  # noqa: ANN401, ARG002
        """As it is."""
        return state

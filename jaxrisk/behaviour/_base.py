"""What the behaviour of others is to a market: those who owe, supply, and make depth.

Each of the three families has a null object, which adds nothing to a step.
"""

import abc
from typing import Generic, TypeVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from .._typing import (
    ActorPath,
    ActorReserve,
    AssetPath,
    MarketPath,
    PerPath,
    ReserveFlag,
    ReservePath,
    RowPath,
    Scalar,
)


Memory = TypeVar("Memory")


class Holdings(eqx.Module):
    """What the accounts that act have, and the prices and rates of it.

    Prices are of a unit of what was there at the start, interest included, as contracts
    have them.
    """

    kept: ActorPath  # share of the initial collateral
    owed: ActorPath  # share of the initial debt
    collateral: ActorReserve  # at the start [token]
    weighted: ActorReserve  # times its liquidation threshold [token]
    debt: ActorReserve  # at the start [token]
    price: ReservePath  # of collateral [USD]
    counted: ReservePath  # of collateral, as it counts towards health [USD]
    counted_for_new: ReservePath  # of collateral, where more is borrowed [USD]
    debt_price: ReservePath  # [USD]
    earned: ReservePath  # supply rate [log a year]
    charged: ReservePath  # borrow rate [log a year]


class Plan(eqx.Module):
    """What the accounts are about to do, none of it negative.

    `added` and `sold` are shares of the initial collateral, `repaid` and `drawn` of the
    initial debt.
    """

    paid: ActorPath  # from wealth, for what is added or repaid [USD]
    added: ActorPath  # collateral brought from outside
    repaid: ActorPath  # debt repaid from outside
    sold: ActorPath  # collateral sold to repay debt with the proceeds
    drawn: ActorPath  # debt taken to buy collateral with it

    @property
    def acting(self) -> PerPath:
        """Above zero on paths on which somebody does anything."""
        return (self.paid + self.sold + self.drawn).sum(axis=0)


class BorrowerReport(eqx.Module):
    """What borrowers did, by market; reports of one step add up, leaf by leaf."""

    unwound: MarketPath  # collateral sold by choice, at oracle prices [USD]
    topped_up: MarketPath  # brought from outside [USD]
    levered: MarketPath  # borrowed to buy collateral, at oracle prices [USD]
    flow: AssetPath  # net sales, at market prices before they are made [USD]

    @classmethod
    def blank(
        cls, markets: int, assets: int, paths: int, dtype: np.dtype
    ) -> "BorrowerReport":
        """Nothing happened."""
        nothing = jnp.zeros((markets, paths), dtype)
        return cls(
            unwound=nothing,
            topped_up=nothing,
            levered=nothing,
            flow=jnp.zeros((assets, paths), dtype),
        )


class AbstractBorrowers(eqx.Module, Generic[Memory]):
    """Accounts that act before anybody liquidates them."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def blank(self, paths: int) -> BorrowerReport:
        """The report of a step in which nobody has acted yet."""

    @property
    @abc.abstractmethod
    def accounts(self) -> Int[Array, " actor"]:
        """Index in the book of those who act."""

    @abc.abstractmethod
    def plan(self, state: Memory, at: Holdings) -> Plan:
        """What they want to do now.

        Args:
            state: Their own memory.
            at: What they have.
        """

    @abc.abstractmethod
    def settle(self, state: Memory, gained: ActorPath) -> Memory:
        """Book what is left over, less what was paid from outside [USD]."""

    @abc.abstractmethod
    def told(
        self,
        *,
        unwound: ActorPath,
        topped_up: ActorPath,
        levered: ActorPath,
        flow: AssetPath,
    ) -> BorrowerReport:
        """The report of what was done, from each of those who act [USD]."""


class SupplierReport(eqx.Module):
    """What suppliers did; reports of one step add up, leaf by leaf."""

    withdrawn: ReservePath  # taken out, at oracle prices [USD]
    returned: ReservePath  # brought back, at oracle prices [USD]
    frozen: ReservePath  # steps in which somebody wanted out and could not

    @classmethod
    def blank(cls, reserves: int, paths: int, dtype: np.dtype) -> "SupplierReport":
        """Nothing happened."""
        nothing = jnp.zeros((reserves, paths), dtype)
        return cls(withdrawn=nothing, returned=nothing, frozen=nothing)


class Liquidity(eqx.Module):
    """What suppliers see of their reserves."""

    supplied: ReservePath  # [token]
    borrowed: ReservePath  # [token]
    supply_index: ReservePath
    price: ReservePath  # of a token, at the oracle [USD]


class AbstractSuppliers(eqx.Module, Generic[Memory]):
    """Those who lend to the reserves and owe nothing."""

    @abc.abstractmethod
    def init(self, paths: int) -> Memory:
        """Every path at the start."""

    @abc.abstractmethod
    def blank(self, paths: int) -> SupplierReport:
        """The report of a step in which nobody has acted yet."""

    @abc.abstractmethod
    def cash(self, state: Memory, lendable: ReservePath) -> ReservePath:
        """Tokens that are really there, of supplied less borrowed."""

    @abc.abstractmethod
    def hear(self, state: Memory, missing: ReservePath, alarmed: ReserveFlag) -> Memory:
        """Learn of debt that nobody will repay.

        Args:
            state: Their own memory.
            missing: Tokens that were written off and that nobody has replaced.
            alarmed: Reserves of markets with a shortfall.
        """

    @abc.abstractmethod
    def act(
        self,
        state: Memory,
        at: Liquidity,
        dt: Scalar,
    ) -> tuple[Memory, ReservePath, SupplierReport]:
        """Withdraw, queue, or return.

        Returns:
            Their memory, the tokens that come back net of those taken out, the report.
        """


class AbstractProviders(eqx.Module, Generic[Memory]):
    """Those whose tokens are the depth of the venues.

    A venue of a share f of its full depth does to an order q what the full one does to
    q/f, and pays f times as much: venues are homogeneous of the first degree. So the
    venues, and the inventory that they carry, stay those of the full depth, and orders
    are scaled on their way there and back.
    """

    @abc.abstractmethod
    def init(self, log_price: AssetPath) -> Memory:
        """Every path at the start: the full depth."""

    @abc.abstractmethod
    def react(self, state: Memory, log_price: AssetPath, dt: Scalar) -> Memory:
        """See the prices of a step; withdraw or return.

        Args:
            state: Their own memory.
            log_price: Of every asset against what its venue quotes it in [log].
            dt: Time since they last saw them [year].
        """

    @abc.abstractmethod
    def onto_venue(self, state: Memory, sold: AssetPath) -> AssetPath:
        """The order to the full venue that stands for this one to what is left."""

    @abc.abstractmethod
    def from_venue(self, state: Memory, amount: AssetPath) -> AssetPath:
        """What is left of an amount that the full venue pays or takes."""

    @abc.abstractmethod
    def depth(self, state: Memory, like: AssetPath) -> RowPath:
        """Share of the full depth that is there [ratio]; no rows if it never moves."""

"""What policy sees of the market, and how it sells into it."""

import abc
from typing import TypeVar

import equinox as eqx

from .._typing import (
    AccountPath,
    AssetPath,
    DealerPath,
    MarketPath,
    PerPath,
    ReservePath,
)


Seller = TypeVar("Seller", bound="AbstractSeller")


class AbstractSight(eqx.Module):
    """What policy may look at when it reacts; computed where it does."""

    @abc.abstractmethod
    def price(self) -> AssetPath:
        """Market price after the shock of the step [USD]."""

    @abc.abstractmethod
    def depth_loss(self) -> AssetPath:
        """How far sales still hold the price below the venue's own mid [log].

        And, added to it, the share of the depth that providers have withdrawn.
        """

    @abc.abstractmethod
    def implied_level(self) -> DealerPath:
        """Implied volatility over that at the start, by underlying of options [log]."""

    @abc.abstractmethod
    def kept(self) -> AccountPath:
        """Share of its collateral that an account still has [ratio]."""

    @abc.abstractmethod
    def debt(self) -> MarketPath:
        """All that is borrowed, at the oracle's last prices [USD]."""

    @abc.abstractmethod
    def at_risk(self, fall: AssetPath) -> ReservePath:
        """Share of collateral that is liquidatable once prices fall so far [ratio].

        Args:
            fall: Of every asset's price at once [log].
        """


class AbstractSeller(eqx.Module):
    """Sells tokens into their venues."""

    @abc.abstractmethod
    def sell(
        self: Seller, asset: int, wanted: PerPath, available: PerPath, fall: PerPath
    ) -> tuple[Seller, PerPath, PerPath]:
        """Sell until so much is raised, or no more may be sold.

        Args:
            asset: What is sold.
            wanted: What the sale should raise [USD].
            available: Most that may be sold [token].
            fall: Most that the price may fall by [log].

        Returns:
            The market after it, what was sold [token], and what it raised [USD].
        """

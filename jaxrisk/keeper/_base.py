"""What a keeper sees and answers."""

import abc

import equinox as eqx
from jaxtyping import Array, Float

from .._listing import Listing
from .._numerics import total, worth
from .._typing import (
    AssetPath,
    PerPath,
    ReservePath,
    RowFlag,
    RowPath,
    RowReserve,
)


class Offers(eqx.Module):
    """The liquidations on offer in one round, at market prices before they are made."""

    ready: RowFlag  # may be liquidated now
    seized: RowPath  # share of the initial collateral on offer [ratio]
    repaid: RowPath  # share of the initial debt to repay for it [ratio]
    collateral: RowReserve  # what a keeper gets of the initial collateral [token]
    debt: RowReserve  # initial debt [token]
    members: Float[Array, "row #path"]  # liquidations that an offer stands for
    sale_price: ReservePath  # market price of one unit of initial collateral [USD]
    purchase_price: ReservePath  # market price of one unit of initial debt [USD]
    listing: Listing

    def revenue(self) -> RowPath:
        """Market value of what the keeper gets for each account [USD]."""
        return self.seized * worth(self.collateral, self.sale_price)

    def cost(self) -> RowPath:
        """Market value of what the keeper repays for each account [USD]."""
        return self.repaid * worth(self.debt, self.purchase_price)

    def sales(self, share: RowPath) -> AssetPath:
        """Sales if `share` of every offer is taken [USD]."""
        by_reserve = total(self.collateral, self.seized * share)
        return self.listing.to_assets(self.sale_price * by_reserve)

    def purchases(self, share: RowPath) -> AssetPath:
        """Purchases if `share` of every offer is taken [USD]."""
        by_reserve = total(self.debt, self.repaid * share)
        return self.listing.to_assets(self.purchase_price * by_reserve)


class AbstractRoom(eqx.Module):
    """What venues offer a keeper: USD that fit before the log price has moved."""

    @abc.abstractmethod
    def to_sell(self, fall: PerPath) -> AssetPath:
        """USD that can be sold before the log price has fallen by `fall` >= 0."""

    @abc.abstractmethod
    def to_buy(self, rise: PerPath) -> AssetPath:
        """USD that can be bought before the log price has risen by `rise` >= 0."""


class AbstractKeeper(eqx.Module):
    """Decides how much of every offer is taken."""

    @abc.abstractmethod
    def fill(self, offers: Offers, capital: PerPath, *, room: AbstractRoom) -> RowPath:
        """Share [ratio] of every offer that is taken; zero where not ready.

        Args:
            offers: The liquidations on offer.
            capital: What keepers can spend in this round [USD].
            room: How much the venues take before their price has moved so far.
        """

    @abc.abstractmethod
    def gas(self, taken: RowFlag, members: Float[Array, "row #path"]) -> PerPath:
        """Gas paid for the liquidations that were made [USD]."""

    @abc.abstractmethod
    def with_gas(self, multiple: PerPath) -> "AbstractKeeper":
        """The same keepers where gas costs so many times as much [ratio]."""

    @property
    @abc.abstractmethod
    def initial_capital(self) -> Float[Array, ""]:
        """What keepers can spend at the start [USD]."""

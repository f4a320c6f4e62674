"""What those who act of their own accord are to the rest of the market."""

import abc
from typing import Any, Generic, TypeVar

import equinox as eqx

from .._typing import AssetPath


Memory = TypeVar("Memory")


class BorrowerReport(eqx.Module):
    """What borrowers did; reports of one step add up, leaf by leaf."""


class SupplierReport(eqx.Module):
    """What suppliers did; reports of one step add up, leaf by leaf."""


class AbstractBorrowers(eqx.Module, Generic[Memory]):
    """Accounts that top up, unwind or lever up before anybody liquidates them."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def blank(self, paths: int) -> BorrowerReport:
        """The report of a step in which nothing has happened yet."""


class AbstractSuppliers(eqx.Module, Generic[Memory]):
    """Those who lend to the markets, and may want their tokens back."""

    @abc.abstractmethod
    def init(self, paths: int) -> Memory:
        """Every path at the start."""

    @abc.abstractmethod
    def blank(self, paths: int) -> SupplierReport:
        """The report of a step in which nothing has happened yet."""


class AbstractProviders(eqx.Module, Generic[Memory]):
    """Those whose liquidity is the depth of the venues."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""


class NoBorrowers(AbstractBorrowers[Any]):
    """Borrowers wait and see."""

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> BorrowerReport:  # noqa: ARG002
        """Nothing."""
        return BorrowerReport()


class NoSuppliers(AbstractSuppliers[Any]):
    """Suppliers stay."""

    def init(self, paths: int) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> SupplierReport:  # noqa: ARG002
        """Nothing."""
        return SupplierReport()


class NoProviders(AbstractProviders[Any]):
    """Liquidity stays."""

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

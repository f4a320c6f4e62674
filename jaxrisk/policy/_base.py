"""What a policy is to the rest of the market."""

import abc
from typing import Any, Generic, TypeVar

import equinox as eqx

from .._typing import AssetPath, ReservePath


Memory = TypeVar("Memory")


class PolicyReport(eqx.Module):
    """What happened; reports of one step add up, leaf by leaf."""


class AbstractPolicy(eqx.Module, Generic[Memory]):
    """Rules that react to what was seen up to now."""

    @abc.abstractmethod
    def init(self, market: AssetPath) -> Memory:
        """Every path at the start, at these market prices [USD]."""

    @abc.abstractmethod
    def blank(self, paths: int) -> PolicyReport:
        """The report of a step in which nothing has happened yet."""

    @abc.abstractmethod
    def counted(self, state: Memory, price: ReservePath) -> ReservePath:
        """Price at which collateral counts towards health [USD]."""


class NoPolicy(AbstractPolicy[Any]):
    """Parameters stay as they are, and nothing is paused."""

    def init(self, market: AssetPath) -> tuple[()]:  # noqa: ARG002
        """Nothing."""
        return ()

    def blank(self, paths: int) -> PolicyReport:  # noqa: ARG002
        """Nothing."""
        return PolicyReport()

    def counted(self, state: Any, price: ReservePath) -> ReservePath:  # noqa: ANN401, ARG002
        """In full."""
        return price

"""What an oracle is."""

import abc
from typing import Generic, TypeVar

import equinox as eqx

from .._typing import AssetPath, Scalar


Memory = TypeVar("Memory")


class AbstractOracle(eqx.Module, Generic[Memory]):
    """Maps the market price to the price that contracts act on.

    Time passes once a step (`advance`); the oracle may be asked to publish several
    times at the same time, once in every round of a cascade.
    """

    @abc.abstractmethod
    def init(self, market_price: AssetPath) -> Memory:
        """The memory of an oracle that has just published this price [USD]."""

    @abc.abstractmethod
    def advance(self, memory: Memory, dt: Scalar) -> Memory:
        """Let `dt` [year] pass."""

    @abc.abstractmethod
    def publish(self, memory: Memory, market_price: AssetPath) -> Memory:
        """See the market price [USD], and publish if the rule says so."""

    @abc.abstractmethod
    def price(self, memory: Memory) -> AssetPath:
        """The price [USD] that contracts read."""

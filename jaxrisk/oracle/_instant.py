"""The oracle that is never late: the null object of this family."""

from .._typing import AssetPath, Scalar
from ._base import AbstractOracle


class InstantOracle(AbstractOracle[AssetPath]):
    """Publishes the market price, always. Its memory is that price."""

    def init(self, market_price: AssetPath) -> AssetPath:
        """The price itself."""
        return market_price

    def advance(self, memory: AssetPath, dt: Scalar) -> AssetPath:  # noqa: ARG002
        """Nothing ages."""
        return memory

    def publish(self, memory: AssetPath, market_price: AssetPath) -> AssetPath:  # noqa: ARG002
        """The market price."""
        return market_price

    def price(self, memory: AssetPath) -> AssetPath:
        """The last price seen."""
        return memory

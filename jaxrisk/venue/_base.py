"""What a venue is: a price that an inventory displaces."""

import abc

import equinox as eqx

from .._typing import AssetPath


class AbstractVenue(eqx.Module):
    """Venues of one kind; their rows are some of the assets.

    The `inventory` is what was sold to the venue and not yet taken off it [token], the
    `mid` its price at zero inventory [USD]. All arguments and results have one row for
    each of the assets traded here.
    """

    @abc.abstractmethod
    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:
        """Log of the marginal price over `mid`."""

    @abc.abstractmethod
    def proceeds(
        self, inventory: AssetPath, sold: AssetPath, mid: AssetPath
    ) -> AssetPath:
        """USD received for selling tokens; minus what is paid where `sold` < 0."""

    @abc.abstractmethod
    def room(self, inventory: AssetPath, move: AssetPath, mid: AssetPath) -> AssetPath:
        """Tokens whose sale moves the log price by `move`; negative moves are sales.

        Sales are positive, as everywhere; a purchase that raises the price is negative.
        """

"""A venue with part of its depth: of any kind, as all are homogeneous in size."""

from .._typing import AssetPath, PerAsset
from ..venue import AbstractVenue


class ThinVenue(AbstractVenue):
    r"""A venue of which a share s of every quote is left.

    .. math:: \text{displacement}(q) = \text{displacement}_1(q / s), \qquad
        \text{proceeds}(q) = s \, \text{proceeds}_1(q / s)

    An infinite venue stays infinite.
    """

    venue: AbstractVenue
    share: PerAsset  # s [ratio], above zero

    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:
        """As of the whole venue, for more."""
        return self.venue.displacement(inventory / self.share[:, None], mid)

    def proceeds(
        self, inventory: AssetPath, sold: AssetPath, mid: AssetPath
    ) -> AssetPath:
        """USD received, net of what is paid."""
        share = self.share[:, None]
        return share * self.venue.proceeds(inventory / share, sold / share, mid)

    def room(self, inventory: AssetPath, move: AssetPath, mid: AssetPath) -> AssetPath:
        """Tokens whose sale moves the log price by `move`."""
        share = self.share[:, None]
        return share * self.venue.room(inventory / share, move, mid)

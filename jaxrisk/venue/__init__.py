"""Where collateral is sold: depth, slippage, impact."""

from ._base import AbstractVenue
from ._constant_product import ConstantProductVenue
from ._infinite import InfiniteVenue
from ._power_law import PowerLawVenue
from ._stableswap import StableSwapVenue
from ._venues import Venues, VenueState, build_venues


__all__ = [
    "AbstractVenue",
    "ConstantProductVenue",
    "InfiniteVenue",
    "PowerLawVenue",
    "StableSwapVenue",
    "VenueState",
    "Venues",
    "build_venues",
]

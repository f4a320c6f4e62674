"""Where prices come from."""

from ._claims import closure, cycle_of, depths
from ._innovation import AbstractInnovation, Gaussian, StudentT
from ._jumps import AbstractJumps, CompoundPoisson, NoJumps
from ._prices import AssetModel, JumpSources, Prices, PriceState, build_prices
from ._regimes import AbstractRegimes, OneRegime, TwoRegimes
from ._scheduled import ScheduledShock


__all__ = [
    "AbstractInnovation",
    "AbstractJumps",
    "AbstractRegimes",
    "AssetModel",
    "CompoundPoisson",
    "Gaussian",
    "JumpSources",
    "NoJumps",
    "OneRegime",
    "PriceState",
    "Prices",
    "ScheduledShock",
    "StudentT",
    "TwoRegimes",
    "build_prices",
    "closure",
    "cycle_of",
    "depths",
]

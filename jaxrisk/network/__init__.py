"""What couples protocols: claims on each other, obligations, common assets."""

from ._base import AbstractNetwork, NetworkReport, NoNetwork
from ._clearing import Clearing, Recovery, clear, netted
from ._fire_sales import FireSale, LeverageTargets, Thresholds
from ._obligations import Obligations
from ._settling import AbstractObligations, NoObligations, Settlement


__all__ = [
    "AbstractNetwork",
    "AbstractObligations",
    "Clearing",
    "FireSale",
    "LeverageTargets",
    "NetworkReport",
    "NoNetwork",
    "NoObligations",
    "Obligations",
    "Recovery",
    "Settlement",
    "Thresholds",
    "clear",
    "netted",
]

"""What couples protocols: claims on each other, obligations, common assets."""

from ._base import AbstractNetwork, NetworkReport, NoNetwork
from ._clearing import Clearing, Recovery, clear, netted
from ._fire_sales import FireSale, LeverageTargets, Thresholds


__all__ = [
    "AbstractNetwork",
    "Clearing",
    "FireSale",
    "LeverageTargets",
    "NetworkReport",
    "NoNetwork",
    "Recovery",
    "Thresholds",
    "clear",
    "netted",
]

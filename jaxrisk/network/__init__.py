"""What couples protocols: obligations, common assets."""

from ._clearing import Clearing, Recovery, clear, netted
from ._fire_sales import FireSale, LeverageTargets, Thresholds


__all__ = [
    "Clearing",
    "FireSale",
    "LeverageTargets",
    "Recovery",
    "Thresholds",
    "clear",
    "netted",
]

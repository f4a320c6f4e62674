"""Who liquidates, and when it pays."""

from ._base import AbstractKeeper, AbstractRoom, Offers
from ._greedy import GreedyKeeper
from ._latency import NEVER, AbstractLatency, Clock, FixedLatency, NoLatency
from ._rational import RationalKeeper


__all__ = [
    "NEVER",
    "AbstractKeeper",
    "AbstractLatency",
    "AbstractRoom",
    "Clock",
    "FixedLatency",
    "GreedyKeeper",
    "NoLatency",
    "Offers",
    "RationalKeeper",
]

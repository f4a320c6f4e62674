"""From a config to a result: the runs that a user asks for."""

from ._compress import compression_facts, file_facts
from ._gamma import OptionMarket
from ._model import Model, prepare
from ._pilot import Cost, Pilot, cost, pilot
from ._progress import Progress, Stage, silent
from ._replay import replay
from ._simulate import simulate


__all__ = [
    "Cost",
    "Model",
    "OptionMarket",
    "Pilot",
    "Progress",
    "Stage",
    "compression_facts",
    "cost",
    "file_facts",
    "pilot",
    "prepare",
    "replay",
    "silent",
    "simulate",
]

"""From a config to a result: the runs that a user asks for."""

from ._model import Model, prepare
from ._pilot import Pilot, pilot
from ._progress import Progress, Stage, silent
from ._replay import replay
from ._simulate import simulate


__all__ = [
    "Model",
    "Pilot",
    "Progress",
    "Stage",
    "pilot",
    "prepare",
    "replay",
    "silent",
    "simulate",
]

"""The engine: a system, its state, one step, many paths."""

from ._adjoint_cascade import Split
from ._launch import revisit, simulate
from ._layout import Layout
from ._places import meet, workers
from ._record import Trajectory, record
from ._rollout import Outcome
from ._slopes import BLOCK, slopes
from ._state import State, StepInfo, initial_state
from ._step import step
from ._system import System
from ._walk import Walked, walk


__all__ = [
    "BLOCK",
    "Layout",
    "Outcome",
    "Split",
    "State",
    "StepInfo",
    "System",
    "Trajectory",
    "Walked",
    "initial_state",
    "meet",
    "record",
    "revisit",
    "simulate",
    "slopes",
    "step",
    "walk",
    "workers",
]

"""Sweeps: thousands of settings of a config in one store, resumable."""

from ._dask import EngineError, engine_of
from ._dataset import dataset_of
from ._pilot import SweepPilot, sweep_pilot
from ._plan import Plan
from ._run import Swept, in_process, opened, sweep
from ._task import Done
from ._written_out import plan_of


__all__ = [
    "Done",
    "EngineError",
    "Plan",
    "SweepPilot",
    "Swept",
    "dataset_of",
    "engine_of",
    "in_process",
    "opened",
    "plan_of",
    "sweep",
    "sweep_pilot",
]

"""Sweeps: thousands of settings of a config in one store, resumable."""

from ._plan import Plan
from ._run import Swept, in_process, opened, sweep
from ._written_out import plan_of


__all__ = ["Plan", "Swept", "in_process", "opened", "plan_of", "sweep"]

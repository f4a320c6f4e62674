"""How a config is run: the engine's settings, and those of a run."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from ._section import Section
from ._units import Count, Few, OpenRatio, Seed, WholeNumber


class EngineConfig(Section):
    """Settings of the engine."""

    rounds: Few = 4
    """Rounds of the cascade in a step."""
    precision: Literal["float32", "float64"] = "float32"
    """Arithmetic on the device."""


class RunConfig(Section):
    """Settings of a run; paths and seed may be overridden on the command line."""

    paths: Count = 10_000
    """Monte Carlo paths."""
    seed: Seed = 1
    """Seed of all random numbers: the same seed gives the same numbers."""
    levels: Annotated[
        tuple[OpenRatio, ...], Strict(False), Field(min_length=1, max_length=8)
    ] = (0.95, 0.99, 0.999)
    """Levels of value at risk and expected shortfall [ratio]."""
    feedback_paths: WholeNumber = 0
    """Paths on which bad debt is compared with that without impact; 0 skips it."""
    cohort_check_paths: WholeNumber = 0
    """Paths on which cohorts are compared with the full book; 0 skips it."""

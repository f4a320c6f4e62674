"""Where fitted numbers come from; kept with a config, and without effect on a run."""

import datetime
from typing import Annotated

from pydantic import Field

from ._section import Section


# Texts in YAML, which a strict section would not take for times.
Time = Annotated[datetime.datetime, Field(strict=False)]


class EstimateConfig(Section):
    """A fitted number."""

    value: float
    """Best value, in `unit`."""
    standard_error: float | None = None
    """Standard error; null where only an interval is known."""
    low: float | None = None
    """Lower end of the 95 % interval; null if unbounded."""
    high: float | None = None
    """Upper end of the 95 % interval; null if unbounded."""
    unit: str = ""
    """Unit of all four."""


class FitConfig(Section):
    """A fitted model."""

    model: str
    """Name of the model."""
    of: list[str]
    """Assets that it is of."""
    start: Time
    """First time used, UTC."""
    end: Time
    """Last time used, UTC."""
    step_seconds: float
    """Time between observations [s]; 0 if irregular."""
    observations: int
    """Observations used."""
    parameters: dict[str, EstimateConfig]
    """Estimates by name."""
    test: str
    """Test of whether the model fits."""
    p_value: float | None = None
    """Chance of a statistic as large if the model were right; null if unknown."""


class DataFileConfig(Section):
    """A file that was fitted to."""

    name: str
    """Its name, without folders."""
    sha256: str
    """Digest of its bytes."""
    holds: str
    """Prices, quotes or options."""


class CalibrationConfig(Section):
    """What `jaxrisk calibrate` fitted, to what, and how well; changes no number."""

    version: str
    """Of jaxrisk."""
    files: list[DataFileConfig]
    """What was read."""
    fits: list[FitConfig]
    """Every model, also those that the market model does not use."""
    refused: list[str] = Field(default_factory=list)
    """Models that the data do not bear, and why."""

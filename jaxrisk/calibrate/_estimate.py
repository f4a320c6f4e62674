"""What a fit says: estimates with errors, the window, and whether the model fits."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


CONFIDENCE = 0.95
"""Level of every interval of a calibration."""
NORMAL_REACH = 1.959964
"""Half of a normal's central interval at that level, in standard deviations."""


class CalibrationError(ValueError):
    """Data to which a model cannot be fitted; the message says why, and what to do."""


@dataclass(frozen=True)
class Estimate:
    """One parameter as fitted.

    Attributes:
        value: Best value.
        error: Standard error; NaN where only an interval is known.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
        unit: Unit, in the words of the config: `1/year`, `ratio a year`, `log`, `USD`.
    """

    value: float
    error: float
    low: float
    high: float
    unit: str

    @classmethod
    def normal(cls, value: float, error: float, unit: str) -> "Estimate":
        """With the symmetric interval of a normal error."""
        reach = NORMAL_REACH * error
        return cls(value, error, value - reach, value + reach, unit)

    @classmethod
    def positive(cls, value: float, error: float, unit: str) -> "Estimate":
        """Of a parameter above zero: the interval is symmetric in its logarithm."""
        factor = float(np.exp(NORMAL_REACH * error / value))
        return cls(value, error, value / factor, value * factor, unit)


@dataclass(frozen=True)
class Window:
    """The data behind a fit.

    Attributes:
        start: First time used, UTC.
        end: Last time used, UTC.
        step_seconds: Time between observations; 0 if they are irregular.
        observations: Observations used.
    """

    start: np.datetime64
    end: np.datetime64
    step_seconds: float
    observations: int


@dataclass(frozen=True)
class Goodness:
    """A test of whether the data could be the model's.

    Attributes:
        test: Name of the test, and of what.
        statistic: Its statistic.
        p_value: Chance of a statistic this large if the model were right.
    """

    test: str
    statistic: float
    p_value: float


@dataclass(frozen=True)
class Fit:
    """A fitted model.

    Attributes:
        model: Name of the model.
        subject: Assets it is of.
        parameters: Estimates by name, in the order of the model's story.
        window: The data.
        goodness: Whether the model fits.
        log_likelihood: At the estimates; NaN where the fit is not by likelihood.
    """

    model: str
    subject: tuple[str, ...]
    parameters: Mapping[str, Estimate]
    window: Window
    goodness: Goodness
    log_likelihood: float

    @property
    def bic(self) -> float:
        """Bayesian information criterion; the smaller, the better."""
        penalty = len(self.parameters) * np.log(self.window.observations)
        return float(penalty - 2 * self.log_likelihood)

    def __getitem__(self, parameter: str) -> float:
        """Best value of a parameter."""
        return self.parameters[parameter].value

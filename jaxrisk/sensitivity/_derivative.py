"""What is found for one parameter."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64


PerMeasure = Float64[np.ndarray, " measure"]
BlockSlopes = Float64[np.ndarray, "measure block"]


@dataclass(frozen=True)
class Derivative:
    """Of every measure, for a shift of one.

    Attributes:
        value: The derivatives.
        standard_error: Their errors, that of the width included.
        method: How each was found: bump, extrapolated, controlled, pathwise or none.
        apart: Difference between both widths in standard errors; NaN with one width.
        slope: The paths' own slopes, and their errors; NaN where there are none.
        audit: Bumps less the paths' own slopes on the same paths, and its error.
        changed: Paths on which the bump changes the measure at all.
        paths: Paths that counted; none were run where no number of the system changes.
    """

    value: PerMeasure
    standard_error: PerMeasure
    method: np.ndarray
    apart: PerMeasure
    slope: tuple[PerMeasure, PerMeasure]
    audit: tuple[PerMeasure, PerMeasure]
    changed: Int64[np.ndarray, " measure"]
    paths: int

    @classmethod
    def nothing(cls, measures: int) -> "Derivative":
        """Of what has no effect: exactly zero, without an error."""
        zero = np.zeros(measures)
        none = np.zeros(measures, np.int64)
        method = np.full(measures, "none", object)
        return cls(zero, zero, method, zero, (zero, zero), (zero, zero), none, 0)

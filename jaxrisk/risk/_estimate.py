"""A number and how far to trust it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import stats


CONFIDENCE = 0.95
"""Coverage of every interval in jaxrisk."""

Z = float(stats.norm.ppf(0.5 + CONFIDENCE / 2))
"""Half-width of that interval in standard errors of a normal."""

Numbers = Float64[np.ndarray, "*shape"]
Given = float | Float64[np.ndarray, "..."]


@dataclass(frozen=True)
class Estimate:
    """Estimates with their standard errors and 95 % intervals, all of one shape.

    Infinity means that the sample cannot bound the number; it is never replaced by a
    smaller error.

    Attributes:
        value: Point estimates.
        standard_error: Their standard errors, in the unit of the value.
        low: Lower ends of the intervals.
        high: Upper ends of the intervals.
    """

    value: Numbers
    standard_error: Numbers
    low: Numbers
    high: Numbers

    def variables(self, name: str, *, interval: bool = False) -> dict[str, np.ndarray]:
        """As entries of a dataset: `name`, `name_se` and, if asked, `_low`, `_high`."""
        entries = {name: self.value, f"{name}_se": self.standard_error}
        if interval:
            entries |= {f"{name}_low": self.low, f"{name}_high": self.high}
        return entries


def bounded(
    value: Given, standard_error: Given, *, low: Given, high: Given
) -> Estimate:
    """Estimate from numbers or arrays of one shape."""
    return Estimate(
        value=np.asarray(value, np.float64),
        standard_error=np.asarray(standard_error, np.float64),
        low=np.asarray(low, np.float64),
        high=np.asarray(high, np.float64),
    )


def normal(value: Given, standard_error: Given) -> Estimate:
    """Estimate whose interval is that of a normal: value -+ 1.96 standard errors."""
    reach = Z * standard_error
    return bounded(value, standard_error, low=value - reach, high=value + reach)


def stack(estimates: list[Estimate]) -> Estimate:
    """Join estimates along a new first axis."""
    return Estimate(
        value=np.stack([each.value for each in estimates]),
        standard_error=np.stack([each.standard_error for each in estimates]),
        low=np.stack([each.low for each in estimates]),
        high=np.stack([each.high for each in estimates]),
    )

"""Numbers read from a result together with their errors; absence is a value."""

import math
from dataclasses import dataclass

import xarray as xr


# Two-sided 95 % quantile of the normal law: every "±" of the report is this many
# standard errors, or half of a stated 95 % interval.
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A measured number and its 95 % interval; NaN where it was not measured.

    Attributes:
        value: The estimate, in the unit of its variable.
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
    """

    value: float
    low: float
    high: float

    @property
    def measured(self) -> bool:
        """Whether there is a number at all."""
        return math.isfinite(self.value)

    @property
    def bounded(self) -> bool:
        """Whether the paths were enough for an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval; NaN where the error was not measured."""
        return (self.high - self.low) / 2

    def scaled(self, factor: float) -> "Estimate":
        """The same estimate in another unit."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)


NOT_MEASURED = Estimate(math.nan, math.nan, math.nan)


def number(dataset: xr.Dataset, name: str, **at: object) -> float:
    """One number of a dataset; NaN where the variable or the label is absent.

    Args:
        dataset: A result.
        name: Name of a variable.
        **at: A label for each dimension of the variable.

    Returns:
        The number, in the unit of the variable.
    """
    if name not in dataset:
        return math.nan
    variable = dataset[name]
    for dimension, label in at.items():
        if label not in variable[dimension].to_numpy().tolist():
            return math.nan
    return float(variable.sel(at))


def estimate(dataset: xr.Dataset, name: str, **at: object) -> Estimate:
    """A number with its 95 % interval.

    The interval is `<name>_low` to `<name>_high` where the result has them (order
    statistics of a quantile), and 1.96 times `<name>_se` on both sides otherwise.

    Args:
        dataset: A result.
        name: Name of a variable, without suffix.
        **at: A label for each dimension of the variable.

    Returns:
        The estimate; not measured where the variable is absent or not finite.
    """
    value = number(dataset, name, **at)
    low = number(dataset, f"{name}_low", **at)
    high = number(dataset, f"{name}_high", **at)
    if math.isfinite(low) and math.isfinite(high):
        return Estimate(value, low, high)
    reach = NORMAL_95 * number(dataset, f"{name}_se", **at)
    return Estimate(value, value - reach, value + reach)


def total(parts: list[Estimate]) -> Estimate:
    """Sum of estimates, with the widest error that their dependence allows.

    Parts of one run share their paths, so that their errors may add up.

    Args:
        parts: Estimates in one unit.

    Returns:
        The sum; not measured where one of the parts was not.
    """
    return Estimate(
        sum(part.value for part in parts),
        sum(part.low for part in parts),
        sum(part.high for part in parts),
    )

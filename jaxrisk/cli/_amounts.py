"""Numbers with their errors, as columns of a table print them."""

import math


FEW = 30
"""Paths below which a standard error is not to be trusted."""

Scale = tuple[float, str]
"""What to divide by, and the unit that this gives."""


def scale_of(unit: str, size: float) -> Scale:
    """The multiple of a unit in which a column with this largest number reads."""
    if unit == "1":
        return 0.01, "%"
    if unit != "USD":
        return 1.0, unit
    known = ((1e6, "M USD"), (1e3, "k USD"), (1.0, "USD"))
    return next((each for each in known if size >= each[0]), known[-1])


def difference(value: float, error: float, changed: float, scale: Scale) -> str:
    """A paired difference; none where it cannot be, and said so where it is rare."""
    if math.isnan(value):
        return ""
    if not changed and not value:
        return "none"
    few = f" [{changed:.0f} paths]" if changed < FEW else ""
    return amount(value, error, scale, signed=True) + few


def amount(value: float, error: float, scale: Scale, *, signed: bool = False) -> str:
    """A number and its standard error, with digits by the error."""
    by, unit = scale
    plus = "+" if signed else ""
    some = error > 0 and math.isfinite(error)
    digits = max(2, 1 - math.floor(math.log10(error / by))) if some else 2
    digits = min(digits, 5)
    return f"{value / by:{plus},.{digits}f} ± {error / by:,.{digits}f} {unit}".rstrip()

"""Numbers for people: value and error in one unit, no digit without meaning."""

import math


_USD_SCALES = ((1e6, "MUSD"), (1e3, "kUSD"))


def quantity(value: float, error: float, unit: str) -> str:
    """A number with its standard error: `41.2 ± 0.9 MUSD`, `3.1 ± 0.1 %`.

    The error keeps one digit, or two if the first is a one, and the value as many. USD
    are scaled to kUSD or MUSD, ratios (unit `1`) to percent.

    Args:
        value: The number; NaN is printed as `n/a`.
        error: Its standard error; zero is an exact number, infinity an unbounded one.
        unit: `USD` or `1`; any other is printed as it is.

    Returns:
        The text.
    """
    if math.isnan(value):
        return "n/a"
    scale, name = _scale(value, error, unit)
    value, error = value / scale, error / scale
    if not math.isfinite(error):
        return f"{value:,.{_decimals(value, 3)}f} ± inf {name}"
    if error == 0:
        return f"{value:,.{_decimals(value, 3)}f} {name}"
    decimals = _decimals(error, 2 if _leads_with_one(error) else 1)
    return f"{value:,.{decimals}f} ± {error:,.{decimals}f} {name}"


def size(count: int) -> str:
    """A number of bytes: `12.3 MB`."""
    return f"{count / 1e6:,.1f} MB"


def _scale(value: float, error: float, unit: str) -> tuple[float, str]:
    if unit == "1":
        return 0.01, "%"
    if unit == "USD":
        largest = max(abs(value), error if math.isfinite(error) else 0.0)
        for scale, name in _USD_SCALES:
            if largest >= scale:
                return scale, name
    return 1.0, unit


def _decimals(number: float, digits: int) -> int:
    """Decimals that show `digits` significant digits of a number."""
    if number == 0 or not math.isfinite(number):
        return 0
    return max(digits - 1 - math.floor(math.log10(abs(number))), 0)


def _leads_with_one(number: float) -> bool:
    return f"{number:.1e}"[0] == "1"

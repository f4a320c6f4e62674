"""How the report prints numbers: units, digits by the error, no NaN."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ._estimate import Estimate


NO_NUMBER = "n/a"
SPACE = "\N{NO-BREAK SPACE}"
# Stand in for digits and points that are not there, so that right-aligned columns
# align at the decimal point.
PAD_DIGIT = "\N{FIGURE SPACE}"
PAD_POINT = "\N{PUNCTUATION SPACE}"
PAD_SIGN = PAD_POINT + PAD_DIGIT + PAD_POINT
MOST_DECIMALS = 4


@dataclass(frozen=True)
class Unit:
    """A unit that numbers are printed in.

    Attributes:
        size: Value of one unit, in the unit of the result.
        prefix: Printed before a number.
        suffix: Printed after a number.
    """

    size: float
    prefix: str = ""
    suffix: str = ""

    @property
    def label(self) -> str:
        """The unit as a column head or an axis shows it."""
        return f"{self.prefix}{self.suffix}".strip()


DOLLARS = (
    Unit(1e12, "$", "T"),
    Unit(1e9, "$", "B"),
    Unit(1e6, "$", "M"),
    Unit(1e3, "$", "k"),
    Unit(1.0, "$", ""),
)
PERCENT = Unit(0.01, "", f"{SPACE}%")
PLAIN = Unit(1.0)


def dollars(largest: float) -> Unit:
    """The dollar unit in which `largest` [USD] reads best."""
    size = abs(largest) if math.isfinite(largest) else 0.0
    return next((unit for unit in DOLLARS if size >= unit.size), DOLLARS[-1])


def decimals(scale: float, *, digits: int = 3) -> int:
    """Decimals that show so many significant digits of a number.

    Args:
        scale: A number of the size that is printed, such as an error.
        digits: Significant digits.

    Returns:
        Number of decimals, from 0 to `MOST_DECIMALS`; 0 for zero and no number.
    """
    if not math.isfinite(scale) or scale == 0:
        return 0
    exponent = math.floor(math.log10(abs(scale)))
    return min(max(digits - 1 - exponent, 0), MOST_DECIMALS)


def _by_error(estimate: Estimate) -> int:
    """Decimals that show two digits of the error; three of the value without one."""
    error = estimate.half_width
    if math.isfinite(error) and error > 0:
        return decimals(error, digits=2)
    return decimals(estimate.value)


def _fixed(value: float, places: int) -> str:
    """A number with thousands separators; a small one as a bound, never as zero."""
    if not math.isfinite(value):
        return NO_NUMBER
    text = f"{value:,.{places}f}".replace("-", "\N{MINUS SIGN}")
    vanished = value != 0 and not text.strip("-\N{MINUS SIGN}0.,")
    return f"<{10.0**-places:.{places}f}" if vanished else text


def trimmed(number: str) -> str:
    """Without zeros at the end of a fraction."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def plain(value: float, unit: Unit = PLAIN) -> str:
    """A number without an error, to three significant digits, with its unit."""
    if not math.isfinite(value):
        return NO_NUMBER
    scaled = value / unit.size
    text = trimmed(_fixed(scaled, decimals(scaled)))
    return f"{unit.prefix}{text}{unit.suffix}"


def money(value: float) -> str:
    """An amount [USD] without an error, such as "$1.84M"."""
    return plain(value, dollars(value))


def percent(value: float) -> str:
    """A ratio without an error, such as "3.1 %"."""
    return plain(value, PERCENT)


def stated(estimate: Estimate, unit: Unit) -> str:
    """The number itself with the digits that its error leaves it, with its unit."""
    if not estimate.measured:
        return NO_NUMBER
    scaled = estimate.scaled(1 / unit.size)
    return f"{unit.prefix}{_fixed(scaled.value, _by_error(scaled))}{unit.suffix}"


def interval(estimate: Estimate, unit: Unit) -> str:
    """The two ends of a 95 % interval, such as "$1.82M to $1.86M"."""
    if math.isnan(estimate.half_width):
        return "not measured"
    if not estimate.bounded:
        return "without bound: too few paths"
    scaled = estimate.scaled(1 / unit.size)
    places = _by_error(scaled)
    low, high = (_fixed(end, places) for end in (scaled.low, scaled.high))
    return f"{unit.prefix}{low}{unit.suffix} to {unit.prefix}{high}{unit.suffix}"


def measured_unit(estimates: Sequence[Estimate]) -> Unit:
    """The dollar unit that suits a column of amounts [USD]."""
    values = [abs(each.value) for each in estimates if each.measured]
    return dollars(max(values, default=0.0))


def column(estimates: Sequence[Estimate], unit: Unit) -> list[str]:
    """Estimates of one table column, all with the same number of decimals.

    Args:
        estimates: The numbers of the column, in the unit of the result.
        unit: The unit of the column; it stands in the head, not in the cells.

    Returns:
        One text for each estimate, padded to align at the decimal point.
    """
    scaled = [each.scaled(1 / unit.size) for each in estimates]
    places = _places(scaled)
    values = align([_digits(each.value, places) for each in scaled])
    shown = [_error(each, places) for each in scaled]
    if not any(shown):
        return values
    rows = zip(values, align(shown), shown, strict=True)
    return [
        f"{value}{' ± ' if text else PAD_SIGN}{error}" for value, error, text in rows
    ]


def ranged(estimates: Sequence[Estimate], unit: Unit) -> list[str]:
    """Estimates of one table column with the ends of their intervals.

    For chances, whose intervals are not as wide below as above.

    Args:
        estimates: The numbers of the column, in the unit of the result.
        unit: The unit of the column; it stands in the head, not in the cells.

    Returns:
        One text for each estimate, such as "2.1 (1.8 to 2.5)".
    """
    scaled = [each.scaled(1 / unit.size) for each in estimates]
    places = _places(scaled)
    return [_ranged(each, places) for each in scaled]


def _ranged(estimate: Estimate, places: int) -> str:
    if not estimate.measured:
        return NO_NUMBER
    value = _digits(estimate.value, places)
    if not estimate.bounded:
        return value
    low, high = (_digits(end, places) for end in (estimate.low, estimate.high))
    return f"{value} ({low} to {high})"


def _places(column: Sequence[Estimate]) -> int:
    """Decimals for a column: two digits of its largest error.

    One more is shown where a small error would vanish otherwise.
    """
    known = [each for each in column if each.measured]
    errors = [each.half_width for each in known if each.bounded and each.half_width > 0]
    if not errors:
        return decimals(max((abs(each.value) for each in known), default=0.0))
    more = min(decimals(min(errors), digits=1), decimals(max(errors), digits=1) + 1)
    return max(decimals(max(errors), digits=2), more)


def _digits(value: float, places: int) -> str:
    """A number of a column; a zero is exact, and needs no decimals."""
    return "0" if value == 0 else _fixed(value, places)


def _error(estimate: Estimate, places: int) -> str:
    """The error of a number of a column; empty where there is nothing to say."""
    is_plain_zero = estimate.value == 0 and estimate.half_width == 0
    if is_plain_zero or not estimate.measured:
        return ""
    return _fixed(estimate.half_width, places)


def exact(
    values: Sequence[float], unit: Unit, *, largest: float | None = None
) -> list[str]:
    """Numbers of one table column that have no error, such as those of the book.

    Args:
        values: The numbers, in the unit of the result.
        unit: The unit of the column.
        largest: The number that shows four digits; by default the largest of `values`.

    Returns:
        One text for each number, with the same number of decimals.
    """
    scaled = [value / unit.size for value in values]
    sizes = [abs(each) for each in scaled if math.isfinite(each)]
    most = max(sizes, default=0.0) if largest is None else largest / unit.size
    return align([_digits(each, decimals(most, digits=4)) for each in scaled])


def align(texts: Sequence[str]) -> list[str]:
    """Pad texts to the right of the decimal point, and to one width on the left."""
    parts = [text.partition(".") for text in texts]
    longest = max((len(fraction) for _, _, fraction in parts), default=0)
    padded = []
    for whole, point, fraction in parts:
        is_number = any(sign.isdigit() for sign in whole)
        missing = PAD_DIGIT * (longest - len(fraction))
        gap = PAD_POINT if longest and not point else ""
        text = f"{whole}{point}{fraction}"
        padded.append(f"{text}{gap}{missing}" if is_number else text)
    width = max((len(text) for text in padded), default=0)
    return [PAD_DIGIT * (width - len(text)) + text for text in padded]

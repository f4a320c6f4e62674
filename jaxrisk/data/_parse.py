"""Columns of a file to times and prices; what cannot be read is a fault of its row."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64

from ._errors import SHOWN, Fault
from ._source import Column


NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
UNIT_NAME = {
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "ns": "nanoseconds",
}
ANY_UNIT = tuple(NANOSECONDS)
# Between them every Unix time has one unit only: they differ by less than 1000.
EARLIEST = np.datetime64("2009-01-03", "ns").astype(np.int64)  # Bitcoin's first block
LATEST = np.datetime64("2100-01-01", "ns").astype(np.int64)

NO_TIME = "is no time from 2009 to 2100"
WRITE_TIME = (
    "Write it as 2021-05-19 13:00:00, in UTC, or as a Unix time in s, ms or us."
)

RowTime = Int64[np.ndarray, " row"]
RowPrice = Float64[np.ndarray, " row"]
RowFlag = Bool[np.ndarray, " row"]


def parse_times(
    values: pd.Series, column: Column, *, units: tuple[str, ...], faults: list[Fault]
) -> RowTime:
    """Times from Unix times, whose unit is seen from their size, or ISO 8601 texts.

    Args:
        values: The column, numbers or texts.
        column: Where it stands.
        units: Units that the format uses for Unix times.
        faults: Grows by the cells that are no time, or are one in another unit.

    Returns:
        Nanoseconds since 1970, UTC; 0 where there is a fault.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return _checked_dates(_of_dates(values), values, column, faults)
    number = pd.Series(pd.to_numeric(values, errors="coerce"))
    is_number = number.notna().to_numpy()
    time, wrong_unit = _of_numbers(number, units)
    if not is_number.all():
        texts = pd.Series(values[~is_number], dtype=str).str.removesuffix(" UTC")
        dates = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
        time[~is_number] = _of_dates(dates)
    given = " or ".join(UNIT_NAME[unit] for unit in units)
    remedy = f"Give {given} since 1970."
    problem = f"is a Unix time, and not in {given}"
    faults += cell_faults(values, column, wrong_unit, lambda _: (problem, remedy))
    time[wrong_unit] = EARLIEST
    return _checked_dates(time, values, column, faults)


def parse_prices(
    values: pd.Series, column: Column, *, blanks: bool, faults: list[Fault]
) -> RowPrice:
    """Prices above zero.

    Args:
        values: The column, numbers or texts.
        column: Where it stands.
        blanks: Whether a cell may be empty or `null`.
        faults: Grows by the cells that are no price.

    Returns:
        The prices; NaN where a cell is blank or there is a fault.
    """
    if pd.api.types.is_bool_dtype(values):
        values = values.astype(str)
    price = np.asarray(pd.to_numeric(values, errors="coerce"), float)
    good = np.isfinite(price) & (price > 0)
    bad = ~good & ~(values.isna().to_numpy() & blanks)
    faults += cell_faults(values, column, bad, _why_no_price)
    return np.where(good, price, np.nan)


def parse_numbers(
    values: pd.Series,
    column: Column,
    *,
    within: tuple[float, float],
    what: str,
    faults: list[Fault],
) -> RowPrice:
    """Numbers in a range, where a cell may be blank.

    Args:
        values: The column, numbers or texts.
        column: Where it stands.
        within: Least and largest number allowed.
        what: What the number has to be, for messages: `a delta from -1 to 1`.
        faults: Grows by the cells that are no such number.

    Returns:
        The numbers; NaN where a cell is blank or there is a fault.
    """
    if pd.api.types.is_bool_dtype(values):
        values = values.astype(str)
    number = np.asarray(pd.to_numeric(values, errors="coerce"), float)
    good = (number >= within[0]) & (number <= within[1])
    bad = ~good & ~values.isna().to_numpy()

    def why(text: str) -> tuple[str, str]:
        problem, remedy = _why_no_price(text)
        is_comma = "," in text
        return (problem, remedy) if is_comma else (f"is not {what}", remedy)

    faults += cell_faults(values, column, bad, why)
    return np.where(good, number, np.nan)


def _of_numbers(number: pd.Series, units: tuple[str, ...]) -> tuple[RowTime, RowFlag]:
    """Nanoseconds of Unix times, and which are in a unit that is not among `units`."""
    exact = number.to_numpy()
    real = np.asarray(number, float)
    time = np.zeros(real.size, np.int64)
    wrong = np.zeros(real.size, bool)
    for unit, scale in NANOSECONDS.items():
        fits = (real >= EARLIEST / scale) & (real < LATEST / scale)
        if exact.dtype == np.int64:
            time[fits] = exact[fits] * scale
        else:
            # A float64 holds the microseconds of this century, and no more.
            time[fits] = np.rint(real[fits] * (scale / 1e3)).astype(np.int64) * 1000
        if unit not in units:
            wrong |= fits
    return time, wrong


def _of_dates(dates: pd.Series) -> RowTime:
    plain = pd.to_datetime(dates, utc=True).dt.tz_localize(None)
    nanoseconds = plain.to_numpy("datetime64[ns]").astype(np.int64)
    return np.where(dates.isna().to_numpy(), 0, nanoseconds)


def _checked_dates(
    time: RowTime, values: pd.Series, column: Column, faults: list[Fault]
) -> RowTime:
    bad = (time < EARLIEST) | (time >= LATEST)
    faults += cell_faults(values, column, bad, lambda _: (NO_TIME, WRITE_TIME))
    return np.where(bad, 0, time)


def _why_no_price(text: str) -> tuple[str, str]:
    if "," in text:
        return (
            "is not a number: it has a comma",
            "Write numbers without thousands separators, with a decimal point.",
        )
    return "is not a price above 0", "Correct the row, or remove it."


def cell_faults(
    values: pd.Series,
    column: Column,
    bad: RowFlag,
    why: Callable[[str], tuple[str, str]],
) -> list[Fault]:
    """A fault for each of the first bad cells; the first tells how many there are.

    Args:
        values: The column.
        column: Where it stands.
        bad: Which cells are.
        why: The problem and the remedy of a cell, from its text.
    """
    rows = np.flatnonzero(bad)
    faults = []
    for count, index in enumerate(rows[:SHOWN]):
        cell = values.iloc[int(index)]
        text = "" if pd.isna(cell) else str(cell)
        problem, remedy = why(text)
        more = f" (the first of {rows.size:,})" if count == 0 and rows.size > 1 else ""
        line, name = column.place(int(index))
        shown = f"'{text}'" if text else "an empty cell"
        faults.append(Fault(line, name, f"{shown} {problem}{more}.", remedy))
    return faults

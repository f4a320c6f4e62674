"""Totals that merging keeps to the last bit.

Sums of floating-point numbers depend on how they are grouped: 400 cohorts of a book add
up to its totals only to rounding. What is missing, some 1e-16 of the total, goes to the
merged rows.
"""

import math

import numpy as np
from jaxtyping import Bool, Float64


MOST_CHANGE = 1e-6  # of a row: dust is left as it is

Balances = Float64[np.ndarray, "_ reserve"]
Column = Float64[np.ndarray, " _"]


def exact_totals(balances: Balances) -> Float64[np.ndarray, " reserve"]:
    """Sum of each column, rounded once: it does not depend on the order of rows."""
    return np.array([math.fsum(_entries(column)) for column in balances.T])


def with_totals_of(
    full: Balances, merged: Balances, may_change: Bool[np.ndarray, " row"]
) -> Balances:
    """`merged` with its last bits changed: its `exact_totals` are those of `full`.

    Args:
        full: Balances of all accounts [token].
        merged: Sums of them over groups of accounts, up to rounding [token].
        may_change: Which of these rows are more than one account. The others hold what
            their account holds.
    """
    columns = [
        _corrected(_entries(before), after.copy(), may_change)
        for before, after in zip(full.T, merged.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def _corrected(
    full: list[float], merged: Column, may_change: Bool[np.ndarray, " row"]
) -> Column:
    rows = np.flatnonzero(may_change & (merged > 0))
    rows = rows[np.argsort(-merged[rows], kind="stable")]
    missing = math.fsum([*full, *(-merged).tolist()])
    last = rows[0] if rows.size else 0
    for row in rows:
        if abs(missing) > MOST_CHANGE * merged[row]:
            break
        value, last = merged[row] + missing, row
        missing -= value - merged[row]  # exact: what rounding left over
        merged[row] = value
    # The rest is at most half of the last bit of the last row, which can still decide
    # how the total is rounded.
    total = math.fsum(full)
    while rows.size and (found := math.fsum(_entries(merged))) != total:
        toward = math.copysign(math.inf, total - found)
        merged[last] = math.nextafter(merged[last], toward)
    return merged


def _entries(column: Column) -> list[float]:
    return column[column != 0].tolist()

"""An attribution, as lines that a risk officer reads, and as CSV."""

import csv
import io
import math
from typing import TYPE_CHECKING

from ._amounts import amount, difference, scale_of


if TYPE_CHECKING:
    from ..risk import Attribution

WIDTH = 30
"""Of a column of differences."""


def table_of(found: "Attribution", *, asset: str, seed: int) -> str:
    """A block for every measure, a line for every mechanism."""
    blocks = [_block(found, number) for number in range(len(found.measures))]
    known = found.rows[: found.rows.index("interaction")]
    absent = [name for name in known if name not in found.present]
    notes = [
        f"{found.paths:,} paths, seed {seed}, {found.runs} variants on the same draws;"
        f" prices and drawdowns of {asset}; ± one standard error, paired.",
        "one off: all on, less all but this one. one on: this one alone, less none.",
        "interaction: what the mechanisms do together beyond the sum of a column.",
    ]
    if "price impact" in found.rows:
        notes.append("price impact: all on, less the same trades at no impact.")
    if absent:
        notes.append(f"Not in this config: {', '.join(absent)}.")
    if found.left_out:
        notes.append(f"{found.left_out:,} paths failed in a variant and are left out.")
    return "\n\n".join([*blocks, "\n".join(notes)])


def _block(found: "Attribution", number: int) -> str:
    measure = found.measures[number]
    scale = scale_of(measure.unit, float(max(found.value[number], found.none[number])))
    on = amount(found.value[number], found.value_error[number], scale)
    off = amount(found.none[number], found.none_error[number], scale)
    head = f"{measure.name}: {measure.sentence}, {on} with all on, {off} with all off"
    ratio, error = found.amplification[number], found.amplification_error[number]
    if math.isfinite(ratio):
        head += f" ({ratio:.3f} ± {error:.3f} times)"
    lines = [head, f"  {'mechanism':14}{'one off':{WIDTH}}{'one on':{WIDTH}}".rstrip()]
    for row, name in enumerate(found.rows):
        cells = [
            difference(value[number, row], error[number, row], changed, scale)
            for value, error, changed in (
                (found.off, found.off_error, found.off_changed[number, row]),
                (found.on, found.on_error, found.on_changed[number, row]),
            )
        ]
        line = f"  {name:14}{cells[0]:{WIDTH}}{cells[1]:{WIDTH}}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def csv_of(found: "Attribution", *, asset: str, seed: int) -> str:
    """One line for every measure and row, in the units of the measures."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    by_row = ("off", "off_error", "off_changed", "on", "on_error", "on_changed")
    by_measure = (
        *("value", "value_error", "none", "none_error"),
        *("amplification", "amplification_error"),
    )
    table.writerow(
        [
            *("measure", "unit", "mechanism", "asset", "seed", "paths", "left_out"),
            *("all_on", "all_on_se", "all_off", "all_off_se"),
            *("amplification", "amplification_se"),
            *("one_off", "one_off_se", "one_off_changed"),
            *("one_on", "one_on_se", "one_on_changed"),
        ]
    )
    for number, measure in enumerate(found.measures):
        for row, name in enumerate(found.rows):
            whole = [float(getattr(found, each)[number]) for each in by_measure]
            parts = [float(getattr(found, each)[number, row]) for each in by_row]
            table.writerow(
                [
                    *(measure.name, measure.unit, name, asset),
                    *(seed, found.paths, found.left_out),
                    *("" if math.isnan(one) else repr(one) for one in (*whole, *parts)),
                ]
            )
    return text.getvalue()

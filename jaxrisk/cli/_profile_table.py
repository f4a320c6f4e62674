"""A system profile, as lines that a risk officer reads, and as CSV."""

import csv
import io
import math
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from ..risk import Slopes, SystemProfile

EVERY = 5
"""Moves from one line of the table to the next; the file has all of them."""
TOGETHER = "together"
WIDTH = 12
SLOPES = (
    *("delta", "by bumps", "gamma", "by bumps"),
    *("feedback", "by bumps", "a shock of 1 ends as"),
)


def table_of(found: "SystemProfile", *, asset: str) -> str:
    """Sales of every mechanism, and the slopes of all together."""
    unit = "M USD"
    trading = [
        row
        for row in range(len(found.mechanisms))
        if any(value != 0 for value in found.flow[row])
    ]
    idle = [name for row, name in enumerate(found.mechanisms) if row not in trading]
    heads = [*(found.mechanisms[row] for row in trading), TOGETHER]
    lines = [
        f"must be sold if {asset} moves at once, before anybody answers [{unit}]",
        _line("move", heads),
    ]
    lines += [
        _line(_move(found, place), [_usd(value) for value in _flows(found, place)])
        for place in _places(found)
    ]
    lines += [
        "",
        f"slopes of all sales together [{unit} for a unit of log price; ratio]",
        _line("move", SLOPES),
    ]
    lines += [
        _line(_move(found, place), _slopes(found, place)) for place in _places(found)
    ]
    notes = [
        "sales above zero; delta below zero: who sells into a fall. feedback: the part",
        "of a move that forced sales add to it; from 1 on a fall feeds itself (inf).",
        f"by bumps: differences over {found.bump:g} to either side, which see",
        "thresholds; beside them derivatives of the formulae, which do not.",
    ]
    if idle:
        notes.append(f"Sell nothing at any of these moves: {', '.join(idle)}.")
    if any(math.isnan(value) for value in found.system_flow):
        notes.append("-: beyond the prices at which dealers' deltas are tabulated.")
    return "\n".join([*lines, "", *notes])


def csv_of(found: "SystemProfile", *, asset: str) -> str:
    """One line for every move and mechanism, and for all together."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    names = ("delta", "gamma", "feedback")
    table.writerow(
        [
            *("asset", "move_log", "mechanism", "flow_usd", "impact_log_per_usd"),
            *(f"{name}_formulae" for name in names),
            *(f"{name}_bumps" for name in names),
            *("amplification_formulae", "amplification_bumps", "bump_log"),
        ]
    )
    both = (found.automatic, found.bumped)
    for place, move in enumerate(found.moves):
        rows = [
            (name, found.flow[row, place], [_of(one, row, place) for one in both])
            for row, name in enumerate(found.mechanisms)
        ]
        whole = [_of_all(one, place) for one in both]
        rows.append((TOGETHER, found.system_flow[place], whole))
        for name, flow, slopes in rows:
            grown = (
                [float(one.amplification[place]) for one in both]
                if name == TOGETHER
                else [math.nan] * 2
            )
            numbers = (flow, found.impact[place], *slopes[0], *slopes[1], *grown)
            cells = ["" if math.isnan(x) else repr(float(x)) for x in numbers]
            table.writerow([asset, repr(float(move)), name, *cells, repr(found.bump)])
    return text.getvalue()


def _places(found: "SystemProfile") -> range:
    return range(0, len(found.moves), EVERY)


def _line(first: str, cells: "list[str] | tuple[str, ...]") -> str:
    wide = [f"{cell:>{max(WIDTH, len(cell) + 2)}}" for cell in cells]
    return f"  {first:>8}" + "".join(wide)


def _move(found: "SystemProfile", place: int) -> str:
    return f"{100 * math.expm1(float(found.moves[place])):+.1f} %"


def _flows(found: "SystemProfile", place: int) -> list[float]:
    trading = [
        float(row[place]) for row in found.flow if any(value != 0 for value in row)
    ]
    return [*trading, float(found.system_flow[place])]


def _slopes(found: "SystemProfile", place: int) -> list[str]:
    formulae, bumps = (_of_all(one, place) for one in (found.automatic, found.bumped))
    cells = [
        *(_usd(formulae[0]), _usd(bumps[0]), _usd(formulae[1]), _usd(bumps[1])),
        *(_ratio(formulae[2]), _ratio(bumps[2])),
    ]
    last = f"{_ratio(float(found.bumped.amplification[place])):>{len(SLOPES[-1])}}"
    return [*cells, last]


def _of(one: "Slopes", row: int, place: int) -> tuple[float, float, float]:
    at = (one.delta, one.gamma, one.feedback)
    return (
        float(at[0][row, place]),
        float(at[1][row, place]),
        float(at[2][row, place]),
    )


def _of_all(one: "Slopes", place: int) -> tuple[float, float, float]:
    at = (one.system_delta, one.system_gamma, one.system_feedback)
    return (float(at[0][place]), float(at[1][place]), float(at[2][place]))


def _usd(value: float) -> str:
    return "-" if math.isnan(value) else f"{value / 1e6:,.3f}"


def _ratio(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"

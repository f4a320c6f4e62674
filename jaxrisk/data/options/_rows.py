"""Rows of an option file to chains: cells to numbers, the last row of each option."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Shaped

from .._columns import Cells
from .._errors import Fault
from .._parse import cell_faults, parse_numbers, parse_times
from .._source import Source
from ._chain import OptionChain
from ._units import unit_fault


LARGEST = 1e12  # USD or coin: beyond it a number is in another unit

_OPTION = ("asset", "expiry", "strike", "is_call")
_NEEDED = ("mark", "volatility", "forward")

Rows = dict[str, Shaped[np.ndarray, " _"]]


@dataclass(frozen=True)
class Units:
    """In what a format writes its numbers.

    Attributes:
        times: Units of Unix times.
        volatility: One of its volatilities, as a ratio: 0.01 of percent.
    """

    times: tuple[str, ...]
    volatility: float


def chains_of(
    cells: Mapping[str, Cells],
    source: Source,
    units: Units,
    faults: list[Fault],
    *,
    at: np.datetime64 | None = None,
) -> list[OptionChain]:
    """One chain an asset, of the last row of each option.

    Args:
        cells: Columns `asset`, `quoted`, `expiry`, `strike`, `kind`, `mark`,
            `volatility`, `open_interest`, `forward`, and `delta` where there is one.
        source: The file.
        units: In what its numbers are.
        faults: Grows by what is wrong.
        at: Rows after this time are not read; all are, if None.
    """
    rows = _parsed(cells, units, faults)
    if faults or not rows["quoted"].size:
        return []
    if at is not None:
        until = at.astype("datetime64[ns]").astype(np.int64)
        rows = _taken(rows, rows["quoted"] <= until)
    rows = _last_of_each(rows)
    used = (rows["volatility"] > 0) & (rows["expiry"] > rows["quoted"])
    for name in _NEEDED:
        used &= np.isfinite(rows[name])
    chains = []
    for asset in np.unique(rows["asset"][used]):
        mine = rows["asset"] == asset
        dropped = int(np.count_nonzero(mine & ~used))
        chain = _chain(str(asset), source, _taken(rows, mine & used), dropped)
        fault = unit_fault(chain, cells["volatility"][1].name, cells["mark"][1].name)
        faults += [fault] if fault else []
        chains.append(chain)
    return chains


def _parsed(cells: Mapping[str, Cells], units: Units, faults: list[Fault]) -> Rows:
    scale = units.volatility

    def numbers(name: str, low: float, high: float, what: str) -> np.ndarray:
        return parse_numbers(*cells[name], within=(low, high), what=what, faults=faults)

    columns = {
        "asset": cells["asset"][0].to_numpy(str),
        "quoted": parse_times(*cells["quoted"], units=units.times, faults=faults),
        "expiry": parse_times(*cells["expiry"], units=units.times, faults=faults),
        "strike": numbers("strike", 1e-12, LARGEST, "a strike above 0"),
        "is_call": _calls(cells["kind"], faults),
        "mark": numbers("mark", 0.0, LARGEST, "a mark price, 0 or above"),
        "volatility": scale
        * numbers("volatility", 0.0, 100 / scale, "a volatility, 0 or above"),
        "open_interest": numbers(
            "open_interest", 0.0, LARGEST, "an amount, 0 or above"
        ),
        "forward": numbers("forward", 1e-12, LARGEST, "a forward price above 0"),
    }
    columns["delta"] = np.full(len(columns["mark"]), np.nan)
    if "delta" in cells:
        columns["delta"] = numbers("delta", -1.0001, 1.0001, "a delta from -1 to 1")
    blank = np.isnan(columns["strike"])
    faults += cell_faults(
        *cells["strike"],
        blank & cells["strike"][0].isna().to_numpy(),
        lambda _: ("is no strike", "Give the strike of the row."),
    )
    return columns


def _calls(cells: Cells, faults: list[Fault]) -> np.ndarray:
    letter = cells[0].astype(str).str.casefold().str.slice(0, 1)
    known = letter.isin(["c", "p"]).to_numpy()
    remedy = "Write call or put."
    faults += cell_faults(*cells, ~known, lambda _: ("is no type of option", remedy))
    return (letter == "c").to_numpy()


def _taken(rows: Rows, chosen: Shaped[np.ndarray, " chosen"]) -> Rows:
    """Rows by mask or by place."""
    return {name: values[chosen] for name, values in rows.items()}


def _last_of_each(rows: Rows) -> Rows:
    """The last row of each option, sorted by option."""
    order = np.lexsort([rows[name] for name in ("quoted", *reversed(_OPTION))])
    rows = _taken(rows, order)
    is_last = np.ones(order.size, bool)
    for name in _OPTION:
        is_last[:-1] &= rows[name][1:] == rows[name][:-1]
    is_last[:-1] = ~is_last[:-1]
    return _taken(rows, is_last)


def _chain(asset: str, source: Source, rows: Rows, left_out: int) -> OptionChain:
    return OptionChain(
        asset=asset,
        source=source,
        quoted=rows["quoted"].view("datetime64[ns]"),
        expiry=rows["expiry"].view("datetime64[ns]"),
        strike=rows["strike"],
        is_call=rows["is_call"],
        mark=rows["mark"],
        volatility=rows["volatility"],
        open_interest=rows["open_interest"],
        forward=rows["forward"],
        delta=rows["delta"],
        left_out=left_out,
    )

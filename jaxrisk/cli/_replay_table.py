"""One path as text: some steps for a reader, or all of them for a program."""

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

from ..report import main_assets


if TYPE_CHECKING:
    import xarray as xr

SHOWN_STEPS = 24
"""Steps without events that are printed, about."""
_EVENTS = ("repaid", "seized", "realized")


def table_of(dataset: "xr.Dataset") -> str:
    """Main prices and events: all steps with events, some without, and a total."""
    assets = main_assets(dataset)
    events = _events(dataset)
    days = dataset["time"].to_numpy()
    prices = dataset["price"].sel(asset=assets).to_numpy()
    head = ["day", *(f"{name} [USD]" for name in assets), *_titles()]
    rows = [
        [
            f"{days[step]:.3f}",
            *map(_price, prices[step].tolist()),
            *map(_amount, events[step].tolist()),
        ]
        for step in _shown(events)
    ]
    sums = map(_amount, events.sum(axis=0).tolist())
    total = ["total", *("" for _ in assets), *sums]
    return _aligned([head, *rows, total])


def csv_of(dataset: "xr.Dataset") -> str:
    """All steps, all prices and the events, with every digit."""
    names = ("price", "oracle_price", "fundamental_price")
    assets = [str(name) for name in dataset["asset"].to_numpy()]
    head = [
        "time_days",
        *(f"{name}_usd.{asset}" for name in names for asset in assets),
        *(f"{name}_usd" for name in _EVENTS),
    ]
    columns = [
        dataset["time"].to_numpy()[:, None],
        *(dataset[name].to_numpy() for name in names),
        _events(dataset),
    ]
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(np.concatenate(columns, axis=1).tolist())
    return page.getvalue().rstrip("\n")


def _events(dataset: "xr.Dataset") -> np.ndarray:
    """[step, event] USD, all reserves together."""
    sums = [dataset[name].astype(float).sum("reserve") for name in _EVENTS]
    return np.stack([each.to_numpy() for each in sums], axis=-1)


def _shown(events: np.ndarray) -> list[int]:
    """Steps to print: those with events, every nth, and the last."""
    steps = np.arange(events.shape[0])
    every = -(-steps.size // SHOWN_STEPS)
    shown = events.any(axis=1) | (steps % every == 0) | (steps == steps[-1])
    return steps[shown].tolist()


def _titles() -> list[str]:
    return [f"{name} [USD]" for name in _EVENTS]


def _price(value: float) -> str:
    return f"{value:,.2f}" if value >= 10 else f"{value:,.5g}"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value else "-"


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )

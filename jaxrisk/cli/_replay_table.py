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
_SOLD = {
    "keeper_flow": "keepers sold",
    "dealer_flow": "dealers sold",
    "perp_flow": "perpetuals sold",
    "perp_deleveraged": "deleveraged",
    "insurance_paid": "insurance paid",
}
_BY_ROW = (
    "keeper_flow",
    "dealer_flow",
    "dealer_turnover",
    "perp_flow",
    "perp_liquidated",
    "perp_deleveraged",
    "basis",
    "funding_rate",
    "funding_paid",
    "insurance_paid",
)


def table_of(dataset: "xr.Dataset") -> str:
    """Main prices and events: all steps with events, some without, and a total."""
    assets = main_assets(dataset)
    events, sold = _events(dataset), _sold(dataset)
    days = dataset["time"].to_numpy()
    prices = dataset["price"].sel(asset=assets).to_numpy()
    titles = [f"{name} [USD]" for name in (*assets, *_EVENTS, *_sellers(dataset))]
    told = np.concatenate([events, sold], axis=1)
    rows = [
        [
            f"{days[step]:.3f}",
            *map(_price, prices[step].tolist()),
            *map(_amount, told[step].tolist()),
        ]
        for step in _shown(events)
    ]
    sums = map(_amount, told.sum(axis=0).tolist())
    total = ["total", *("" for _ in assets), *sums]
    return _aligned([["day", *titles], *rows, total])


def csv_of(dataset: "xr.Dataset") -> str:
    """All steps, all prices and events, dealers and perpetuals, with every digit."""
    rows = _by_row(dataset)
    names = ("price", "oracle_price", "fundamental_price")
    assets = [str(name) for name in dataset["asset"].to_numpy()]
    head = [
        "time_days",
        *(f"{name}_usd.{asset}" for name in names for asset in assets),
        *(f"{name}_usd" for name in _EVENTS),
        *(name for name, _ in rows),
    ]
    columns = [
        dataset["time"].to_numpy()[:, None],
        *(dataset[name].to_numpy() for name in names),
        _events(dataset),
        *(values[:, None] for _, values in rows),
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


def _sellers(dataset: "xr.Dataset") -> list[str]:
    """Titles of who sold, where others than keepers did."""
    return [title for name, title in _SOLD.items() if name in dataset]


def _sold(dataset: "xr.Dataset") -> np.ndarray:
    """[step, seller] USD, all assets together; purchases are below zero."""
    time = dataset.sizes["time"]
    sums = [
        dataset[name].astype(float).to_numpy().reshape(time, -1).sum(axis=1)
        for name in _SOLD
        if name in dataset
    ]
    return np.stack(sums, axis=-1) if sums else np.zeros((time, 0))


def _by_row(dataset: "xr.Dataset") -> list[tuple[str, np.ndarray]]:
    """Titles and columns of what dealers and perpetuals did, row by row."""
    columns = []
    for name in filter(dataset.__contains__, _BY_ROW):
        values = dataset[name]
        unit = "_usd" if values.attrs["units"] == "USD" else ""
        if values.ndim == 1:
            columns.append((f"{name}{unit}", values.to_numpy()))
            continue
        row = str(values.dims[1])
        columns += [
            (f"{name}{unit}.{label}", values.sel({row: label}).to_numpy())
            for label in values[row].to_numpy()
        ]
    return columns


def _shown(events: np.ndarray) -> list[int]:
    """Steps to print: those with events, every nth, and the last."""
    steps = np.arange(events.shape[0])
    every = -(-steps.size // SHOWN_STEPS)
    shown = events.any(axis=1) | (steps % every == 0) | (steps == steps[-1])
    return steps[shown].tolist()


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

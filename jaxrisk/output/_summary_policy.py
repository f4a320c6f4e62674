"""Lines of the summary that tell what policy did."""

from collections.abc import Callable

import numpy as np
import xarray as xr


Cell = Callable[[xr.Dataset, str], str]
Rows = list[list[str]]


def policy_rows(dataset: xr.Dataset, cell: Cell) -> Rows:
    """Pauses, limits, layers and factors, where there are any.

    Args:
        dataset: A result.
        cell: A value with its error, as text.
    """
    return [
        *_pauses(dataset, cell),
        *_limits(dataset, cell),
        *_layers(dataset, cell),
        *_factors(dataset, cell),
    ]


def _pauses(dataset: xr.Dataset, cell: Cell) -> Rows:
    if "paused_mean" not in dataset:
        return []
    return [
        [
            "" if rank else "paused",
            str(name),
            f"{cell(dataset.isel(market=rank), 'paused_mean')} of time",
            "",
            "",
        ]
        for rank, name in enumerate(dataset["market"].values)
    ]


def _limits(dataset: xr.Dataset, cell: Cell) -> Rows:
    if "refused_mean" not in dataset:
        return []
    total = dataset.isel(scope=0)
    return [["limits", "kept back", cell(total, "refused_mean"), "", ""]]


def _layers(dataset: xr.Dataset, cell: Cell) -> Rows:
    if "socialised_mean" not in dataset:
        return []
    total = dataset.isel(scope=0)
    return [
        [
            "insured",
            "treasury",
            cell(total, "treasury_paid_mean"),
            "safety module",
            cell(total, "module_paid_mean"),
        ],
        [
            "",
            "backstop",
            cell(total, "backstop_paid_mean"),
            "left to suppliers",
            cell(total, "socialised_mean"),
        ],
    ]


def _factors(dataset: xr.Dataset, cell: Cell) -> Rows:
    """Of the reserves whose factors moved."""
    if "mean_factor_mean" not in dataset:
        return []
    moved = np.flatnonzero(dataset["lowest_factor_mean"].values < 1)
    return [
        [
            "" if rank else "factors",
            str(dataset["reserve"].values[row]),
            f"{cell(dataset.isel(reserve=row), 'mean_factor_mean')} of those listed",
            "lowest",
            cell(dataset.isel(reserve=row), "lowest_factor_mean"),
        ]
        for rank, row in enumerate(moved)
    ]

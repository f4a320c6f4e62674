"""A store opened for reading: no number of it that was not written whole."""

from pathlib import Path

import xarray as xr

from ..output import OutputError
from ._identity import stored
from ._store import Store


def dataset_of(folder: Path) -> xr.Dataset:
    """All of a store, in memory; settings that are not computed yet are NaN.

    Raises:
        OutputError: If it is no store of a sweep, or a task of it is damaged.
    """
    plan, _, _ = stored(folder)
    store = Store(folder, plan)
    damaged = store.marked() - len(store.done())
    if damaged:
        raise OutputError(
            f"{damaged:,} of {plan.tiles.tasks:,} tasks in {folder} are not what was"
            " written: a file is cut off, missing or changed. Run the sweep again: it"
            " computes them anew."
        )
    with xr.open_zarr(folder, consolidated=False, chunks=None) as dataset:
        return dataset.load()

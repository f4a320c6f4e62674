"""A dataset of sensitivities on disk: all of it or nothing."""

import tempfile
from pathlib import Path

import numpy as np
import xarray as xr

from ..output import OutputError


def save(found: xr.Dataset, store: Path) -> None:
    """Write a Zarr store, for `xarray.open_zarr`.

    Raises:
        OutputError: There is something of that name, or writing failed.
    """
    check_store(store)
    kind = np.dtypes.StringDType()
    text = {
        name: found[name].astype(kind).variable
        for name in found.variables
        if found[name].dtype.kind == "U"
    }
    labels = {name: text.pop(name) for name in found.coords if name in text}
    stored = found.assign_coords(labels).assign(text)
    try:
        with tempfile.TemporaryDirectory(
            prefix=".partial-", dir=store.absolute().parent
        ) as beside:
            partial = Path(beside) / "store"
            stored.to_zarr(partial, mode="w", zarr_format=3, consolidated=False)
            partial.rename(store)
    except OSError as error:
        raise OutputError(
            f"Writing {store} failed ({error.strerror or error}); nothing was kept."
            " Make room, or choose another place, and run again."
        ) from error


def check_store(store: Path) -> None:
    """Refuse a place that cannot take a store; asked before a run, too.

    Raises:
        OutputError: Its folder is missing, or there is something of that name.
    """
    if not store.absolute().parent.is_dir():
        raise OutputError(f"{store}: its folder does not exist. Make it first.")
    if store.exists():
        raise OutputError(f"{store} is there already. Name another, or remove it.")

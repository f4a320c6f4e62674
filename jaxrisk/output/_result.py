"""What a run returns, and what is opened again later."""

import os
from pathlib import Path

import xarray as xr

from ._store import read, write
from ._summary import summary


ATTRIBUTES = (
    "title",
    "config",
    "config_hash",
    "seed",
    "paths",
    "failed_paths",
    "horizon_days",
    "versions",
    "device",
    "wall_seconds",
    "check_seconds",
    "compile_seconds",
)
"""Attributes without which a number cannot be traced; others may come with them.

`config` and `versions` hold JSON, and so may others (`inputs`: SHA-256 by file); text
that starts with a brace is an object in the manifest. `steps` and `accounts` are shown
in the summary where they are given.
"""


class Result:
    """The estimates of a run with their errors, and where they came from."""

    def __init__(self, dataset: xr.Dataset) -> None:
        """Hold a dataset that `to_dataset` made.

        Args:
            dataset: Variables of the schema, with the attributes in `ATTRIBUTES`.

        Raises:
            ValueError: An attribute is missing.
        """
        missing = [name for name in ATTRIBUTES if name not in dataset.attrs]
        if missing:
            raise ValueError(f"A result needs the attributes {missing}.")
        self._dataset = dataset

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> "Result":
        """The result that `save` wrote.

        Args:
            directory: Output folder of a run.

        Raises:
            OutputError: It holds no finished run, or a damaged one.
        """
        return cls(read(Path(directory)))

    def to_xarray(self) -> xr.Dataset:
        """All variables, each with dimensions, `units` and `long_name`."""
        return self._dataset

    def summary(self) -> str:
        """The main numbers as a table to print, each with its standard error."""
        return summary(self._dataset)

    def save(self, directory: str | os.PathLike[str], *, force: bool = False) -> None:
        """Write `result.zarr`, `summary.json` and `manifest.json`: all or nothing.

        Args:
            directory: Output folder; made if it does not exist.
            force: Replace another run that the folder holds.

        Raises:
            OutputError: The folder cannot take the result.
        """
        write(self._dataset, Path(directory), force=force)

    def __repr__(self) -> str:
        facts = self._dataset.attrs
        return (
            f"Result({facts['title']!r}, {facts['paths']:,} paths, "
            f"seed {facts['seed']})"
        )

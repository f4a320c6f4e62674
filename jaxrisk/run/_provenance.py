"""Where a number came from."""

import hashlib
import importlib.metadata
import json
import platform

from ..config import Config
from ..data import says_synthetic
from ._devices import device_name
from ._model import Model
from ._recorded import FAN_PATHS


_PACKAGES = ("jaxrisk", "jax", "jaxlib", "equinox", "numpy", "scipy", "xarray", "zarr")


def provenance(model: Model, *, seed: int) -> dict[str, str | int | float]:
    """Attributes that make a result traceable and repeatable."""
    config = model.config
    return {
        "title": config.name,
        "config": config.model_dump_json(),
        "config_folder": str(config.folder.resolve()),
        "config_hash": config.hash,
        "seed": str(seed),
        "steps": config.steps,
        "horizon_days": config.horizon_days,
        "accounts": int(model.book.account.size),
        "accounts_of_book": round(float(model.full.members.sum())),
        "cohort_check_paths": config.run.cohort_check_paths,
        "recorded_paths": FAN_PATHS,
        **book_facts(config),
        "versions": json.dumps(_versions()),
        "device": device_name(),
    }


def book_facts(config: Config) -> dict[str, str | int | float]:
    """Hash of the book's file, and whether it says that it is made up."""
    name = config.book.file
    if name is None:
        return {}
    path = config.folder / name
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "book_hash": digest,
        "book_synthetic": str(says_synthetic(path)).lower(),
        "inputs": json.dumps({name: digest}),
    }


def _versions() -> dict[str, str]:
    packages = {name: importlib.metadata.version(name) for name in _PACKAGES}
    return {"python": platform.python_version(), **packages}

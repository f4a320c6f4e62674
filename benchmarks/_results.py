"""Benchmark figures on disk, with what they were measured on."""

import datetime
import importlib.metadata
import importlib.util
import json
import platform
from pathlib import Path

import jax


FOLDER = Path(__file__).parent / "results"


def keep(name: str, rows: list[dict[str, object]]) -> None:
    """Write the rows of a benchmark, with versions and device."""
    packages = ("jaxrisk", "jax", "jaxlib", "numpy", "equinox", "numba", "torch")
    record = {
        "date": datetime.date.today().isoformat(),
        "device": f"{len(jax.local_devices())} x {jax.local_devices()[0].device_kind}",
        "processor": _processor(),
        "versions": {
            package: _version(package)
            for package in packages
            if importlib.util.find_spec(package)
        },
        "rows": rows,
    }
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(record, indent=2) + "\n")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "from its folder, not installed"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return platform.processor()
    lines = information.read_text().splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return f"{len(names)} x {names[0]}" if names else platform.processor()

"""The GPU benchmark says when there is nothing to measure."""

import subprocess
import sys
from pathlib import Path

import jax
import pytest


REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(jax.default_backend() == "gpu", reason="it would measure")
def test_without_a_gpu_it_ends_with_status_2_and_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/gpu.py"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no GPU on this machine" in done.stderr
    assert not done.stdout


def test_it_asks_for_the_engine_alone() -> None:
    """A GPU machine may have JAX and Equinox, and none of what reads configs."""
    code = (
        "import sys; sys.path.insert(0, 'benchmarks');"
        "sys.modules |= dict.fromkeys(['pydantic', 'zarr', 'xarray', 'ruamel.yaml']);"
        "import gpu; print(type(gpu.prices(gpu.core())).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Prices\n", done.stderr

"""Real processes: killed, two at once, on workers; the store is the same to the bit."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jaxrisk.sweep._store import MARK

from .designs import DEPTH, THRESHOLD, written


pytestmark = pytest.mark.slow

DESIGN = f"""
name: kills
base: base.yaml
paths: 4000
per_task: 2
vary:
  kind: grid
  fields:
    {THRESHOLD}: [0.81, 0.83, 0.85, 0.87]
    {DEPTH}: [1e6, 5e6, 25e6, 50e6]
"""
TASKS = 8


def _start(file: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    words = ["sweep", str(file), "--out", str(out), *more]
    cache = out.parent.parent / "cache"
    return subprocess.Popen(
        [sys.executable, "-m", "jaxrisk", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "JAX_COMPILATION_CACHE_DIR": str(cache),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        },
    )


def _finished(process: subprocess.Popen[str]) -> str:
    out, errors = process.communicate(timeout=540)
    assert process.returncode == 0, errors
    return out


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _marked(folder: Path) -> int:
    return len(list((folder / MARK / "c").glob("*/0")))


def _until(happened: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait; fail if the process ends before."""
    while not happened():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def _claimants(folder: Path) -> set[int]:
    """Processes that are at work on a task."""
    found = set()
    for claim in (folder / MARK / "claims").glob("*.json"):
        try:
            found.add(int(json.loads(claim.read_text())["pid"]))
        except (OSError, ValueError):
            continue
    return found


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("kills") / "design", DESIGN)


@pytest.fixture(scope="module")
def undisturbed(design: Path) -> Path:
    folder = design.parents[1] / "undisturbed" / "store.zarr"
    said = _finished(_start(design, folder))
    assert "16 done, 0 failed" in said
    return folder


def test_a_killed_worker_and_a_killed_driver_leave_no_trace(
    design: Path, undisturbed: Path
) -> None:
    folder = design.parents[1] / "killed" / "store.zarr"
    driver = _start(design, folder, "--workers", "local:2")
    _until(lambda: _marked(folder) >= 1 and bool(_claimants(folder)), driver)
    killed = _claimants(folder).pop()
    assert killed != driver.pid
    os.kill(killed, signal.SIGKILL)
    before = _marked(folder)
    _until(lambda: _marked(folder) > before, driver)
    driver.kill()
    driver.communicate()
    assert _marked(folder) < TASKS, "the driver was done before it could be killed"
    _finished(_start(design, folder))
    assert _files(folder) == _files(undisturbed)


def test_two_at_once_lose_nothing_and_share_the_work(
    design: Path, undisturbed: Path
) -> None:
    folder = design.parents[1] / "shared" / "store.zarr"
    pair = [_start(design, folder, "--log-json") for _ in range(2)]
    for process in pair:
        _, errors = process.communicate(timeout=540)
        assert process.returncode == 0, errors
    assert _files(folder) == _files(undisturbed)


def test_a_scheduler_of_ones_own_does_as_well(design: Path, undisturbed: Path) -> None:
    from distributed import LocalCluster

    folder = design.parents[1] / "address" / "store.zarr"
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster:
        address = str(cluster.scheduler_address)
        _finished(_start(design, folder, "--workers", address))
    assert _files(folder) == _files(undisturbed)


def test_a_folder_that_may_not_be_written_is_refused(
    design: Path, undisturbed: Path
) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    folder = design.parents[1] / "readonly"
    folder.mkdir(mode=0o555)
    process = _start(design, folder / "store.zarr")
    _, errors = process.communicate(timeout=540)
    assert process.returncode == 2
    assert "Permission denied" in errors

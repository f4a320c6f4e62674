"""`jaxrisk run --dry-run` says what the run then takes."""

import dataclasses
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk import load
from jaxrisk.engine import Layout, workers
from jaxrisk.run import Pilot, cost, prepare
from jaxrisk.run._pilot import _short

from .conftest import MINIMAL, TINY


PILOT = Pilot(
    paths=2000,
    launch=1000,
    steps=24,
    accounts=5,
    path_seconds=3.0,
    check_seconds=5.0,
    compile_seconds=7.0,
    stored=0,
    device_bytes=0,
    device="an abacus",
)


@given(paths=st.integers(1, 10**8), more=st.integers(0, 10**8))
def test_more_paths_never_take_less_and_cost_what_launches_cost(
    paths: int, more: int
) -> None:
    few, many = (
        cost(PILOT, wall_seconds=20.0, paths=each) for each in (paths, paths + more)
    )
    assert few.seconds <= many.seconds
    launches = -(-(paths + more) // 1000) - -(-paths // 1000)
    assert many.seconds - few.seconds == pytest.approx(1.5 * launches, abs=1e-6)


def test_a_run_of_the_pilots_paths_takes_what_the_pilot_took() -> None:
    expected = cost(PILOT, wall_seconds=20.0, paths=PILOT.paths)
    assert expected.seconds == pytest.approx(20)
    assert dataclasses.astuple(expected) == (3, 5, 7, 5)


@pytest.mark.parametrize("paths", [1, 100, 5000, 10**6, 10**7])
@pytest.mark.parametrize("feedback", [0, 20_000])
def test_a_pilot_runs_the_launches_of_the_run_and_no_more_than_it_needs(
    paths: int, feedback: int
) -> None:
    settings = (f"run.paths={paths}", f"run.feedback_paths={feedback}")
    model = prepare(load(MINIMAL, settings))
    piloted, launch = _short(model)
    accounts = model.book.account.size
    assert Layout.fitting(piloted, accounts, workers()) == Layout.fitting(
        paths, accounts, workers()
    )
    assert min(paths, feedback, 1024) <= piloted <= paths
    assert piloted == paths or piloted % launch == 0


def command(words: tuple[str, ...], environment: dict[str, str]) -> tuple[str, float]:
    """What a command prints, and its wall time [s]."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "jaxrisk", *words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, time.perf_counter() - start


@pytest.mark.slow
def test_a_dry_run_that_compiled_predicts_a_run_that_need_not(tmp_path: Path) -> None:
    environment = {"JAXRISK_NO_CACHE": "0", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    words = ("run", *TINY, "--no-report", "--dry-run", "--out", str(tmp_path / "out"))
    first, _ = command(words, environment)
    second, _ = command(words, environment)
    assert "in the cache since this dry run" in first
    assert "in the cache since this dry run" not in second
    compiling = [
        float(found) for found in re.findall(r"([\d.]+) s compile", first + second)
    ]
    assert compiling[0] < 2 * compiling[1]


@pytest.mark.slow
def test_time_is_predicted_within_a_factor_of_one_and_a_half(tmp_path: Path) -> None:
    """From a third of the paths; `benchmarks/dry_run.py` looks at memory and more."""
    out = ("--out", str(tmp_path / "out"))
    words = ("run", MINIMAL, "--paths", "1500000", "--set", "horizon_days=1", *out)
    environment = {"JAXRISK_NO_CACHE": "1"}
    table, _ = command((*words, "--dry-run"), environment)
    _, seconds = command(words, environment)
    found = re.search(r"time +([\d,.]+) s in all", table)
    assert found
    predicted = float(found[1].replace(",", ""))
    assert 1 / 1.5 < predicted / seconds < 1.5

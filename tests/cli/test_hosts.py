"""`--hosts`: two processes on this machine as one run, and how they end together."""

import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

import jaxrisk

from .conftest import MINIMAL, TINY, Jaxrisk


Start = Callable[..., subprocess.Popen[str]]
Processes = list[subprocess.Popen[str]]


def _both(start: Start, *words: str, follower: tuple[str, ...] = ()) -> Processes:
    """Process 0 and process 1, which has words of its own."""
    with socket.socket() as any_port:
        any_port.bind(("localhost", 0))
        place = f"2@localhost:{any_port.getsockname()[1]}"
    own = ((), follower)
    return [
        start("run", *words, *own[number], "--hosts", f"{number}/{place}")
        for number in (0, 1)
    ]


def _ends(both: Processes) -> list[tuple[str, str]]:
    """What each said on stdout and stderr by its end."""
    try:
        return [process.communicate(timeout=240) for process in both]
    finally:
        for process in both:
            process.kill()


@pytest.mark.parametrize(
    "hosts", ["2/2@node:1234", "0/2", "0/2@node", "one", "0/0@node:1"]
)
def test_a_place_that_is_none_is_refused(jaxrisk: Jaxrisk, hosts: str) -> None:
    said = jaxrisk("run", MINIMAL, "--hosts", hosts)
    assert said.exit_code == 2
    assert "K/N@ADDRESS:PORT" in said.stderr


def test_auto_outside_of_a_cluster_is_a_mistake(start: Start) -> None:
    said, errors = start("run", MINIMAL, "--hosts", "auto").communicate(timeout=60)
    assert said == ""
    assert "no cluster was found" in errors


@pytest.mark.slow
def test_two_processes_leave_the_result_of_one(
    start: Start, finished: tuple[Path, Result], tmp_path: Path
) -> None:
    words = (*TINY, "--no-report", "--out", str(tmp_path / "two"))
    both = _both(start, *words)
    leader, follower = _ends(both)
    assert [process.returncode for process in both] == [0, 0], leader[1] + follower[1]
    assert follower == ("", "")
    # Up to the times that a run takes.
    assert leader[0].split("\n")[:10] == finished[1].stdout.split("\n")[:10]
    one = jaxrisk.Result.open(finished[0]).to_xarray()
    two = jaxrisk.Result.open(tmp_path / "two").to_xarray()
    assert set(one.variables) == set(two.variables)
    for name in one.variables:
        left, right = np.asarray(one[name].values), np.asarray(two[name].values)
        assert left.tobytes() == right.tobytes(), name
    assert two.attrs["device"].endswith("2 processes")


@pytest.mark.slow
def test_a_mistake_on_one_host_ends_all(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    wrong = ("--set", "oracle.deviaton=1")
    both = _both(start, *TINY, "--out", str(out), follower=wrong)
    leader, follower = _ends(both)
    assert both[1].returncode == 2
    assert "did you mean deviation" in follower[1]
    assert both[0].returncode == 1
    assert leader[0] == ""
    assert "Another process of this run has ended" in leader[1]
    assert not out.exists()


@pytest.mark.slow
def test_an_interrupt_ends_all(start: Start, tmp_path: Path) -> None:
    out = tmp_path / "out"
    long = ("--paths", "100000000", "--log-json", "--out", str(out))
    both = _both(start, *TINY, *long)
    assert both[0].stderr is not None
    for line in both[0].stderr:
        if '"done": 0' not in line and '"done"' in line:
            break
    for process in both:
        process.send_signal(signal.SIGINT)
    leader, follower = _ends(both)
    assert both[0].returncode == 130, leader[1]
    assert both[1].returncode != 0
    assert "interrupted" in leader[1]
    assert leader[0] == follower[0] == ""
    assert not out.exists()

"""Processes that share the paths of a run: the same numbers, and one end for all."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import numpy as np
import pytest

from jaxrisk.engine._places import Shares
from tests.engine.on_hosts import digest


REPOSITORY = Path(__file__).resolve().parents[2]
Start = Callable[..., list[subprocess.Popen[str]]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start two processes that meet, with one device and with two."""
    started = []

    def both(*last: tuple[str, ...]) -> list[subprocess.Popen[str]]:
        with socket.socket() as any_port:
            any_port.bind(("localhost", 0))
            port = str(any_port.getsockname()[1])
        for process, devices in enumerate("12"):
            words = (str(process), "2", port, devices, *last[process])
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.engine.on_hosts", *words],
                    cwd=REPOSITORY,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
        return started

    yield both
    for process in started:
        process.kill()
        process.communicate()


def test_two_processes_are_given_the_numbers_of_one(start: Start) -> None:
    alone = digest(tuple(jax.local_devices()[:1]))
    for process in start((), ()):
        said, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert said.split("\n")[-2:] == [f"{alone} 3", ""]


@pytest.mark.slow
@pytest.mark.parametrize("dying", [0, 1])
def test_a_process_that_dies_ends_the_other(start: Start, dying: int) -> None:
    """The engine says so, or JAX does, which ends all when process 0 is gone."""
    began = time.monotonic()
    both = start(*(("die",) if process == dying else () for process in (0, 1)))
    both[dying].communicate(timeout=60)
    assert both[dying].returncode == 9
    _, errors = both[1 - dying].communicate(timeout=60)
    assert both[1 - dying].returncode != 0
    assert "Another process of this run has ended" in errors or (
        dying == 0 and "another task died" in errors
    )
    assert time.monotonic() - began < 60


def test_places_of_other_processes_alone_are_refused() -> None:
    class Elsewhere:
        process_index = 1

    with pytest.raises(ValueError, match="None of the 2 devices is one of process 0"):
        Shares([Elsewhere(), Elsewhere()])


def test_results_of_one_process_are_passed_on_as_they_are() -> None:
    shares = Shares(jax.local_devices()[:3])
    mine = {"a": np.arange(6).reshape(3, 2)}
    assert shares.own == (0, 1, 2)
    assert shares.whole(mine) is mine

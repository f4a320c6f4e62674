"""Ctrl-C and SIGTERM in a process of its own: exit code, message, nothing by halves."""

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import MINIMAL


Start = Callable[..., subprocess.Popen[str]]
LONG = (MINIMAL, "--paths", "100000000", "--set", "horizon_days=0.25", "--log-json")


def _stopped(process: subprocess.Popen[str], number: int, *, after: int) -> list[dict]:
    """Send a signal at the first event with more than `after` paths done."""
    assert process.stderr is not None
    events = []
    for line in process.stderr:
        event = json.loads(line)
        events.append(event)
        if event["event"] == "progress" and event["done"] > after:
            process.send_signal(number)
            break
    rest, errors = process.communicate(timeout=120)
    assert rest == ""
    return [*events, *(json.loads(line) for line in errors.splitlines())]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "after", "code"),
    [
        (signal.SIGINT, -1, 130),  # while it compiles
        (signal.SIGINT, 0, 130),  # while it computes
        (signal.SIGTERM, 0, 143),
    ],
)
def test_a_stopped_run_leaves_no_file_and_says_so(
    start: Start, tmp_path: Path, number: int, after: int, code: int
) -> None:
    out = tmp_path / "out"
    process = start("run", *LONG, "--out", str(out))
    events = _stopped(process, number, after=after)
    assert process.returncode == code
    assert events[-1]["event"] == "error"
    assert "interrupted" in events[-1]["message"]
    assert f"Nothing was written to {out}" in events[-1]["message"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_stopped_run_leaves_an_earlier_result_alone(
    start: Start, tmp_path: Path
) -> None:
    (tmp_path / "manifest.json").write_text('{"seed": "9"}')
    process = start("run", *LONG, "--out", str(tmp_path), "--force")
    events = _stopped(process, signal.SIGINT, after=-1)
    assert process.returncode == 130
    assert "untouched" in events[-1]["message"]
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]

"""`jaxrisk run --dry-run`: rehearse, extrapolate, say."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer


if TYPE_CHECKING:
    from ..config import Config
    from ..run import Cost, Pilot


@dataclass(frozen=True)
class Rehearsal:
    """A short run in a process of its own.

    Attributes:
        pilot: What it did.
        seconds: From the start of the process to its end.
        peak_bytes: Most memory it had at a time.
    """

    pilot: "Pilot"
    seconds: float
    peak_bytes: int


def prediction(
    config: "Config", file: Path, changes: list[str], *, options: list[str]
) -> str:
    """What a run will take, as a table.

    Args:
        config: What is to be run.
        file: Where it comes from.
        changes: What differs from the file, as `path=value`.
        options: Of the rehearsal.
    """
    from ..run import cost

    words = [str(file), *options]
    for change in changes:
        words += ["--set", change]
    rehearsal, stored = _rehearsed(words), 0
    if rehearsal.pilot.stored:
        # The run will find in the cache what the rehearsal had to compile.
        stored, rehearsal = rehearsal.pilot.stored, _rehearsed(words)
    expected = cost(
        rehearsal.pilot, wall_seconds=rehearsal.seconds, paths=config.run.paths
    )
    return _table(config, rehearsal, expected, stored=stored)


def _rehearsed(words: list[str]) -> Rehearsal:
    """Rehearse in a new process; what it has to say of mistakes it says itself."""
    from ..run import Pilot

    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "jaxrisk.cli._rehearsal", *words],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise typer.Exit(done.returncode)
    found = json.loads(done.stdout.splitlines()[-1])
    return Rehearsal(Pilot(**found["pilot"]), seconds, found["peak_bytes"])


def _table(
    config: "Config", rehearsal: Rehearsal, expected: "Cost", *, stored: int
) -> str:
    from ..output import estimated_size

    pilot, paths = rehearsal.pilot, config.run.paths
    speed = paths / expected.paths if expected.paths else float("inf")
    disk = estimated_size(config.steps, len(config.asset_names))
    memory = f"{rehearsal.peak_bytes / 1e6:,.0f} MB at most, whatever the paths"
    if pilot.device_bytes:
        memory += f"; {pilot.device_bytes / 1e6:,.0f} MB of the devices"
    rows = (
        (
            "run",
            f"{paths:,} paths x {pilot.steps:,} steps x {pilot.accounts:,} accounts",
        ),
        ("device", pilot.device),
        ("time", f"{expected.seconds:,.1f} s in all"),
        ("", f"{expected.paths:,.1f} s paths ({speed:,.0f} paths/s)"),
        ("", f"{expected.checks:,.1f} s checks"),
        ("", f"{expected.compiling:,.1f} s compile{_cache(stored)}"),
        ("", f"{expected.rest:,.1f} s start, book, result and report"),
        ("memory", memory),
        ("disk", f"{disk / 1e6:,.1f} MB at most"),
        ("pilot", f"{pilot.paths:,} paths in {rehearsal.seconds:,.1f} s"),
    )
    lines = [f"{name:8}{text}" for name, text in rows]
    return "\n".join([*lines, "Dry run: nothing was written."])


def _cache(stored: int) -> str:
    if not stored:
        return ""
    programs = "1 program" if stored == 1 else f"{stored} programs"
    return f", with {programs} in the cache since this dry run"

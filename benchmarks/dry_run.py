"""Whether `jaxrisk run --dry-run` says what the run then takes.

    .venv/bin/python benchmarks/dry_run.py [--quick]

Every dry run and every run is a process of its own; the cache of compilations is that
of the user, and the run finds it as the dry run leaves it. Both must find the machine
equally free: where processor times agree and wall times do not, it was not.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from typing import Any, TypeAlias

from _results import keep


SUMMARY = "Whether a dry run says what the run then takes."
CASES = (
    ("configs/minimal.yaml", 2_000),
    ("configs/aave_v3_ethereum.yaml", 4_096),
    ("configs/aave_v3_ethereum.yaml", 16_384),
)
TIME_FACTOR, MEMORY_FACTOR = 1.5, 1.3

Row: TypeAlias = dict[str, Any]


def command(words: list[str]) -> tuple[str, float, float, float]:
    """What `jaxrisk` prints, its wall and processor time [s], its peak memory [MB]."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "jaxrisk", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"jaxrisk {' '.join(words)} failed.")
    # Linux reports kilobytes, macOS bytes.
    unit = 1e-6 if sys.platform == "darwin" else 1024e-6
    busy = usage.ru_utime + usage.ru_stime
    return said, seconds, busy, usage.ru_maxrss * unit


def predicted(table: str) -> tuple[float, float]:
    """Seconds and megabytes that a dry run names."""
    found = re.search(r"time +([\d,.]+) s in all.*memory +([\d,.]+) MB", table, re.S)
    if not found:
        raise SystemExit(f"No time and memory in:\n{table}")
    seconds, megabytes = (float(text.replace(",", "")) for text in found.groups())
    return seconds, megabytes


def case(config: str, paths: int) -> Row:
    """A dry run, and the run."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["run", config, "--paths", str(paths), "--out", f"{folder}/out", "-q"]
        table, dry_seconds, dry_busy, _ = command([*words, "--dry-run"])
        _, seconds, busy, megabytes = command(words)
    said_seconds, said_megabytes = predicted(table)
    row: Row = {
        "name": config,
        "paths": paths,
        "dry_run_seconds": dry_seconds,
        "dry_run_core_seconds": dry_busy,
        "predicted_seconds": said_seconds,
        "seconds": seconds,
        "core_seconds": busy,
        "time_ratio": said_seconds / seconds,
        "predicted_megabytes": said_megabytes,
        "megabytes": megabytes,
        "memory_ratio": said_megabytes / megabytes,
    }
    print(table)
    print(
        f"  {config}, {paths:,} paths: {said_seconds:.1f} s said, {seconds:.1f} s taken"
        f" ({row['time_ratio']:.2f}); {said_megabytes:,.0f} MB said,"
        f" {megabytes:,.0f} MB taken ({row['memory_ratio']:.2f});"
        f" the dry run took {dry_seconds:.1f} s ({dry_busy:.1f} of a core, the run"
        f" {busy:.1f})",
        flush=True,
    )
    return row


def within(ratio: float, factor: float) -> bool:
    """Whether a ratio is off by no more than a factor, either way."""
    return 1 / factor <= ratio <= factor


def main() -> None:
    parser = argparse.ArgumentParser(description=SUMMARY)
    parser.add_argument("--quick", action="store_true", help="the small config alone")
    given = parser.parse_args()
    rows = [case(*each) for each in (CASES[:1] if given.quick else CASES)]
    timely = all(within(row["time_ratio"], TIME_FACTOR) for row in rows)
    fits = all(within(row["memory_ratio"], MEMORY_FACTOR) for row in rows)
    print(f"Time within a factor of {TIME_FACTOR}: {'yes' if timely else 'NO'}")
    print(f"Memory within a factor of {MEMORY_FACTOR}: {'yes' if fits else 'NO'}")
    if not given.quick:
        keep("dry_run", rows)
    if not (timely and fits):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

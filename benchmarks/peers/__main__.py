"""This engine beside NumPy, Numba and PyTorch: the same workloads, in turns.

    make bench
    .venv/bin/python benchmarks/peers [--quick]

W1 prices alone, W2 the core step, W3 slopes of it. Every contender computes the same
arithmetic with random numbers of its own; their means are compared before anything is
timed. Ratios are taken within a turn, so that a slow moment of the machine hits both;
memory in a process of its own.
"""

import argparse
import functools
import importlib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np


sys.path.insert(0, str(Path(__file__).parents[1]))

from core import core


Row = dict[str, object]
Work = Callable[[int, int], np.ndarray]
"""From paths and seed to rows of statistics, path by path."""

STANDARD_ERRORS = 4.5
"""Largest difference of means that is let pass: of 150 comparisons."""

BARS = {
    ("W1", "NumPy float64"): 5.0,
    ("W1", "Numba, tuned"): 1.8,
    ("W2", "NumPy float64"): 20.0,
    ("W2", "PyTorch eager"): 8.0,
    ("W2", "PyTorch compiled"): 4.5,
    ("W2", "Numba, by path"): 3.0,
    ("W2", "Numba, tuned"): 1.0,
}


def contenders() -> dict[str, tuple[int, dict[str, Work]]]:
    """Paths and contenders of every workload; the engine comes first."""
    numbers = core()

    def of(place: str, **how: object) -> Work:
        """A function, imported when it is called: memory is that of one contender."""
        module, name = place.split(".")

        def work(paths: int, seed: int) -> np.ndarray:
            found = getattr(importlib.import_module(module), name)
            return found(numbers, paths, seed, **how)

        return work

    def built(place: str) -> Work:
        """An object that is built once, and then called."""
        module, name = place.split(".")

        @functools.cache
        def once() -> Work:
            return getattr(importlib.import_module(module), name)(numbers)

        return lambda paths, seed: once()(paths, seed)

    return {
        "W1": (
            102_400,
            {
                "engine": of("in_engine.paths_alone"),
                "NumPy float64": of("in_numpy.paths_alone", dtype=np.float64),
                "Numba, by path": of("in_numba.paths_alone", tuned=False),
                "Numba, tuned": of("in_numba.paths_alone", tuned=True),
                "PyTorch eager": of("in_torch.paths_alone", compiled=False),
                "PyTorch compiled": of("in_torch.paths_alone", compiled=True),
            },
        ),
        "W2": (
            20_480,
            {
                "engine": built("in_engine.CoreStep"),
                "NumPy float64": of("in_numpy.core_step", dtype=np.float64),
                "NumPy float32": of("in_numpy.core_step", dtype=np.float32),
                "Numba, by path": of("in_numba.core_step", tuned=False),
                "Numba, tuned": of("in_numba.core_step", tuned=True),
                "PyTorch eager": of("in_torch.core_step", compiled=False),
                "PyTorch compiled": of("in_torch.core_step", compiled=True),
            },
        ),
        "W3": (
            2048,
            {
                "engine": built("in_engine.Slopes"),
                "engine, forward": built("in_engine.CoreStep"),
                "PyTorch autograd": of("in_torch.slopes"),
                "PyTorch forward": of("in_torch.core_step", compiled=False),
            },
        ),
    }


def agree(name: str, paths: int, works: dict[str, Work]) -> float:
    """Largest difference of means from NumPy [standard errors]; raises if too large."""
    reference = works["NumPy float64"](paths, 1)
    worst = 0.0
    for contender, work in works.items():
        found = work(paths, 2).astype(float)
        error = np.hypot(*(each.std(axis=1) for each in (reference, found)))
        gap = np.abs(found.mean(axis=1) - reference.mean(axis=1)) * np.sqrt(paths)
        apart = float((gap / np.where(error > 0, error, 1)).max())
        worst = max(worst, apart)
        if apart > STANDARD_ERRORS:
            raise SystemExit(f"{name}: {contender} differs by {apart:.1f} errors.")
    return worst


def timed(paths: int, works: dict[str, Work], turns: int) -> dict[str, np.ndarray]:
    """Seconds of every contender in every turn, all of them warm."""
    for work in works.values():
        work(paths, 3)
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(turns):
        for name, work in works.items():
            start = time.perf_counter()
            work(paths, 10 + turn)
            taken[name].append(time.perf_counter() - start)
    return {name: np.array(each) for name, each in taken.items()}


def peak_megabytes(name: str, contender: str, paths: int) -> float:
    """Most memory of a process that imports one contender and runs it."""
    command = [sys.executable, __file__, "--alone", name, contender, str(paths)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.splitlines()[-1])


def table(name: str, paths: int, taken: dict[str, np.ndarray]) -> list[Row]:
    """A row a contender: its median seconds, and how many times the engine's."""
    rows: list[Row] = []
    for contender, seconds in taken.items():
        memory = peak_megabytes(name, contender, paths)
        ratio = float(np.median(seconds / taken["engine"]))
        bar = BARS.get((name, contender))
        verdict = "met" if ratio >= (bar or 0) else "MISSED"
        said = f"  bar {bar:g}: {verdict}" if bar else ""
        milliseconds = 1e3 * float(np.median(seconds))
        print(
            f"  {contender:18} {milliseconds:9.1f} ms  {memory:7,.0f} MB"
            f"  {ratio:6.2f} x{said}",
            flush=True,
        )
        rows.append(
            {
                "workload": name,
                "paths": paths,
                "contender": contender,
                "milliseconds": milliseconds,
                "peak_megabytes": memory,
                "times_the_engine": ratio,
                "bar": bar,
            }
        )
    return rows


def same_slopes(paths: int, works: dict[str, Work]) -> str:
    """The sum of the slopes, by engine and by autograd, over four seeds."""
    ours, theirs = (
        np.mean([works[name](paths, seed) for seed in range(4)], axis=0).sum()
        for name in ("engine", "PyTorch autograd")
    )
    return f"sum of slopes by engine {ours:,.0f}, by autograd {theirs:,.0f}"


def alone(name: str, contender: str, paths: int) -> None:
    """Run one contender once, and print the most memory it took [MB]."""
    contenders()[name][1][contender](paths, 3)
    # Not `getrusage`, which remembers the process that this one was started from.
    words = Path("/proc/self/status").read_text().split()
    print(int(words[words.index("VmHWM:") + 1]) / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer paths, one turn")
    parser.add_argument("--alone", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        name, contender, paths = given.alone
        alone(name, contender, int(paths))
        return
    turns, rows = 1 if given.quick else 5, []
    for name, (paths, works) in contenders().items():
        count = min(paths, 2048) if given.quick else paths
        if name == "W3":
            said = same_slopes(count, works)
        else:
            said = f"means within {agree(name, count, works):.1f} standard errors"
        print(f"{name}: {count:,} paths; {said}")
        rows += table(name, count, timed(count, works, turns))
    if not given.quick:
        from _results import keep

        keep("peers", rows)


if __name__ == "__main__":
    main()

"""Time against paths, steps, assets and accounts, each doubled four times.

    .venv/bin/python benchmarks/growth.py [--quick]

Processor time of warm runs of this engine; an exponent of one is linear. Steps, paths
and accounts by the shipped config, assets by the core step of `peers` with 64 accounts.
"""

import argparse
import functools
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _results import keep

import jaxrisk
from jaxrisk.engine import System, simulate
from jaxrisk.run import prepare


sys.path.insert(0, str(Path(__file__).parent / "peers"))

from core import core
from core_config import model


CONFIG = "configs/aave_v3_ethereum.yaml"
FEWEST_PATHS = 2048


@functools.cache
def shipped(steps: int, cohorts: int) -> System:
    """The shipped config with another horizon, or other cohorts."""
    over = [f"horizon_days={steps / 24}", f"book.cohorts={cohorts}"]
    return prepare(jaxrisk.load(CONFIG, over)).system


@functools.cache
def core_of(assets: int) -> System:
    """The core step with more assets and as many accounts."""
    return model(core(assets, 64 // assets)).system


AXES: dict[str, tuple[list[int], Callable[[int], tuple[System, int]]]] = {
    "paths": ([2048, 4096, 8192, 16384, 32768], lambda k: (shipped(48, 256), k)),
    "steps": ([24, 48, 96, 192, 384], lambda k: (shipped(k, 256), FEWEST_PATHS)),
    "accounts": ([64, 128, 256, 512, 1024], lambda k: (shipped(48, k), FEWEST_PATHS)),
    "assets": ([4, 8, 16, 32, 64], lambda k: (core_of(k), FEWEST_PATHS)),
}


def seconds(system: System, paths: int) -> float:
    """Processor time of a run, the better of two warm ones."""
    taken = []
    for seed in range(3):
        start = time.process_time()
        for _ in simulate(system, paths=paths, seed=seed):
            pass
        taken.append(time.process_time() - start)
    return min(taken[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="doubled once")
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    for axis, (every, of) in AXES.items():
        sizes = every[:2] if given.quick else every
        taken, peak = [], []
        for size in sizes:
            taken.append(seconds(*of(size)))
            peak.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
        exponent = float(np.polyfit(np.log(sizes), np.log(taken), 1)[0])
        shown = ", ".join(f"{k}: {s:.2f} s" for k, s in zip(sizes, taken, strict=True))
        print(f"{axis:9} {shown}; exponent {exponent:.2f}", flush=True)
        rows.append(
            {
                "axis": axis,
                "sizes": sizes,
                "core_seconds": taken,
                "exponent": exponent,
                "peak_gigabytes_so_far": peak,
            }
        )
    if not given.quick:
        keep("growth", rows)


if __name__ == "__main__":
    main()

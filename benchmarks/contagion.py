"""What all mechanisms on at once cost beside a run of the shipped config.

    .venv/bin/python benchmarks/contagion.py

Claims with failures and receipts, a mint-and-burn stablecoin, credit lines, loops
that act, suppliers and providers who leave, every part of policy, obligations,
dealers, perpetuals and an instrument: `all_mechanisms.yaml`. The same number of paths
of both, in turns in one process; the bar is three times.
"""

import statistics
import time
from pathlib import Path

import numpy as np
from _results import keep

import jaxrisk
from jaxrisk.engine import System, simulate
from jaxrisk.run import prepare


HERE = Path(__file__).parent
PLAIN = HERE.parent / "configs" / "aave_v3_ethereum.yaml"
PATHS, SEED, TURNS, BAR = 8192, 1, 5, 3.0


def seconds(system: System) -> float:
    """Wall time of all paths."""
    start = time.perf_counter()
    for _ in simulate(system, paths=PATHS, seed=SEED):
        pass
    return time.perf_counter() - start


def failed(system: System) -> int:
    """Paths without numbers: a run that breaks is not a fast one."""
    losses = [
        one.realized.sum(axis=0) for one in simulate(system, paths=256, seed=SEED)
    ]
    return int((~np.isfinite(np.concatenate(losses))).sum())


def main() -> None:
    """Print and keep the ratio."""
    files = (PLAIN, HERE / "all_mechanisms.yaml")
    plain, everything = (prepare(jaxrisk.load(file)).system for file in files)
    for system in (plain, everything):
        seconds(system)
    turns = [(seconds(plain), seconds(everything)) for _ in range(TURNS)]
    ratio = statistics.median(after / before for before, after in turns)
    fastest = [min(times) for times in zip(*turns, strict=True)]
    print(
        f"{PATHS:,} paths: {fastest[0]:.2f} s plain, {fastest[1]:.2f} s with all "
        f"mechanisms; median ratio {ratio:.3f} (bar {BAR:g}); {failed(everything)} "
        "paths of 256 without numbers"
    )
    row: dict[str, object] = {"paths": PATHS, "ratio": ratio, "seconds": fastest}
    keep("contagion", [row])


if __name__ == "__main__":
    main()

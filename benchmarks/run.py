"""Speed and memory of the main job, with NumPy beside it.

    .venv/bin/python benchmarks/run.py [--quick] [--million]

Every size runs in a process of its own, so that peak memory is that of the size.
"""

import argparse
import functools
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias


# One thread of BLAS: products this small lose more by waking a second than they gain.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _results import keep
from numpy_step import NumpySteps

import jaxrisk
from jaxrisk.engine import Layout, simulate, workers
from jaxrisk.risk import Measures
from jaxrisk.run import Model, prepare
from jaxrisk.run._clock import compile_clock


SUMMARY = "Speed and memory of the main job, with NumPy beside it."
CONFIG = "configs/aave_v3_ethereum.yaml"
NUMPY_TOO = ("book.cohorts=256", "book.cohort_health=mean")
"""What NumPy is compared on: its cohorts are accounts, not distributions."""

SEED = 1
SECONDS, SECONDS_OF_256, GIGABYTES = 60.0, 20.0, 2.0
STANDARD_ERRORS = 4.0

Row: TypeAlias = dict[str, Any]


def measured(model: Model, paths: int) -> Measures:
    """Stream paths into the estimates, as `jaxrisk run` does."""
    config = model.config
    measures = Measures(
        model.axes,
        levels=config.run.levels,
        steps=config.steps,
        step_days=float(config.step_minutes) / 1440,
    )
    for outcome in simulate(model.system, paths=paths, seed=SEED):
        measures.push(vars(outcome))
    measures.estimates()
    return measures


def seconds_of(work: Callable[[], object]) -> tuple[float, float]:
    """Wall time and processor time of one call; the latter adds up over cores."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - busy


def launch_of(model: Model, paths: int) -> int:
    """Paths of one launch: another number of them is another compilation."""
    accounts = model.book.account.size
    return Layout.fitting(paths, accounts, workers()).launch


def job(paths: int, over: Sequence[str]) -> Row:
    """The main job, warm, in this process; the first call compiles.

    Args:
        paths: Number of paths.
        over: What differs from the shipped config.
    """
    clock, model = compile_clock(), prepare(jaxrisk.load(CONFIG, over))
    compiled_before = clock.seconds
    measured(model, launch_of(model, paths))
    seconds, core_seconds = seconds_of(lambda: measured(model, paths))
    steps = model.config.steps
    rows, assets = model.book.account.size, len(model.config.assets)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux reports kilobytes, macOS bytes.
    peak_bytes = peak * (1 if sys.platform == "darwin" else 1024)
    return {
        "name": ", ".join(["main job", *over]),
        "paths": paths,
        "steps": steps,
        "assets": assets,
        "accounts": int(rows),
        "seconds": seconds,
        "core_seconds": core_seconds,
        "path_steps_per_second": paths * steps / seconds,
        "account_path_steps_per_second": paths * steps * rows / seconds,
        "compile_seconds": clock.seconds - compiled_before,
        "peak_gigabytes": peak_bytes / 1e9,
    }


def in_own_process(paths: int, over: Sequence[str] = ()) -> Row:
    """`job` in a fresh process, for its peak memory."""
    command = [sys.executable, __file__, "--job", str(paths), *over]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    row: Row = json.loads(done.stdout.splitlines()[-1])
    print(
        f"  {row['paths']:>9,} paths x {row['accounts']} rows  {row['seconds']:7.2f} s"
        f" ({row['core_seconds']:.1f} of a core)"
        f"  {row['path_steps_per_second']:10,.0f} path-steps/s"
        f"  {row['account_path_steps_per_second']:13,.0f} account-path-steps/s"
        f"  compile {row['compile_seconds']:.1f} s"
        f"  peak {row['peak_gigabytes']:.2f} GB",
        flush=True,
    )
    return row


def growth(model: Model, launches: Sequence[int]) -> Row:
    """Processor time against paths; the exponent is one where it is linear."""
    launch = launch_of(model, 10**6)
    paths = [count * launch for count in launches]
    measured(model, launch)
    seconds = [
        seconds_of(functools.partial(measured, model, count))[1] for count in paths
    ]
    exponent = float(np.polyfit(np.log(paths), np.log(seconds), 1)[0])
    taken = zip(paths, seconds, strict=True)
    shown = ", ".join(f"{count:,}: {second:.1f} s" for count, second in taken)
    print(f"  {shown} of a core; exponent {exponent:.2f}", flush=True)
    return {
        "name": "growth",
        "paths": paths,
        "core_seconds": seconds,
        "exponent": exponent,
    }


def same_distribution(model: Model, paths: int) -> Row:
    """Whether both give the same means; raises if not.

    Repaid debt, drawdowns and bad debt within four standard errors of the difference:
    false alarms about once in a thousand seeds, and the seeds are fixed.
    """
    ours = _statistics(
        [vars(o) for o in simulate(model.system, paths=paths, seed=SEED)]
    )
    steps = NumpySteps(model.system, np.dtype(np.float64))
    theirs = _statistics(
        [steps.simulate(512, SEED + part) for part in range(-(-paths // 512))]
    )
    error = np.sqrt(
        ours.var(axis=1, ddof=1) / ours.shape[1]
        + theirs.var(axis=1, ddof=1) / theirs.shape[1]
    )
    gap = np.abs(ours.mean(axis=1) - theirs.mean(axis=1))
    worst = float((gap / np.where(error > 0, error, 1)).max())
    if worst > STANDARD_ERRORS:
        raise SystemExit(f"NumPy and engine differ by {worst:.1f} standard errors.")
    print(
        f"  repaid a path, engine {ours[0].mean():,.0f}, NumPy {theirs[0].mean():,.0f}"
        f" USD; largest difference of {len(gap)} means {worst:.1f} standard errors",
        flush=True,
    )
    return {"name": "same distribution", "paths": paths, "standard_errors": worst}


def _statistics(parts: list[dict[str, np.ndarray]]) -> np.ndarray:
    def rows(part: dict[str, np.ndarray]) -> np.ndarray:
        bad = (part["realized"] + part["unrealized"]).sum(axis=0, keepdims=True)
        return np.concatenate([part["repaid"], bad, part["drawdown"]]).astype(float)

    return np.concatenate([rows(part) for part in parts], axis=1)


def beside_numpy(model: Model, *, paths: int, repeats: int) -> list[Row]:
    """Path-steps a second of engine and NumPy, in turns; medians."""

    launch = launch_of(model, 10**6)

    def engine() -> None:
        for _ in simulate(model.system, paths=launch, seed=SEED):
            pass

    contenders: dict[str, tuple[Callable[[], object], int]] = {
        "engine": (engine, launch)
    }
    for dtype in (np.float32, np.float64):
        for busy_only, rounds in ((True, "busy paths"), (False, "all paths")):
            steps = NumpySteps(model.system, np.dtype(dtype), busy_only=busy_only)
            name = f"numpy {np.dtype(dtype).name}, rounds on {rounds}"
            contenders[name] = (functools.partial(steps.simulate, paths, SEED), paths)
    engine()
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(repeats):
        for name, (work, count) in contenders.items():
            seconds, core_seconds = seconds_of(work)
            done = count * model.config.steps
            rates[name].append((done / seconds, done / core_seconds))
    return _ratios(
        {name: tuple(np.median(taken, axis=0)) for name, taken in rates.items()}
    )


def _ratios(rates: dict[str, tuple[float, float]]) -> list[Row]:
    engine, engine_core = rates["engine"]
    rows: list[Row] = []
    for name, (rate, core) in rates.items():
        row: Row = {
            "name": name,
            "path_steps_per_second": float(rate),
            "path_steps_per_core_second": float(core),
            "ratio": float(engine / rate),
            "ratio_per_core": float(engine_core / core),
        }
        print(
            f"  {name:36}  {rate:9,.0f} path-steps/s, {core:9,.0f} a core; the engine"
            f" does {row['ratio']:.1f} times that, a core {row['ratio_per_core']:.1f}",
            flush=True,
        )
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=SUMMARY)
    parser.add_argument("--quick", action="store_true", help="a smoke run, no bars")
    parser.add_argument("--million", action="store_true", help="1,000,000 paths too")
    parser.add_argument("--job", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        print(json.dumps(job(int(given.job[0]), given.job[1:])))
        return
    sizes = [1_000] if given.quick else [10_000, 100_000]
    print("Main job, warm, a process each")
    rows = [in_own_process(paths) for paths in [*sizes, *[10**6] * given.million]]
    rows.append(in_own_process(sizes[-1], NUMPY_TOO))
    model = prepare(jaxrisk.load(CONFIG, NUMPY_TOO))
    print("Same distribution as NumPy")
    rows.append(same_distribution(model, 512 if given.quick else 2048))
    print("Beside NumPy, in turns")
    rows += beside_numpy(model, paths=512, repeats=1 if given.quick else 3)
    if given.quick:
        return
    print("Time against paths")
    rows.append(growth(model, (1, 2, 4)))
    keep("main_job", rows)
    full, plain = (row for row in rows if row.get("paths") == sizes[-1])
    for said, met in {
        f"As shipped under {SECONDS:.0f} s": full["seconds"] < SECONDS,
        f"As shipped under {GIGABYTES:.0f} GB": full["peak_gigabytes"] < GIGABYTES,
        f"256 plain cohorts under {SECONDS_OF_256:.0f} s": plain["seconds"]
        < SECONDS_OF_256,
    }.items():
        print(f"{said}: {'yes' if met else 'NO'}")


if __name__ == "__main__":
    main()

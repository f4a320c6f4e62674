"""What a sweep of 4,096 settings takes beside the pure compute of their paths.

    .venv/bin/python benchmarks/sweep.py [--quick]

Pure compute is that of the same settings, some of them spread over the grid, each in
one long run whose outcomes are thrown away, in the blocks of the sweep: no config to
check, no system to build, nothing to estimate or to store. A sweep of four settings
goes before, and compiles what all of them need: compilation is counted, and in none of
the times. Pure compute is taken before and after, as the machine may be busier at one
time than at another; where processor times and wall times disagree, it was.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

from _results import keep

from jaxrisk.engine import Layout, _programs, simulate, workers
from jaxrisk.sweep import Plan, opened, plan_of, sweep
from jaxrisk.sweep._launch import Launcher, in_turn
from jaxrisk.sweep._models import Books, system_of


SUMMARY = "What a sweep takes beside the pure compute of its paths."
CONFIG = Path(__file__).resolve().parents[1] / "configs" / "minimal.yaml"
BAR = 1.3
SPREAD = 16
DESIGN = """
name: overhead
base: {base}
paths: {paths}
vary:
  kind: grid
  fields:
    markets.aave_v3.reserves.WETH.liquidation_threshold:
      {{from: 0.81, to: 0.93, count: {side}}}
    venues.WETH.depth_usd: {{from: 5e6, to: 100e6, count: {side}, scale: log}}
"""
Times: TypeAlias = tuple[float, float]


def timed(work: Callable[[], Any]) -> Times:
    """Wall and processor seconds."""
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - busy


def pure(plan: Plan, paths: int) -> Times:
    """Seconds a path, over settings spread over the grid."""
    books, settings = Books(plan), range(0, plan.settings, plan.settings // SPREAD)
    systems = []
    for setting in settings:
        config, changes = plan.config(setting), plan.changes(setting)
        systems.append(system_of(config, books.of(config, changes), {}))
    # The blocks of the sweep: those that a long run chooses itself are slower here.
    own = Launcher(workers(), paths=plan.paths).layout(systems[0])
    most = min(paths, 8 * own.block) // (len(workers()) * own.block)
    layout = Layout(block=own.block, launch=most * len(workers()) * own.block)
    _run_through(simulate(systems[0], paths=paths, seed=plan.seed, layout=layout))

    def all_of_them() -> None:
        for system in systems:
            _run_through(simulate(system, paths=paths, seed=plan.seed, layout=layout))

    wall, busy = timed(all_of_them)
    return wall / (paths * len(systems)), busy / (paths * len(systems))


def _run_through(outcomes: Iterable[object]) -> None:
    for _ in outcomes:
        pass


def planned(folder: Path, side: int, paths: int) -> Plan:
    """The plan of a grid, from its file."""
    file = folder / f"overhead_{side}.yaml"
    file.write_text(DESIGN.format(base=CONFIG.as_posix(), paths=paths, side=side))
    return plan_of(file)


def swept(plan: Plan, store: Path) -> None:
    """All that `jaxrisk sweep` does, but for its start."""
    found = sweep(opened(plan, store)[0])
    assert found.computed == plan.settings
    assert not found.failed


def case(side: int, paths: int) -> dict[str, Any]:
    """A grid of side by side settings."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        known = {key for key, _ in _programs._COMPILED}
        swept(planned(place, 2, paths), place / "first.zarr")
        plan = planned(place, side, paths)
        long = 16_384
        before = pure(plan, long)
        wall, busy = timed(lambda: swept(plan, place / "overhead.zarr"))
        made = {key for key, _ in _programs._COMPILED} - known
        after = pure(plan, long)
    count = plan.settings * paths
    pure_wall, pure_busy = (
        count * (one + other) / 2 for one, other in zip(before, after, strict=True)
    )
    row = {
        "settings": plan.settings,
        "paths": paths,
        "seconds": wall,
        "core_seconds": busy,
        "pure_seconds": pure_wall,
        "pure_core_seconds": pure_busy,
        "wall_ratio": wall / pure_wall,
        "core_ratio": busy / pure_busy,
        "compilations": sum(key[0] is in_turn for key in made),
        "overhead_ms_a_setting": 1e3 * (busy - pure_busy) / plan.settings,
    }
    print(
        f"{plan.settings:,} settings x {paths:,} paths: {wall:.1f} s, pure"
        f" {pure_wall:.1f} s, ratio {row['wall_ratio']:.3f}; of a core {busy:.1f} s,"
        f" pure {pure_busy:.1f} s, ratio {row['core_ratio']:.3f};"
        f" {row['compilations']} compilation, {row['overhead_ms_a_setting']:.2f} ms of"
        " a core a setting beside its paths",
        flush=True,
    )
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=SUMMARY)
    parser.add_argument("--quick", action="store_true", help="256 settings")
    given = parser.parse_args()
    row = case(16 if given.quick else 64, 2000)
    met = row["core_ratio"] <= BAR and row["compilations"] == 1
    print(f"At most {BAR} times, and one compilation: {'yes' if met else 'NO'}")
    if not given.quick:
        keep("sweep", [row])
    if not met:
        raise SystemExit(1)


if __name__ == "__main__":
    main()

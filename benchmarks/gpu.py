"""Prices alone, the core step and the shipped config on a GPU, a million paths.

    .venv/bin/python benchmarks/gpu.py [--paths N] [--trace FOLDER]
    PYTHONPATH=. python benchmarks/gpu.py       # beside JAX and Equinox alone: W1

W1 in a scan and in the fused kernel, W2 and the shipped config in the engine's step: 96
steps, results left on the device. Medians of five calls after one that compiles. Bytes
are XLA's count for one step of the compiled program; their share is of what a copy of a
gigabyte reaches on the same device. Ends with status 2 where there is no GPU.
"""

import argparse
import contextlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from _results import keep

from jaxrisk._random import Draw, seed_words
from jaxrisk.engine import Layout
from jaxrisk.engine._launch import Work
from jaxrisk.engine._rollout import rollout
from jaxrisk.engine._walk import Walk, by_kernel, by_scan, onward, way
from jaxrisk.process import Prices


sys.path.insert(0, str(Path(__file__).parent / "peers"))

from core import ASSETS, STEPS, core
from core_prices import prices


REPEATS = 5
NO_DEVICE = (
    "benchmarks/gpu.py: JAX finds no GPU on this machine, so there is nothing to"
    " measure. Run it where `jax.devices()` lists one (pip install 'jaxrisk[gpu]')."
)
Row = dict[str, object]


def systems() -> dict[str, Any]:
    """The core step of `peers` and the shipped config, of so many steps."""
    # Here, as they need the whole package, and a GPU machine may have the engine alone.
    try:
        from core_config import model

        import jaxrisk
        from jaxrisk.run import prepare
    except ModuleNotFoundError as missing:
        print(f"  W2, shipped config: left out, as {missing.name} is not installed")
        return {}
    shipped = jaxrisk.load(
        "configs/aave_v3_ethereum.yaml", [f"horizon_days={STEPS / 24}"]
    )
    return {"W2": model(core()).system, "shipped config": prepare(shipped).system}


def outcomes(system: Any, seed: jax.Array, path: jax.Array) -> Any:  # noqa: ANN401
    """The engine's outcomes."""
    return rollout(system, seed, path)[1]


def seconds(call: Callable[[], object]) -> float:
    """Of a call, warm."""
    jax.block_until_ready(call())
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        jax.block_until_ready(call())
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def copy_rate() -> float:
    """Bytes a second, read and written, of a copy on the device."""
    values = jnp.zeros(2**28, jnp.float32)
    return 2 * values.nbytes / seconds(partial(jax.jit(lambda each: each + 1), values))


def run(name: str, work: Work, given: Any, *, rows: int, paths: int) -> Row:  # noqa: ANN401
    """Path-steps a second of all launches that the engine's layout makes."""
    layout = Layout.fitting(paths, rows, jax.local_devices()[:1])
    starts = range(0, paths, layout.launch)
    blocks = [jnp.arange(at, at + layout.launch, dtype=jnp.uint32) for at in starts]
    program = jax.jit(work)
    taken = seconds(lambda: [program(given, seed_words(1), each) for each in blocks])
    done = len(blocks) * layout.launch * STEPS
    print(
        f"  {name:24} {1e3 * taken:10.2f} ms  {done / taken:12.3g} path-steps/s"
        f"  in launches of {layout.launch:,}",
        flush=True,
    )
    return {
        "name": name,
        "paths": len(blocks) * layout.launch,
        "launch": layout.launch,
        "milliseconds": 1e3 * taken,
        "path_steps_per_second": done / taken,
    }


def with_bandwidth(row: Row, bytes_a_path_step: float, copying: float) -> Row:
    """The row with its bytes a second, and their share of a copy's."""
    rate = float(row["path_steps_per_second"]) * bytes_a_path_step  # type: ignore[arg-type]
    print(
        f"    {bytes_a_path_step:.1f} bytes a path-step, {rate / 1e12:.2f} TB/s,"
        f" {rate / copying:.0%} of a copy"
    )
    return {**row, "bytes_a_path_step": bytes_a_path_step, "of_a_copy": rate / copying}


def scan_bytes(process: Prices) -> float:
    """A path-step of the scan, as this device's compiler counts it."""
    paths = 2**16
    state, path = process.init(paths), jnp.arange(paths, dtype=jnp.uint32)

    def one(process: Prices, moving: Any, path: jax.Array) -> Any:  # noqa: ANN401
        draw = Draw(seed=seed_words(1), path=path, step=jnp.uint32(3))
        return onward(process, moving, draw)

    program = jax.jit(one).lower(process, (state, state.position), path).compile()
    return program.cost_analysis()["bytes accessed"] / paths


def measured(paths: int) -> Iterator[Row]:
    """All workloads."""
    copying, device = copy_rate(), jax.local_devices()[0]
    print(f"{device.device_kind}: a copy moves {copying / 1e12:.2f} TB/s")
    yield {"name": "copy", "bytes_per_second": copying}
    process = prices(core())
    given, size = Walk(process, STEPS), {"rows": ASSETS, "paths": paths}
    yield with_bandwidth(
        run("W1, scan", by_scan, given, **size), scan_bytes(process), copying
    )
    if way(given, [device]) is by_kernel:
        row = run("W1, fused kernel", by_kernel, given, **size)
        yield with_bandwidth(row, 4 * (1 + 2 * ASSETS) / STEPS, copying)
    else:
        print(
            "  W1, fused kernel: not used here. It needs Hopper or newer, and absl-py;"
            " a warning above says if it failed."
        )
    for name, system in systems().items():
        rows = system.accounts.members.shape[0]
        yield run(name, outcomes, system, rows=rows, paths=paths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=1_000_000)
    parser.add_argument("--trace", type=Path, help="a profile of the run goes here")
    given = parser.parse_args()
    if jax.default_backend() != "gpu":
        print(NO_DEVICE, file=sys.stderr)
        sys.exit(2)
    tracing = jax.profiler.trace(given.trace) if given.trace else None
    with tracing or contextlib.nullcontext():
        rows = list(measured(given.paths))
    keep("gpu", rows)


if __name__ == "__main__":
    main()

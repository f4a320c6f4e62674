"""What all mechanisms on at once cost.

    .venv/bin/python benchmarks/contagion.py

Claims with failures and receipts, a mint-and-burn stablecoin, credit lines, loops
that act, suppliers and providers who leave, every part of policy, obligations,
dealers, perpetuals and an instrument: `all_mechanisms.yaml`. Beside it the same assets,
markets and accounts with every mechanism off, for the bar of three times, and the
shipped config, which has five assets and a market less. The same number of paths of
each, in turns in one process.
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
SHIPPED = HERE.parent / "configs" / "aave_v3_ethereum.yaml"
EVERYTHING = HERE / "all_mechanisms.yaml"
OFF = (
    "policy=",
    "perps=",
    "options=",
    "spirals=",
    "credit=",
    "obligations=",
    "instruments=",
    "behaviour.borrowers=[]",
    "behaviour.suppliers={}",
    "behaviour.providers={}",
    "assets.USDC.failure=",
    "assets.wstETH.failure=",
    # What was a claim or an instrument, as tokens like any other.
    "assets.aUSDC={price_usd: 1, peg: {reference: USD, speed: 50, volatility: 0.01}}",
    "assets.bWETH={price_usd: 1817, peg: {reference: WETH, speed: 50, volatility: 0}}",
    "assets.pWETH={price_usd: 1830, volatility: 0.4}",
)
PATHS, SEED, TURNS, BAR = 4096, 1, 5, 3.0


def seconds(system: System) -> float:
    """Wall time of all paths."""
    start = time.perf_counter()
    for _ in simulate(system, paths=PATHS, seed=SEED):
        pass
    return time.perf_counter() - start


def failed(system: System) -> int:
    """Paths without numbers: a run that breaks is not a fast one."""
    losses = [
        one.realized.sum(axis=0) for one in simulate(system, paths=PATHS, seed=SEED)
    ]
    return int((~np.isfinite(np.concatenate(losses))).sum())


def main() -> None:
    """Print and keep the ratios."""
    configs = (
        jaxrisk.load(SHIPPED),
        jaxrisk.load(EVERYTHING, OFF),
        jaxrisk.load(EVERYTHING),
    )
    systems = [prepare(config).system for config in configs]
    for system in systems:
        start = time.perf_counter()
        seconds(system)
        print(f"compiled and run once: {time.perf_counter() - start:.0f} s")
    turns = [[seconds(system) for system in systems] for _ in range(TURNS)]
    shipped, off, everything = zip(*turns, strict=True)
    ratio, of_shipped = (
        statistics.median(
            on / without for on, without in zip(everything, each, strict=True)
        )
        for each in (off, shipped)
    )
    print(
        f"{PATHS:,} paths: {min(everything):.2f} s with all mechanisms, "
        f"{min(off):.2f} s of the same system with all of them off, "
        f"{min(shipped):.2f} s of the shipped config; median ratios "
        f"{ratio:.2f} (bar {BAR:g}) and {of_shipped:.2f}; "
        f"{failed(systems[-1])} paths without numbers"
    )
    row: dict[str, object] = {
        "paths": PATHS,
        "ratio": ratio,
        "ratio_to_shipped": of_shipped,
        "seconds": [min(everything), min(off), min(shipped)],
    }
    keep("contagion", [row])


if __name__ == "__main__":
    main()

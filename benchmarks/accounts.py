"""Every account one by one: the shipped market over books of 5,000 and 29,000 accounts.

    .venv/bin/python benchmarks/accounts.py [--whole | --quick]

All mechanisms, no cohorts, 145 hourly steps. Beside it, in the same run, the cheapest
thing an account-level simulator can do in NumPy: the health of every account at every
step, and nothing else. `--whole` runs all 10,000 paths of the larger book.
"""

import argparse
import time

import numpy as np
from _results import keep

import jaxrisk
from jaxrisk.config import build_system
from jaxrisk.data import synthetic_book
from jaxrisk.engine import System, simulate
from jaxrisk.run import prepare


CONFIG = "configs/aave_v3_ethereum.yaml"
STEPS, SEED, BAR = 145, 20231101, 250e6
SIZES = ((5_000, 64), (5_000, 1024), (29_000, 512))
"""Accounts and paths."""


def system_of(accounts: int) -> System:
    """The shipped market over a synthetic book of so many borrowers."""
    config = jaxrisk.load(CONFIG, [f"horizon_days={STEPS / 24}"])
    book = synthetic_book(SEED, 2 * accounts)
    owing = np.flatnonzero(book.debt.any(axis=1))[:accounts]
    book = type(book)(**{name: each[owing] for name, each in vars(book).items()})
    return build_system(prepare(config).config, book)


def engine_rate(system: System, paths: int, launch: int) -> float:
    """Account-path-steps a second, warm."""
    for _ in simulate(system, paths=launch, seed=1):
        pass
    start = time.perf_counter()
    for _ in simulate(system, paths=paths, seed=2):
        pass
    accounts = system.accounts.members.shape[0]
    return paths * STEPS * accounts / (time.perf_counter() - start)


def numpy_rate(system: System, paths: int) -> float:
    """The same of health alone, in float32."""
    weighted, debt = (
        np.asarray(each) for each in (system.accounts.weighted, system.accounts.debt)
    )
    price = np.exp(np.random.default_rng(1).normal(0, 0.1, (weighted.shape[1], paths)))
    price, below = price.astype(np.float32), 0
    start = time.perf_counter()
    for _ in range(STEPS):
        below += int((weighted @ price < debt @ price).sum())
    return paths * STEPS * weighted.shape[0] / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--whole", action="store_true", help="10,000 paths: minutes")
    parser.add_argument("--quick", action="store_true", help="the smallest one alone")
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    for accounts, paths in SIZES[:1] if given.quick else SIZES:
        count = 10_000 if given.whole and accounts == 29_000 else paths
        system = system_of(accounts)
        rate, health = engine_rate(system, count, paths), numpy_rate(system, 64)
        verdict = "met" if rate >= BAR else "MISSED"
        print(
            f"{count:6,} paths x {STEPS} steps x {accounts:,} accounts:"
            f" {rate / 1e6:6.0f} M account-path-steps/s (bar 250: {verdict});"
            f" health alone in NumPy {health / 1e6:.0f} M",
            flush=True,
        )
        rows.append(
            {
                "accounts": accounts,
                "paths": count,
                "account_path_steps_per_second": rate,
                "numpy_health_alone": health,
            }
        )
    if not given.quick:
        keep("accounts", rows)


if __name__ == "__main__":
    main()

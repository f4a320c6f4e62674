"""Error of cohorts against every account, on the same draws.

    .venv/bin/python benchmarks/cohorts.py [--first 700] [--paths 250000] [--worst 400]

Expected liquidations are compared on the first paths; the 99 % expected shortfall on
the paths that are worst with the cohorts of the config (see `jaxrisk.run._checks`).
"""

import argparse
import itertools
import time

import numpy as np
from _results import keep

import jaxrisk
from jaxrisk.config import build_system
from jaxrisk.engine import revisit, simulate
from jaxrisk.risk import ratio_of_means
from jaxrisk.run import prepare
from jaxrisk.run._checks import borrowers


CONFIG = "configs/aave_v3_ethereum.yaml"
SEED = 21
"""Not one of those on which the cuts of the compression were chosen, 11 and 12."""


def losses(system: object, path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Debt repaid and bad debt of some paths [USD]."""
    parts = list(revisit(system, path=path, seed=SEED))
    repaid = [part.repaid.astype(float).sum(axis=0) for part in parts]
    bad = [
        (part.realized.astype(float) + part.unrealized).sum(axis=0) for part in parts
    ]
    return np.concatenate(repaid), np.concatenate(bad)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", type=int, default=700)
    parser.add_argument("--worst", type=int, default=400)
    parser.add_argument("--paths", type=int, default=250_000)
    parser.add_argument("--cohorts", type=int, nargs="*", default=[256, 384, 512])
    given = parser.parse_args()

    model = prepare(jaxrisk.load(CONFIG))
    total = np.concatenate(
        [
            (part.realized.astype(float) + part.unrealized).sum(axis=0)
            for part in simulate(model.system, paths=given.paths, seed=SEED)
        ]
    )
    worst = np.argsort(-total, kind="stable")[: given.paths // 100]
    worst = worst[total[worst] > 0][: given.worst]
    path = np.concatenate([np.arange(given.first), worst])
    start = time.perf_counter()
    full = losses(build_system(model.config, borrowers(model.full)), path)
    rows = [
        {
            "accounts": int(model.full.account.size),
            "paths": int(path.size),
            "seconds": time.perf_counter() - start,
        }
    ]
    print(f"full book: {rows[0]}", flush=True)
    for cohorts, health in itertools.product(given.cohorts, ("spread", "mean")):
        config = jaxrisk.load(
            CONFIG, [f"book.cohorts={cohorts}", f"book.cohort_health={health}"]
        )
        coarse = losses(prepare(config).system, path)
        first, tail = slice(None, given.first), slice(given.first, None)
        liquidated = ratio_of_means(coarse[0][first], full[0][first])
        shortfall = ratio_of_means(coarse[1][tail], full[1][tail])
        rows.append(
            {
                "cohorts": cohorts,
                "health": health,
                "liquidations": float(liquidated.value - 1),
                "liquidations_se": float(liquidated.standard_error),
                "es99": float(shortfall.value - 1),
                "es99_se": float(shortfall.standard_error),
            }
        )
        print(rows[-1], flush=True)
    keep("cohorts", rows)


if __name__ == "__main__":
    main()

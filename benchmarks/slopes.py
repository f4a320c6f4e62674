"""Slopes of paths: their cost in forward runs, their memory, and who agrees with whom.

    .venv/bin/python benchmarks/slopes.py [--paths 4096]
    .venv/bin/python benchmarks/slopes.py --agreement [--paths 4096]

All liquidation thresholds of the shipped config at once. `--agreement` compares what
`jaxrisk sensitivities` prints with central differences of the whole engine on other
draws and with another width.
"""

import argparse
import resource
import time
from collections.abc import Iterable

import jax
import numpy as np
from _results import keep

import jaxrisk
from jaxrisk.config import build_system, parameters, shifted
from jaxrisk.engine import BLOCK, simulate, slopes
from jaxrisk.risk import Accumulator
from jaxrisk.run import Model, prepare
from jaxrisk.sensitivity._measures import Losses, measures, scores
from jaxrisk.sensitivity._pathwise import direction, moving


CONFIG = "configs/aave_v3_ethereum.yaml"
FIELD = "liquidation_threshold"
WIDTH = 0.015
"""Half of the independent bumps; the tool's own are .01 and .005."""

SEED = 77


def seconds(parts: Iterable[object]) -> float:
    """To exhaust it."""
    start = time.perf_counter()
    for _ in parts:
        pass
    return time.perf_counter() - start


def peak() -> float:
    """Memory of this process so far [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cost(model: Model, paths: int) -> list[dict[str, float]]:
    """Forward and backward, three times each in turns; then four times the paths."""
    asked = parameters(model.config, FIELD)

    def build(parameter: object, shift: float) -> object:
        with jax.enable_x64(True):
            system = shifted(model.config, parameter, shift)
            return build_system(system, model.book, dtype=np.dtype(np.float64))

    split, ways = moving(model.system, [direction(each, build) for each in asked])

    def back(count: int) -> float:
        one = np.ones(count)
        path = np.arange(count)
        given = {"path": path, "bad_debt": 0 * one, "repaid": one, "seed": SEED}
        return seconds(slopes(split, ways, **given))

    compiling = [seconds(simulate(model.system, paths=BLOCK, seed=1)), back(BLOCK)]
    seconds(simulate(model.system, paths=paths, seed=1))
    pairs = [
        (seconds(simulate(model.system, paths=paths, seed=SEED)), back(paths))
        for _ in range(3)
    ]
    forward, backward = np.min(pairs, axis=0)
    before = peak()
    back(4 * paths)
    row = {
        "parameters": len(asked),
        "paths": paths,
        "forward_s": float(forward),
        "slopes_s": float(backward),
        "ratio": float(np.median([b / f for f, b in pairs])),
        "compile_forward_s": compiling[0],
        "compile_slopes_s": compiling[1],
        "memory_mb": before,
        "memory_of_four_times_the_paths_mb": peak(),
    }
    for name, value in row.items():
        print(f"{name:36} {value:10,.2f}")
    return [row]


def agreement(model: Model, paths: int) -> list[dict[str, object]]:
    """z-scores of everything that is printed against bumps on other draws."""
    found = jaxrisk.sensitivities(model.config, wrt=[FIELD], paths=paths)
    chosen = measures(found.measure.values.tolist())
    at_risk = {"es99": 0.0}  # fewer than 1 % of paths lose, so that VaR is zero
    rows, worst = [], 0.0
    for parameter in parameters(model.config, FIELD):
        runs = [
            simulate(
                build_system(shifted(model.config, parameter, shift), model.book),
                paths=paths,
                seed=SEED,
            )
            for shift in (-WIDTH, WIDTH)
        ]
        tally = Accumulator(len(chosen))
        for pair in zip(*runs, strict=True):
            low, high = (scores(chosen, Losses.of(each), at_risk) for each in pair)
            tally.push((high - low) / (2 * WIDTH), np.ones(low.shape[1], bool))
        other = tally.moments().estimate()
        mine = found.sel(parameter=parameter.name)
        error = np.hypot(mine.derivative_se.values, other.standard_error)
        gap = mine.derivative.values - other.value
        score = np.where(error > 0, gap / np.where(error > 0, error, 1), 0)
        worst = max(worst, float(np.abs(score).max()))
        for k, measure in enumerate(chosen):
            rows.append(
                {
                    "parameter": parameter.name,
                    "measure": measure.name,
                    "method": str(mine.method.values[k]),
                    "printed": float(mine.derivative.values[k]),
                    "printed_se": float(mine.derivative_se.values[k]),
                    "bump": float(other.value[k]),
                    "bump_se": float(other.standard_error[k]),
                    "z": float(score[k]),
                }
            )
            print(f"{parameter.name:52} {measure.name:12} z {score[k]:+.2f}")
    beyond = sum(abs(float(row["z"])) > 3 for row in rows)
    print(f"{len(rows)} derivatives, {beyond} beyond 3, largest |z| {worst:.2f}")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--paths", type=int, default=4096)
    parser.add_argument("--agreement", action="store_true")
    given = parser.parse_args()
    model = prepare(jaxrisk.load(CONFIG))
    if given.agreement:
        keep("agreement", agreement(model, given.paths))
    else:
        keep("slopes", cost(model, given.paths))


if __name__ == "__main__":
    main()

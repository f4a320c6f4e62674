"""The tables of the core step."""

import math

import numpy as np
from bumps import bump, random_signs, richardson, two_level, volatility_bump
from core_step import ASSETS, LARGEST, STEPS, core, draw, loss
from core_truth import CORE_BIAS, CORE_TRUTH, CORE_TRUTH_ERROR
from smoothed import learned_worth, only_largest, spa, volatility_spa
from tallies import BATCHES, FORWARD, Tally, tally
from weights import volatility_naive, volatility_weights


BUDGET = 100_000
"""Forward runs at which errors are compared."""

ONE = "SPA, 4 br., one threshold"
EVERY = 16
"""Paths to one that is bumped properly, by two levels."""

ALONE = {
    "bump .02": 2.0,
    "bump .01": 2.0,
    "bump, extrapolated": 4.0,
    "two-level bump .02": 3 + 2 / EVERY,
    "two-level bump .01": 3 + 2 / EVERY,
    "two-level bump, extrapolated": 6 + 4 / EVERY,
}
"""Runs for the slope in one threshold, where that is less than for all."""


def core_rows(paths: int, seed: int) -> dict[str, Tally]:
    """The estimators of the core step."""
    rng, size = np.random.default_rng((seed, 6)), paths // BATCHES
    model, flat, worth = core(), np.ones((ASSETS, STEPS)), learned_worth(seed)
    found = tally(
        {
            FORWARD: lambda u: (loss(model, u, model.threshold)[None], 1.0),
            "bump .02": lambda u: bump(u, 0.02),
            "bump .01": lambda u: bump(u, 0.01),
            "two-level bump .02": lambda u: two_level(u, 0.02, EVERY),
            "two-level bump .01": lambda u: two_level(u, 0.01, EVERY),
            "random signs .02": lambda u: random_signs(u, rng, 0.02),
            "SPA, 1 branch": lambda u: spa(u, rng, flat),
            "SPA, learned, 4 branches": lambda u: spa(u, rng, worth, 4),
            ONE: lambda u: spa(u, rng, only_largest(), 4),
            "vol: bump .04": lambda u: volatility_bump(u, 0.04),
            "vol: along the path": volatility_naive,
            "vol: SPA": lambda u: volatility_spa(u, rng, worth),
            "vol: score": lambda u: volatility_weights(u, rng, measure_valued=False),
            "vol: MVD": lambda u: volatility_weights(u, rng, measure_valued=True),
        },
        (draw(rng, size) for _ in range(BATCHES)),
    )
    for kind in ("bump", "two-level bump"):
        wide, narrow = found[f"{kind} .02"], found[f"{kind} .01"]
        found[f"{kind}, extrapolated"] = richardson(wide, narrow)
    return found


def print_core(paths: int, seed: int) -> None:
    """Tables of the core step."""
    found = core_rows(paths, seed)
    unit = found.pop(FORWARD).seconds
    volatility = {n: found.pop(n) for n in list(found) if n.startswith("vol")}
    truth, slack = CORE_TRUTH[:ASSETS], CORE_TRUTH_ERROR[:ASSETS]
    base = found["bump .02"]
    print(f"\nCore step, {ASSETS} thresholds, {paths} paths; truth of the largest")
    print(f"slope {truth[LARGEST]:.3f}; errors at equal cost: {BUDGET} forward runs")
    print(
        f"{'':28}{'runs':>6}{'wall':>6}{'largest slope':>16}{'z':>6}{'chi2':>6}"
        f"{'err 1':>8}{'err 16':>8}{'bias 16':>8}{'eff 1':>7}{'eff 16':>7}"
        f"{'z: mean, sd':>12}"
    )
    for name, row in found.items():
        mean, error, variance = row.mean, row.error, row.variance
        z = (mean - truth) / np.hypot(np.fmax(error, 1e-9), slack)
        alone, one = ALONE.get(name, row.cost), variance[LARGEST]
        gain = base.variance[LARGEST] * 2 / (one * alone)
        every = base.variance.sum() * base.cost / (variance.sum() * row.cost)
        fit, both = f"{np.mean(z**2):6.1f}", f"{every:7.2f}"
        total = f"{math.sqrt(variance.sum() * row.cost / BUDGET):8.4f}"
        if name == ONE:
            fit, both, total = f"{'-':>6}", f"{'-':>7}", f"{'-':>8}"
        off = f"{CORE_BIAS.get(name[-3:], 0):8.3f}"
        seeds = row.scores(truth)[:, LARGEST]
        print(
            f"{name:28}{row.cost:6.1f}{row.seconds / unit:6.1f}"
            f"{mean[LARGEST]:8.3f} ± {error[LARGEST]:.3f}{z[LARGEST]:6.1f}{fit}"
            f"{math.sqrt(one * alone / BUDGET):8.4f}{total}{off}{gain:7.2f}{both}"
            f"{seeds.mean():6.1f}{seeds.std(ddof=1):6.1f}"
        )
    print(f"\nLogarithm of all volatilities: truth {CORE_TRUTH[-1]:.4f}")
    base = volatility["vol: bump .04"]
    for name, row in volatility.items():
        error, variance = row.error[0], row.variance[0]
        z = (row.mean[0] - CORE_TRUTH[-1]) / math.hypot(error, CORE_TRUTH_ERROR[-1])
        gain = base.variance[0] * base.cost / (variance * row.cost)
        seeds = row.scores(CORE_TRUTH[-1:])
        print(
            f"{name:28}{row.cost:6.1f}{row.seconds / unit:6.1f}"
            f"{row.mean[0]:8.3f} ± {error:.3f}{z:6.1f}{'':6}"
            f"{math.sqrt(variance * row.cost / BUDGET):8.4f}{'':8}{gain:7.3f}{'':7}"
            f"{seeds.mean():6.1f}{seeds.std(ddof=1):6.1f}"
        )

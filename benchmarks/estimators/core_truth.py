"""True slopes of the core step, by extrapolated bumps of many paths."""

import math

import numpy as np
from bumps import two_level, volatility_bump
from core_step import draw


CORE_TRUTH = np.array(
    [
        0.67299, 1.40778, 0.02479, -0.00412, 1.27502, -0.00763,
        1.34358, 0.02832, -0.00488, -0.00064, -0.00316, 0.00175,
        0.84114, -0.00311, -0.02173, 0.06588, 0.31567,
    ]
)  # fmt: skip
"""Slopes of the core step: thresholds, then the logarithm of all volatilities; bumps of
.02 and .01 extrapolated, 200,000 paths of another seed, by `--truth 200000`."""

CORE_TRUTH_ERROR = np.array(
    [
        0.00636, 0.0052, 0.00216, 0.00284, 0.00686, 0.00362,
        0.0053, 0.00439, 0.00356, 0.00444, 0.00289, 0.0059,
        0.00445, 0.00334, 0.00629, 0.00373, 0.00227,
    ]
)  # fmt: skip

CORE_BIAS = {".02": 0.139, ".01": 0.035}
"""Root sum of squares over the thresholds of what bumps are off by, from the same run;
nearly all of it is one threshold's."""


def measure_core_truth(paths: int, seed: int, batch: int = 1000) -> None:
    """Print bumped slopes of many paths, by two levels, extrapolated, and the bias."""
    rng, found = np.random.default_rng((seed, 99)), []
    for _ in range(paths // batch):
        shocks = draw(rng, batch)
        wide, narrow = (two_level(shocks, half, 40)[0] for half in (0.02, 0.01))
        wider, thinner = (volatility_bump(shocks, half)[0] for half in (0.04, 0.02))
        both = [np.vstack([wide, wider]), np.vstack([narrow, thinner])]
        found.append([(4 * both[1] - both[0]) / 3, both[0], both[1]])
    each = np.concatenate(found, axis=2)
    error = each.std(axis=2) / math.sqrt(each.shape[2])
    bias = each[1:] - each[0]
    with np.printoptions(precision=5, suppress=True, linewidth=88):
        print("slopes", each[0].mean(axis=1), "errors", error[0], sep="\n")
        for name, off in zip(("wide", "narrow"), bias, strict=True):
            spread = off.std(axis=1) / math.sqrt(off.shape[1])
            print(f"bias {name}", off.mean(axis=1), "errors", spread, sep="\n")

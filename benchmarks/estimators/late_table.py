"""The table of V5."""

import math

import numpy as np
from late import CLOSED_FORM, Late, late_truth
from late_slopes import late_bump, late_forward, late_naive, late_spa, late_weights
from tallies import BATCHES, FORWARD, Tally, tally


def late_rows(paths: int, seed: int) -> dict[str, Tally]:
    """The estimators of V5."""
    rng, size = np.random.default_rng((seed, 5)), paths // BATCHES
    return tally(
        {
            FORWARD: late_forward,
            "bump, as V5": late_bump,
            "bump, 3 x wider": lambda e: late_bump(e, 3),
            "along the path": late_naive,
            "SPA": lambda e: late_spa(e, rng),
            "push-out, score": lambda e: late_weights(e, rng, measure_valued=False),
            "push-out, MVD": lambda e: late_weights(e, rng, measure_valued=True),
        },
        (rng.standard_normal((Late.total, size)) for _ in range(BATCHES)),
    )


def print_late(paths: int, seed: int) -> None:
    """Table of V5."""
    truth, found = late_truth(), late_rows(paths, seed)
    print(f"\nOne late liquidation, {paths} paths; truth in steps", truth.round(3))
    print("of a continuous watch", CLOSED_FORM, "; bias of bumps by quadrature:")
    for wider in (1, 3):
        print(f"  {wider} x", (late_truth(wider) - truth).round(3))
    slope = f"{'z':>5}{'sd':>6}{'eff':>6}"
    print(
        f"{'':18}{'runs':>5}{'wall':>5}{'d/d threshold':>17}{slope}"
        f"{'d/d volatility':>17}{slope}{'3 eff':>6}{'z: mean, sd':>12}"
    )
    unit = found.pop(FORWARD).seconds
    base = found["bump, as V5"]
    for name, row in found.items():
        print(f"{name:18}{row.cost:5.1f}{row.seconds / unit:5.1f}", end="")
        alone = 2.0 if name.startswith("bump") else row.cost
        z, gains = (row.mean - truth) / np.fmax(row.error, 1e-9), []
        for at in (0, 2):
            biased, variance = abs(z[at]) > 4, max(row.variance[at], 1e-9)
            gains.append(2 * base.variance[at] / (alone * variance))
            print(
                f"{row.mean[at]:10.2f} ± {row.error[at]:4.2f}",
                "bias" if biased else f"{z[at]:4.1f}",
                f"{math.sqrt(row.variance[at]):5.0f}",
                f"{'-':>5}" if biased else f"{gains[-1]:5.2f}",
                end="",
            )
        both = "-" if biased else f"{3 * min(gains) * alone / row.cost:.2f}"
        seeds = row.scores(truth)[:, 0]
        print(f"{both:>6}{seeds.mean():6.1f}{seeds.std(ddof=1):6.1f}")

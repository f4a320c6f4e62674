"""Bumps of the core step: on common draws, by random signs, and by two levels."""

import numpy as np
from core_step import ASSETS, core, loss, run
from tallies import Samples, Tally


def bump(shocks: np.ndarray, half: float, together: int = 1) -> tuple[Samples, float]:
    """Two runs a threshold, those of several thresholds side by side in an array."""
    model, paths, slopes = core(), shocks.shape[2], []
    copies, column = np.tile(shocks, 2 * together), np.arange(together)
    for first in range(0, ASSETS, together):
        shift = np.zeros((ASSETS, 2, together))
        shift[first + column, 0, column] = -half
        shift[first + column, 1, column] = half
        by_path = np.repeat(shift.reshape(ASSETS, -1), paths, axis=1)
        lost = loss(model, copies, model.threshold[:, None] + by_path)
        down, up = lost.reshape(2, together, paths)
        slopes.append((up - down) / (2 * half))
    return np.concatenate(slopes), 2.0 * ASSETS


def richardson(wide: Tally, narrow: Tally) -> Tally:
    """(4 D(h/2) - D(h)) / 3 of the same paths."""
    both = zip(wide.samples, narrow.samples, strict=True)
    return Tally(
        [(4 * fine - coarse) / 3 for coarse, fine in both],
        [wide.cost + narrow.cost],
        wide.seconds + narrow.seconds,
    )


def random_signs(
    shocks: np.ndarray, rng: np.random.Generator, half: float
) -> tuple[Samples, float]:
    """Two runs for all thresholds, each with the others' slopes as noise."""
    model = core()
    sign = rng.choice([-1.0, 1.0], (ASSETS, shocks.shape[2]))
    centre = model.threshold[:, None]
    down, up = (loss(model, shocks, centre + x * half * sign) for x in (-1, 1))
    return sign * (up - down) / (2 * half), 2.0


def two_level(shocks: np.ndarray, half: float, every: int) -> tuple[Samples, float]:
    """Three runs for all thresholds, and proper bumps on every so many paths."""
    model = core()
    outside = run(model, shocks, model.threshold)[1]
    down, up = (
        run(model, shocks, model.threshold + x, outside)[0] for x in (-half, half)
    )
    samples = (up - down) / (2 * half)
    chosen = slice(None, None, every)
    proper, _ = bump(shocks[:, :, chosen], half, together=ASSETS // 2)
    share = proper.shape[1] / samples.shape[1]
    samples[:, chosen] += (proper - samples[:, chosen]) / share
    return samples, 3 + 2 * ASSETS * share


def volatility_bump(shocks: np.ndarray, half: float) -> tuple[Samples, float]:
    """Of the logarithm of all volatilities."""
    model = core()
    down, up = (
        loss(model.wider(1 + x), shocks, model.threshold) for x in (-half, half)
    )
    return ((up - down) / (2 * half))[None], 2.0

"""Slopes in volatility: along the path, by the score, and measure-valued."""

import numpy as np
from core_step import ASSETS, CORRELATION, ROOT, STEPS, TINY, core, loss
from tallies import Samples


def volatility_naive(shocks: np.ndarray) -> tuple[Samples, float]:
    """Differentiation along the path; two runs' worth of arithmetic."""
    model = core()
    lost = loss(model.wider(1 + 1j * TINY), shocks, model.threshold)
    return lost.imag[None] / TINY, 2.0


def volatility_weights(
    shocks: np.ndarray, rng: np.random.Generator, *, measure_valued: bool
) -> tuple[Samples, float]:
    r"""Score, or measure-valued derivative at one step, of all volatilities together.

    Independent normals e have a radius r with r^2 chi-square of K degrees; a wider
    law is, to first order, K times (radius of K + 2 degrees less radius of K), so that
    the twin multiplies the shocks of one step by sqrt(1 + chi_2^2 / r^2).
    """
    model, paths = core(), shocks.shape[2]
    lost = loss(model, shocks, model.threshold)
    normal = np.linalg.solve(ROOT, shocks)
    radius = (normal**2).sum(axis=1)
    centred = lost - lost.mean()
    pull = np.linalg.solve(CORRELATION, model.sd)
    drift = -np.einsum("k,tkn->n", pull, shocks)
    if not measure_valued:
        return (centred * ((radius - ASSETS).sum(axis=0) + drift))[None], 1.0
    step, column = rng.integers(STEPS, size=paths), np.arange(paths)
    factor = np.sqrt(1 + rng.chisquare(2, paths) / radius[step, column])
    wider = shocks.copy()
    wider[step, :, column] *= factor[:, None]
    more = loss(model, wider, model.threshold) - lost
    return (ASSETS * STEPS * more + centred * drift)[None], 2.0

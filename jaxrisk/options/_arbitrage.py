"""What a surface gives away: butterflies and calendars that cost less than nothing."""

import numpy as np

from ._raw_svi import density_factor
from ._surface import AbstractSurface


_ROUNDING = 1e-9
"""Of g, and of total variance: second differences have no more digits."""


def arbitrage(surface: AbstractSurface, *, points: int = 401) -> list[str]:
    """Sentences on static arbitrage between a surface's slices and inside them.

    Looked for on an even grid over the surface's `reach`, at the times of its slices:
    total variance is linear in time in between. A butterfly is Gatheral and Jacquier's
    g below zero (2014, Arbitrage-free SVI volatility surfaces), by differences on the
    grid; a bend downwards of a surface that is linear between columns is one.

    Args:
        surface: What to look at.
        points: Of the grid, 5 or more.

    Returns:
        One sentence for each slice and each pair of neighbours at fault; none, if none
        was found.
    """
    grid = np.linspace(*surface.reach, points)
    times = surface.times
    variance = [
        time * surface.volatility(grid, np.full(1, time)) ** 2 for time in times
    ]
    found = []
    for time, one in zip(times, variance, strict=True):
        step = grid[1] - grid[0]
        slope = (one[2:] - one[:-2]) / (2 * step)
        curve = (one[2:] - 2 * one[1:-1] + one[:-2]) / step**2
        factor = density_factor(grid[1:-1], one[1:-1], slope, curve)
        at = int(factor.argmin())
        if factor[at] < -_ROUNDING:
            found.append(
                f"Expiry {time:g} years: a butterfly at log-moneyness "
                f"{grid[at + 1]:.3g} costs less than nothing (g = {factor[at]:.2g})."
            )
    for early, late, before, after in zip(
        times, times[1:], variance, variance[1:], strict=False
    ):
        gap = after - before
        at = int(gap.argmin())
        if gap[at] < -_ROUNDING:
            found.append(
                f"Expiries {early:g} to {late:g} years: total variance at "
                f"log-moneyness {grid[at]:.3g} falls by {-gap[at]:.2g}, a calendar "
                "arbitrage."
            )
    return found

r"""The level of implied volatility follows what prices did.

It is :math:`(v/v_0)^{w/2}` with the realized variance v of returns over a step,
weighted exponentially to the recent, and a weight w of realized volatility in implied.
"""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import Scalar


SeriesPath = Float[Array, "series path"]
PerSeries = Float[Array, "series 1"]


def realized_variance(
    before: SeriesPath, move: SeriesPath, memory: PerSeries, dt: Scalar
) -> SeriesPath:
    """Variance after a step [a year].

    Args:
        before: Variance before it [a year].
        move: Log return of the step.
        memory: Share of the variance that a step leaves [ratio].
        dt: Length of the step [year].
    """
    recent = move**2 / dt
    return memory * before + (1 - memory) * recent


def log_level(variance: SeriesPath, start: PerSeries, weight: PerSeries) -> SeriesPath:
    """Log of implied volatility over what it would be at the start.

    Args:
        variance: Realized, now [a year].
        start: Realized, at the start [a year].
        weight: Of realized volatility in implied [ratio].
    """
    return weight / 2 * jnp.log(variance / start)

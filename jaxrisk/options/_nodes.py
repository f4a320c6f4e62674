r"""Curves by log price, tabulated with their slopes at even nodes.

Between two nodes a curve is the cubic with the values and slopes of both (Hermite), so
that it has a slope everywhere; outside of the nodes it stays what it is at the last.
The error inside is at most :math:`h^4 \max |f''''| / 384` at a spacing h: de Boor
(1978), A practical guide to splines. Between two levels it is linear in the logarithm
of the level, and outside of them as at the last.
"""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float64, Int

from .._numerics import safe_divide
from .._typing import Scalar


PerSeries = Float[Array, " series"]
Slice = Float[Array, "series level node 2"]
SeriesPath = Float[Array, "series path"]
Host = Float64[np.ndarray, " series"]
Levels = Float64[np.ndarray, " level"]


class Nodes(eqx.Module):
    """Where a table is exact."""

    start: PerSeries  # lowest log(S/S0) [log]
    spacing: PerSeries  # of log prices [log]
    first_level: Scalar  # logarithm of the lowest level
    level_spacing: Scalar  # of logarithms of levels; zero of a single level

    @classmethod
    def of(cls, reach: Host, count: int, levels: Levels, *, dtype: str) -> "Nodes":
        """Nodes from -reach to reach [log], and levels.

        Raises:
            ValueError: If levels are not above zero, rising at one ratio.
        """
        logs = _log_levels(levels)
        return cls(
            start=jnp.asarray(-reach, dtype),
            spacing=jnp.asarray(2 * reach / (count - 1), dtype),
            first_level=jnp.asarray(logs[0], dtype),
            level_spacing=jnp.asarray(np.ptp(logs) / max(levels.size - 1, 1), dtype),
        )

    def at(
        self, curves: Slice, log_price: SeriesPath, log_level: SeriesPath
    ) -> tuple[SeriesPath, SeriesPath]:
        """Value and slope of every series at its own log price and level.

        Args:
            curves: Values and slopes in log price, at one time.
            log_price: Log of the spot over that at the start.
            log_level: Log of the multiple of all implied volatilities.

        Returns:
            The value, and its slope in the log price: the exact one of the cubic, so
            that the gradient of the value is the slope.
        """
        if curves.shape[1] == 1:
            return self._of_level(curves, jnp.zeros(log_price.shape, int), log_price)
        count = curves.shape[1]
        place = safe_divide(
            log_level - self.first_level, self.level_spacing, otherwise=0.0
        )
        low = jnp.clip(jnp.floor(place), 0, count - 2)
        share = jnp.clip(place - low, 0, 1)
        level = low.astype(int)
        below = self._of_level(curves, level, log_price)
        above = self._of_level(curves, level + 1, log_price)
        value, slope = (
            near + share * (far - near) for near, far in zip(below, above, strict=True)
        )
        return value, slope

    def _of_level(
        self, curves: Slice, level: Int[Array, "series path"], log_price: SeriesPath
    ) -> tuple[SeriesPath, SeriesPath]:
        series, levels, count, _ = curves.shape
        # Both ends of an interval as one row: a path gathers four numbers in a piece.
        pieces = jnp.concatenate([curves[:, :, :-1], curves[:, :, 1:]], axis=-1)
        spacing = self.spacing[:, None]
        place = (log_price - self.start[:, None]) / spacing
        low = jnp.clip(jnp.floor(place), 0, count - 2)
        curve = jnp.arange(series)[:, None] * levels + level
        row = curve * (count - 1) + low.astype(int)
        ends = pieces.reshape(-1, 4).at[row].get(mode="promise_in_bounds")
        share = jnp.clip(place - low, 0, 1)
        inside = (place > 0) & (place < count - 1)
        value, slope = _hermite(ends, share, spacing)
        return value, jnp.where(inside, slope, 0)


def _hermite(
    ends: Float[Array, "series path 4"], share: SeriesPath, spacing: Float[Array, "..."]
) -> tuple[SeriesPath, SeriesPath]:
    """The cubic and its slope, from value and slope at either end."""
    start, up, stop, down = (ends[..., k] for k in range(4))
    rise = stop - start
    first, last = up * spacing - rise, rise - down * spacing
    bow = first + share * (last - first)
    value = start + share * (rise + (1 - share) * bow)
    slope = rise + (1 - 2 * share) * bow + share * (1 - share) * (last - first)
    return value, slope / spacing


def _log_levels(levels: Levels) -> Levels:
    known = levels.size > 0 and (levels > 0).all() and np.isfinite(levels).all()
    logs = np.log(levels) if known else levels
    steps = np.diff(logs)
    if not (known and (steps > 0).all() and np.allclose(steps, steps[:1], rtol=1e-6)):
        raise ValueError(
            f"levels are {levels.tolist()}: they must be above zero and rise by one "
            "ratio. Give, say, 0.5, 1 and 2."
        )
    return logs

"""Delta of the options of one expiry, summed, at every spot of a grid."""

from collections.abc import Iterator
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr
from jaxtyping import Array, Float, Float64

from .._numerics import matmul
from ._book import OptionBook
from ._move import AbstractMove
from ._surface import AbstractSurface


PerOption = Float64[np.ndarray, " option"]
Nodes = Float64[np.ndarray, " node"]
Levels = Float64[np.ndarray, " level"]

_TOGETHER = 32
"""Strikes are filled up to a multiple of this, so that few shapes are compiled."""
_NODES_A_DEVIATION = 2
"""Spacings that no option's deviation is below: see `DeltaTable`."""
_DENSITY_AT_ZERO = 0.3989422804014327


@dataclass(frozen=True)
class Expiry:
    """Options of one expiry, with calls and puts of a strike added up.

    A put is a call less the underlying: its delta is the call's less one.

    Attributes:
        time: From the start [year].
        moneyness: Log of strike over spot at the start, of each strike.
        position: In calls and puts together [token].
        puts: Sum of the positions in puts [token].
    """

    time: float
    moneyness: PerOption
    position: PerOption
    puts: float


def expiries_of(book: OptionBook, spot: float) -> Iterator[Expiry]:
    """A book by expiry, without strikes where a call offsets a put."""
    for time in np.unique(book.expiry):
        here = book.expiry == time
        strike, which = np.unique(book.strike[here], return_inverse=True)
        held = book.position[here]
        position = np.bincount(which, weights=held, minlength=strike.size)
        some = position != 0
        yield Expiry(
            time=float(time),
            moneyness=np.log(strike[some] / spot),
            position=position[some],
            puts=float(held[~book.is_call[here]].sum()),
        )


def sums_of(
    expiry: Expiry,
    surface: AbstractSurface,
    move: AbstractMove,
    log_price: Nodes,
    clock: tuple[int, float],
    levels: Levels,
    dtype: str,
) -> Float[np.ndarray, "time level node 2"]:
    """Delta and its slope in log price, by steps elapsed; see `DeltaTable`.

    Distances to strikes and volatilities are taken in float64, the normal distribution
    function of them in `dtype`.
    """
    steps, dt = clock
    count, size = expiry.moneyness.size, log_price.size
    found = np.zeros((steps + 1, levels.size, size, 2), dtype)
    # Elapsed times are products of float64: an expiry at a step's end is at that step.
    elapsed = [k * dt for k in range(steps + 1)]
    live = [t for t in elapsed if t < expiry.time * (1 - 1e-9)]
    found[: len(live), :, :, 0] = -expiry.puts
    if count == 0:
        return found
    rows = -(-count // _TOGETHER) * _TOGETHER
    fill = np.pad(expiry.moneyness, (0, rows - count))
    position = np.pad(expiry.position, (0, rows - count))
    times = np.full(rows, expiry.time)
    # A part's numbers stay in a core's cache: twice as fast as all rows at once.
    parts = [slice(row, row + _TOGETHER) for row in range(0, rows, _TOGETHER)]
    value, slope = np.empty((2, rows, size), dtype)
    floor = _NODES_A_DEVIATION * (log_price[1] - log_price[0])
    with jax.enable_x64(dtype == "float64"):
        gap = jnp.asarray(log_price - fill[:, None], dtype)
        weights = jnp.asarray(position, dtype)
        for k, time in enumerate(live):
            for part in parts:
                at = (fill[part], times[part], log_price, time)
                moved = move.volatility(surface, *at)
                value[part], slope[part] = moved.value, moved.by_log_price
            smile = [jnp.asarray(one) for one in (value, slope)]
            for j, level in enumerate(levels):
                scale = level * np.sqrt(expiry.time - time)
                last = [jnp.asarray(one, dtype) for one in (scale, floor)]
                some = _sums(gap, *smile, weights, *last)
                found[k, j] += np.asarray(some)
    return found


@jax.jit
def _sums(
    gap: Float[Array, "option node"],
    volatility: Float[Array, "option node"],
    by_log_price: Float[Array, "option node"],
    position: Float[Array, " option"],
    scale: Float[Array, ""],
    floor: Float[Array, ""],
) -> Float[Array, "node 2"]:
    """Sums over options of position times N(d1), and of its slope.

    The slope of d1 in the log price is (1 - d2 v') / v at a deviation v.
    """
    wanted = volatility * scale
    deviation = jnp.maximum(wanted, floor)
    widening = jnp.where(wanted > floor, by_log_price * scale, 0)
    ratio = gap / deviation
    d1, d2 = ratio + deviation / 2, ratio - deviation / 2
    density = _DENSITY_AT_ZERO * jnp.exp(-(d1**2) / 2)
    slope = density * (1 - d2 * widening) / deviation
    sums = [matmul(position[None], one)[0] for one in (ndtr(d1), slope)]
    return jnp.stack(sums, axis=-1)

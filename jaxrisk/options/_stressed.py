"""Stressed value of portfolios with options: a table by time, level and log price."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float64, Int
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr

from .._typing import InstrumentPath
from ._instrument import Instrument, Stress
from ._move import AbstractMove
from ._nodes import Levels, Nodes
from ._surface import AbstractSurface
from ._table import reach_of


Grid = Float64[np.ndarray, " node"]

LEAST_VALUE = 1e-6
"""Of the spot at the start: no value at a node is below it, for its logarithm."""


class ValueTable(eqx.Module):
    r"""Least Black-76 value of each instrument over a set of stresses, less a haircut.

    .. math:: V = (1 - h) \min_{m, f} \Big( u\,S' + \sum_i n_i\,
              c_{76}\big(S', K_i, \tau_i, f\,\ell\,\sigma_i(S', t)\big) \Big),
              \quad S' = (1 + m) S

    Legs are alive for the whole simulation. Values between nodes are monotone where
    those at the nodes are (Fritsch and Carlson 1980, Monotone piecewise cubic
    interpolation), and so never below the least nor above the largest of both nodes.
    Nodes reach eight deviations of the horizon. Below them a value falls in proportion
    to the price, above them it is constant: both are cautious for what is worth more
    the higher the price. Index k of the time axis is k steps elapsed.
    """

    values: Float[Array, "instrument time level node 2"]  # [USD], [USD per log price]
    nodes: Nodes

    @classmethod
    def of(
        cls,
        instruments: Sequence[Instrument],
        surfaces: Sequence[AbstractSurface],
        moves: Sequence[AbstractMove],
        stresses: Sequence[Stress],
        *,
        spot: Float64[np.ndarray, " instrument"],
        steps: int,
        dt: float,
        levels: Levels,
        dtype: str = "float32",
    ) -> "ValueTable":
        """Tabulate; arguments as of `DeltaTable.of`, of each instrument's underlying.

        Every instrument has stresses of its own.

        Raises:
            ValueError: If a leg expires before the simulation ends, parts differ in
                number, or `levels` do not rise by one ratio.
        """
        _check(instruments, surfaces, moves, stresses, spot, steps * dt)
        now, last = np.zeros(1), np.full(1, steps * dt)
        at_money = [one.volatility(now, last) for one in surfaces]
        deviation = np.concatenate([now[:0], *at_money]) * np.sqrt(dt)
        reach, count = reach_of(deviation, steps)
        values = np.zeros((len(instruments), steps + 1, levels.size, count, 2), dtype)
        for row, (one, surface, move, stress) in enumerate(
            zip(instruments, surfaces, moves, stresses, strict=True)
        ):
            grid = np.linspace(-reach[row], reach[row], count)
            for k in range(steps + 1):
                for j, level in enumerate(levels.tolist()):
                    worth = stressed_value(
                        one,
                        surface,
                        move,
                        stress,
                        spot=float(spot[row]),
                        log_price=grid,
                        elapsed=k * dt,
                        level=level,
                    )
                    slope = PchipInterpolator(grid, worth).derivative()(grid)
                    values[row, k, j] = np.stack([worth, slope], axis=-1)
        with jax.enable_x64(dtype == "float64"):
            return cls(jnp.asarray(values), Nodes.of(reach, count, levels, dtype=dtype))

    def at(
        self, step: Int[Array, ""], log_price: InstrumentPath, log_level: InstrumentPath
    ) -> InstrumentPath:
        """Value of one unit of each instrument [USD] after a number of steps.

        Args:
            step: Steps elapsed, from 0 to the table's last.
            log_price: Log of the underlying's price over that at the start.
            log_level: Log of the multiple of all volatilities; of no effect on a table
                of one level.
        """
        curves = lax.dynamic_index_in_dim(self.values, step, axis=1, keepdims=False)
        value = self.nodes.at(curves, log_price, log_level)[0]
        below = jnp.minimum(log_price - self.nodes.start[:, None], 0)
        return value * jnp.exp(below)


def stressed_value(
    instrument: Instrument,
    surface: AbstractSurface,
    move: AbstractMove,
    stress: Stress,
    *,
    spot: float,
    log_price: Grid,
    elapsed: float,
    level: float,
) -> Grid:
    """The formula of `ValueTable` on the host [USD], not below the least value.

    Args:
        instrument: What is valued.
        surface: Volatilities at the start.
        move: How they move.
        stress: What it is valued under.
        spot: Price at the start [USD].
        log_price: Log of the price over that at the start.
        elapsed: Time since the start, not above any leg's expiry [year].
        level: Multiple of all volatilities.
    """
    legs = instrument.legs
    moneyness = np.log(legs.strike / spot)
    left = np.maximum(legs.expiry - elapsed, 0)[:, None]
    least = np.full(log_price.shape, np.inf)
    for shift in np.log1p(stress.moves):
        at = log_price + shift
        moved = move.volatility(surface, moneyness, legs.expiry, at, elapsed).value
        price = spot * np.exp(at)
        for factor in stress.factors:
            deviation = factor * level * moved * np.sqrt(left)
            calls = _calls(price, legs.strike[:, None], deviation)
            # A put is a call less the underlying and plus the strike.
            puts = calls - price + legs.strike[:, None]
            worth = np.where(legs.is_call[:, None], calls, np.maximum(puts, 0))
            total = instrument.units * price + legs.position @ worth
            least = np.minimum(least, total)
    return np.maximum((1 - stress.haircut) * least, LEAST_VALUE * spot)


def _calls(
    price: Grid,
    strike: Float64[np.ndarray, "option 1"],
    deviation: Float64[np.ndarray, "option node"],
) -> Float64[np.ndarray, "option node"]:
    """Black-76 calls; without deviation what exercise gives."""
    some = deviation > 0
    ratio = np.log(price / strike) / np.where(some, deviation, 1)
    up, down = ratio + deviation / 2, ratio - deviation / 2
    exercise = np.maximum(price - strike, 0)
    return np.where(some, price * ndtr(up) - strike * ndtr(down), exercise)


def _check(
    instruments: Sequence[Instrument],
    surfaces: Sequence[AbstractSurface],
    moves: Sequence[AbstractMove],
    stresses: Sequence[Stress],
    spot: Float64[np.ndarray, " instrument"],
    horizon: float,
) -> None:
    given = (len(instruments), len(surfaces), len(moves), len(stresses), spot.size)
    if len(set(given)) > 1:
        raise ValueError(
            f"There are {given[0]} instruments, {given[1]} surfaces, {given[2]} moves, "
            f"{given[3]} stresses and {given[4]} spots: give one of each for every "
            "instrument."
        )
    if not (spot > 0).all():
        raise ValueError(f"spot is {spot.tolist()}: prices must be above zero [USD].")
    for row, one in enumerate(instruments):
        first = one.legs.expiry.min(initial=np.inf)
        if first < horizon * (1 - 1e-9):
            raise ValueError(
                f"A leg of instrument {row} expires after {first:g} years, before the "
                f"simulation ends after {horizon:g}: what it was settled at would "
                "depend on the path. Take a later expiry or a shorter horizon."
            )

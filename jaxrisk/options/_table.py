"""Delta of all of a dealer's options, as a table by time, level and log price."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float64, Int

from ._book import OptionBook
from ._move import AbstractMove
from ._nodes import Levels, Nodes
from ._sums import expiries_of, sums_of
from ._surface import AbstractSurface


DealerPath = Float[Array, "dealer path"]

DEVIATIONS = 8.0
"""Of the horizon, to which nodes reach on either side."""
LEAST_REACH = 0.1
"""Of the nodes [log]."""
NODES_A_STEP = 3
"""Spacings to a step's deviation at the money: smiles and levels go below it."""
MOST_NODES = 1024


class DeltaTable(eqx.Module):
    r"""Sum of position times Black-76 delta over a dealer's options.

    The volatility inside of each delta moves with the spot, the time and the level;
    the delta is that of the formula at this volatility, and the slope that of the
    whole sum, so it holds the volatility's move. A dealer short of options has a delta
    of its own sign: who hedges holds minus this many tokens.

    Index k of the time axis is k steps elapsed: 0 at the start, k at the end of the
    k-th step. An option counts at elapsed times before its expiry: at its expiry it is
    settled in cash and its delta is zero from that index on.

    Deviations of less than two node spacings, of options that expire within the next
    step, are taken as two spacings: a step could not be hedged more finely. With that,
    interpolation between nodes is off by at most 1e-4 of the sum of the dealers' net
    positions by strike and expiry, taken without sign, at the tabulated levels (tests;
    de Boor's bound of h^4/384 times the fourth derivative, 1.38 phi(0)/v^4, is 9e-5 of
    a position at h = v/2). A surface with kinks, moved with the delta, adds h/8 times
    the kink of delta's slope. Between levels a ratio r apart, delta is linear in the
    level's logarithm: off by ln(r)^2/8 times its second derivative, 0.3 of a position
    at most. Outside of the nodes delta is constant.
    """

    values: Float[Array, "dealer time level node 2"]  # [token], [token per log price]
    nodes: Nodes

    @classmethod
    def of(
        cls,
        books: Sequence[OptionBook],
        surfaces: Sequence[AbstractSurface],
        moves: Sequence[AbstractMove],
        *,
        spot: Float64[np.ndarray, " dealer"],
        steps: int,
        dt: float,
        levels: Levels,
        dtype: str = "float32",
    ) -> "DeltaTable":
        """Tabulate: 3 to 12 seconds for 2,400 options and 168 steps on one busy core.

        Smiles that move with the delta take longest; a further level, 2 seconds.

        Nodes are three to the deviation of a step at the volatility at the money, and
        reach eight deviations of the horizon to either side, if `MOST_NODES` allow.

        Args:
            books: Options of each dealer.
            surfaces: Volatilities at the start, of each dealer's asset.
            moves: How they move.
            spot: Prices at the start [USD].
            steps: Of the simulation.
            dt: Length of a step [year].
            levels: Multiples of volatility to tabulate, rising by one ratio.
            dtype: Of the table, and of the normal distribution function in its making.

        Raises:
            ValueError: If `levels` do not rise by one ratio, or parts differ in number.
        """
        _check(books, surfaces, moves, spot)
        now = np.zeros(1)
        at_money = [one.volatility(now, np.full(1, steps * dt)) for one in surfaces]
        deviation = np.concatenate([now[:0], *at_money]) * np.sqrt(dt)
        reach, count = reach_of(deviation, steps)
        shape = (len(books), steps + 1, levels.size, count, 2)
        values = np.zeros(shape, dtype)
        for row, (book, surface, move) in enumerate(
            zip(books, surfaces, moves, strict=True)
        ):
            log_price = np.linspace(-reach[row], reach[row], count)
            for part in expiries_of(book, float(spot[row])):
                values[row] += sums_of(
                    part, surface, move, log_price, (steps, dt), levels, dtype
                )
        with jax.enable_x64(dtype == "float64"):
            return cls(jnp.asarray(values), Nodes.of(reach, count, levels, dtype=dtype))

    def at(
        self, step: Int[Array, ""], log_price: DealerPath, log_level: DealerPath
    ) -> tuple[DealerPath, DealerPath]:
        """Delta and its slope, after a number of steps.

        Moves the table's slice of that time once, and for every dealer and path one
        piece of four numbers a level: two levels, or one if the table has only one.

        Args:
            step: Steps elapsed, from 0 to the table's last.
            log_price: Log of the spot over that at the start.
            log_level: Log of the multiple of all volatilities; of no effect on a table
                of one level.

        Returns:
            Delta [token], and its slope in the log price [token]: gamma times the spot.
        """
        curves = lax.dynamic_index_in_dim(self.values, step, axis=1, keepdims=False)
        return self.nodes.at(curves, log_price, log_level)


def reach_of(
    deviation: Float64[np.ndarray, " series"], steps: int
) -> tuple[Float64[np.ndarray, " series"], int]:
    """How far nodes reach [log], and how many there are, from a step's deviation."""
    reach = np.maximum(DEVIATIONS * deviation * np.sqrt(steps), LEAST_REACH)
    finest = deviation / NODES_A_STEP
    wanted = np.ceil(2 * reach / finest).max(initial=2) + 1
    return reach, int(min(wanted, MOST_NODES))


def _check(
    books: Sequence[OptionBook],
    surfaces: Sequence[AbstractSurface],
    moves: Sequence[AbstractMove],
    spot: Float64[np.ndarray, " dealer"],
) -> None:
    given = (len(books), len(surfaces), len(moves), spot.size)
    if len(set(given)) > 1:
        raise ValueError(
            f"There are {given[0]} books, {given[1]} surfaces, {given[2]} moves and "
            f"{given[3]} spots: give one of each for every dealer."
        )
    if not (spot > 0).all():
        raise ValueError(f"spot is {spot.tolist()}: prices must be above zero [USD].")

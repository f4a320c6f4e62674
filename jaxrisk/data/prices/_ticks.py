"""Bad ticks: prices that leave and come back, and carry the volatility with them."""

import numpy as np
from jaxtyping import Float64, Int64


MOVE = 0.10  # of the realized volatility that a bad tick adds
LONGEST = 3  # neighboring prices that may be bad together
RETURN = 4.0  # a bad run leaves and comes back by this many times what it leads across
RARE = 0.01  # of the prices are looked at; what happens more often is how they move
FEWEST = 30  # prices; among fewer any one carries the volatility


def bad_ticks(price: Float64[np.ndarray, " price"]) -> Int64[np.ndarray, " tick"]:
    r"""Places of prices without which realized volatility would be lower by a tenth.

    The realized variance is :math:`V = \sum r_i^2` over log returns. Without the prices
    between two others, their returns are replaced by one, their sum, and V falls by

    .. math:: d = \sum r^2 - \big(\sum r\big)^2

    A jump that stays has d near zero, one that is undone has twice its square; only
    runs that end where they began count, or every crash would be one. A first
    or last price has nothing to come back to: its d is its squared return. A price is
    bad if :math:`\sqrt{(V + d) / V} > 1.1`, where V is without all that weigh as
    much or more, so that several bad ticks do not hide each other.

    Args:
        price: Prices above zero, in the order of time.

    Returns:
        Places, increasing.
    """
    kept = np.arange(price.size)
    bad: list[Int64[np.ndarray, " tick"]] = []
    for length in range(1, LONGEST + 1):
        at = _runs(np.log(price[kept]), length)
        bad.append(kept[at])
        kept = np.delete(kept, at)
    return np.sort(np.concatenate(bad))


def _runs(
    log_price: Float64[np.ndarray, " price"], length: int
) -> Int64[np.ndarray, " tick"]:
    """Places of bad runs of `length` prices."""
    if log_price.size < FEWEST:
        return np.arange(0)
    step = np.diff(log_price)
    total = np.append(0.0, np.cumsum(step**2))
    # The run at s is s, ..., s + length - 1, with a price on either side.
    start = np.arange(1, log_price.size - length)
    end = start + length
    across = log_price[end] - log_price[start - 1]
    fall = total[end] - total[start - 1] - across**2
    leap = np.minimum(np.abs(step[start - 1]), np.abs(step[end - 1]))
    fall[leap < RETURN * np.abs(across)] = 0.0
    if length == 1:
        start = np.append(start, [0, log_price.size - 1])
        fall = np.append(fall, step[[0, -1]] ** 2)
    heaviest = np.argsort(-fall, kind="stable")[: 1 + int(RARE * log_price.size)]
    rest, free, count = float(total[-1]), np.ones(log_price.size, bool), 0
    runs: list[Int64[np.ndarray, " tick"]] = []
    for run in heaviest[fall[heaviest] > 0]:
        prices = np.arange(length) + start[run]
        if free[prices].all():
            free[prices] = False
            rest -= fall[run]
            runs.append(prices)
            if fall[run] > ((1 + MOVE) ** 2 - 1) * max(rest, 0.0):
                count = len(runs)
    return np.concatenate([np.arange(0), *runs[:count]])

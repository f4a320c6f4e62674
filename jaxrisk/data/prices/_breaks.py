"""Where one asset ends and another begins under the same symbol, or a unit changes."""

import numpy as np
from jaxtyping import Float64, Int64


AFTER_A_GAP = 10.0  # factor of the price
AT_ONCE = 100.0  # factor without a gap: no listed asset moves so in one step
WINDOW = 5  # prices on either side whose medians differ too: a bad tick is no break


def identity_breaks(
    price: Float64[np.ndarray, " price"], gaps: Int64[np.ndarray, " gap"]
) -> Int64[np.ndarray, " break"]:
    """Places of the first price of another asset.

    Old and new LUNA are the example: 0.00005 USD, 18 days of nothing, 8.56 USD.

    Args:
        price: Prices above zero, in the order of time.
        gaps: Places of the prices after a gap.

    Returns:
        Places, increasing, where the price jumps by a factor of ten after a gap, or of
        a hundred without one, and stays.
    """
    jump = np.abs(np.diff(np.log(price), prepend=np.log(price[:1])))
    factor = np.full(price.size, AT_ONCE)
    factor[gaps] = AFTER_A_GAP
    places = [
        place
        for place in np.flatnonzero(jump >= np.log(factor)).tolist()
        if _stays(price, place, factor[place])
    ]
    return np.asarray(places, np.int64)


def _stays(price: Float64[np.ndarray, " price"], place: int, factor: float) -> bool:
    before = np.median(price[max(place - WINDOW, 0) : place])
    after = np.median(price[place : place + WINDOW])
    return bool(max(before / after, after / before) >= factor)

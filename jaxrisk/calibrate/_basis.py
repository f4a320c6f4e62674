"""The basis: a price relative to what it is pegged to."""

import numpy as np
from jaxtyping import Float64, Shaped

from ..data.prices import PriceSeries
from ._panel import price_times


_FRESH = 1.5  # steps of the reference between which its price is interpolated


def log_basis(
    series: PriceSeries, reference: PriceSeries | None = None
) -> tuple[Shaped[np.ndarray, " time"], Float64[np.ndarray, " time"]]:
    """Log price relative to the reference, at the times of the pegged asset's prices.

    The log price of the reference is interpolated between the prices around each time,
    and times are left out where these are more than one and a half of its steps apart.
    A price of another moment would add the reference's own moves to the basis.

    Args:
        series: Prices of the pegged asset.
        reference: Prices of what it is pegged to; the dollar if None.

    Returns:
        Times, UTC, and the basis [log].
    """
    time, price = price_times(series), np.log(series.price)
    if reference is None:
        return time, price
    known = price_times(reference)
    after = np.clip(np.searchsorted(known, time), 1, known.size - 1)
    between = known[after] - known[after - 1]
    inside = (time >= known[0]) & (time <= known[-1])
    inside &= between <= _FRESH * np.median(np.diff(known))
    share = (time - known[after - 1]) / between
    log_price = np.log(reference.price)
    level = (1 - share) * log_price[after - 1] + share * log_price[after]
    return time[inside], (price - level)[inside]

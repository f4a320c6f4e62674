"""Returns of several assets over the same steps."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Shaped

from ..data.prices import PriceSeries, Stamp
from ._estimate import CalibrationError, Window


SECONDS_PER_YEAR = 365 * 86_400
"""A year of the config: rates and volatilities are per 365 days."""


@dataclass(frozen=True)
class Panel:
    """Log-returns of assets over equal steps.

    Attributes:
        assets: Their symbols.
        end: Time at the end of each step, UTC, datetime64[ns], increasing. Steps in
            which no asset has a return are left out.
        returns: Log-return over each step; NaN where an asset has none.
        step_seconds: Length of a step.
    """

    assets: tuple[str, ...]
    end: Shaped[np.ndarray, " step"]
    returns: Float64[np.ndarray, "asset step"]
    step_seconds: float

    @property
    def steps_per_year(self) -> float:
        """Steps in 365 days."""
        return SECONDS_PER_YEAR / self.step_seconds

    def of(self, *assets: str) -> "Panel":
        """The same steps for some of the assets, in this order."""
        rows = [self.assets.index(asset) for asset in assets]
        return Panel(assets, self.end, self.returns[rows], self.step_seconds)

    def complete(self) -> "Panel":
        """The steps in which every asset has a return."""
        whole = np.isfinite(self.returns).all(axis=0)
        return Panel(
            self.assets, self.end[whole], self.returns[:, whole], self.step_seconds
        )

    @property
    def window(self) -> Window:
        """First and last step, and the number of steps with every asset."""
        whole = int(np.isfinite(self.returns).all(axis=0).sum())
        return Window(self.end[0], self.end[-1], self.step_seconds, whole)


def price_times(series: PriceSeries) -> Shaped[np.ndarray, " price"]:
    """When each price was known: the close of a candle, not its opening."""
    if series.source.stamp is Stamp.INSTANT or series.time.size < 2:
        return series.time
    return series.time + np.median(np.diff(series.time))


def panel_of(
    series: Sequence[PriceSeries],
    *,
    step_seconds: float = 3600.0,
    start: np.datetime64 | None = None,
    end: np.datetime64 | None = None,
) -> Panel:
    """Sample prices on one grid, and take returns.

    The price of a grid time is the last one known by then, if it became known within
    the step that ends there; a return needs both its prices. So a gap makes missing
    returns, never one long one, nor a return of zero from a price used twice. Prices
    are sampled as they are: bad ticks and breaks are the caller's to cut
    (`check_prices`).

    Args:
        series: One for each asset.
        step_seconds: Length of a step; not below the files' own.
        start: First time used; the latest first price of all, if None.
        end: Last time used; the earliest last price of all, if None.

    Raises:
        CalibrationError: If fewer than 30 steps have returns of every asset.
    """
    step = np.timedelta64(round(step_seconds * 1e9), "ns")
    known = [price_times(one) for one in series]
    first = np.max([times[0] for times in known]) if start is None else start
    last = np.min([times[-1] for times in known]) if end is None else end
    # Grid times are whole multiples of the step: equal for every choice of files.
    origin = -(-first.astype("datetime64[ns]").astype(int) // step.astype(int))
    count = (last.astype("datetime64[ns]").astype(int)) // step.astype(int) - origin
    grid = (origin + np.arange(max(count + 1, 1))) * step.astype(int)
    grid = grid.astype("datetime64[ns]")
    prices = np.stack(
        [
            _sampled(one, times, grid, step)
            for one, times in zip(series, known, strict=True)
        ]
    )
    returns = np.diff(np.log(prices), axis=1)
    some = np.isfinite(returns).any(axis=0)
    panel = Panel(
        tuple(one.asset for one in series),
        grid[1:][some],
        returns[:, some],
        step_seconds,
    )
    whole = int(np.isfinite(returns).all(axis=0).sum())
    if whole < 30:
        raise CalibrationError(
            f"{', '.join(panel.assets)} have {whole} steps of {step_seconds:g} s with "
            "a return of each, and 30 are needed. Choose a longer window, or files of "
            "the same time."
        )
    return panel


def _sampled(
    series: PriceSeries,
    times: Shaped[np.ndarray, " price"],
    grid: Shaped[np.ndarray, " time"],
    step: np.timedelta64,
) -> Float64[np.ndarray, " time"]:
    latest = np.searchsorted(times, grid, side="right") - 1
    found = np.maximum(latest, 0)
    fresh = (latest >= 0) & (grid - times[found] < step)
    return np.where(fresh, series.price[found], np.nan)

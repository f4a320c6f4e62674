"""Implied-volatility surfaces, on the host in float64.

Between two expiries total variance w = sigma^2 T is linear in time at one
log-moneyness, so that slices in order leave no calendar arbitrage between them; before
the first and past the last, volatility is that of the slice. `arbitrage` looks for what
the slices themselves leave.
"""

import abc
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from ._raw_svi import RawSvi


Given = Float64[np.ndarray, "*#shape"]
Rows = Int64[np.ndarray, "*#shape"]
Shaped = Float64[np.ndarray, "*shape"]
Times = Float64[np.ndarray, " expiry"]


class AbstractSurface(abc.ABC):
    """Volatility by log-moneyness k = log(strike/forward) and time to expiry."""

    @property
    @abc.abstractmethod
    def times(self) -> Times:
        """Times to expiry of the slices, increasing [year]."""

    @property
    @abc.abstractmethod
    def reach(self) -> tuple[float, float]:
        """Lowest and highest log-moneyness that the surface is meant for."""

    @abc.abstractmethod
    def slices(self, row: Rows, moneyness: Given) -> tuple[Shaped, Shaped]:
        """Total variance of a slice by its number, and its slope in moneyness."""

    def volatility(self, moneyness: Given, time: Given) -> Shaped:
        """Implied volatility [ratio] by log-moneyness and time to expiry [year]."""
        return self.with_slope(moneyness, time)[0]

    def with_slope(self, moneyness: Given, time: Given) -> tuple[Shaped, Shaped]:
        """Implied volatility, and its slope in log-moneyness [ratio]."""
        times = self.times
        after = np.searchsorted(times, time)
        high = np.minimum(after, times.size - 1)
        low = np.clip(after - 1, 0, times.size - 1)
        # Outside of the slices, that of the nearest one at its own time.
        inside = np.clip(time, times[0], times[-1])
        low = np.where(inside == times[high], high, low)
        first = self.slices(low, moneyness)
        second = first if (low == high).all() else self.slices(high, moneyness)
        width = times[high] - times[low]
        share = np.where(width > 0, inside - times[low], 0) / np.where(
            width > 0, width, 1
        )
        rate, slope = (
            (near + share * (far - near)) / inside
            for near, far in zip(first, second, strict=True)
        )
        value = np.sqrt(rate)
        return value, slope / (2 * value)


@dataclass(frozen=True)
class FlatSurface(AbstractSurface):
    """One volatility [ratio] for every strike and expiry.

    Raises:
        ValueError: If it is not a number above zero.
    """

    level: float

    def __post_init__(self) -> None:
        if not 0 < self.level < np.inf:
            raise ValueError(
                f"volatility is {self.level}: it must be a number above zero. Give it "
                "as a ratio: 0.6 for 60 %."
            )

    @property
    def times(self) -> Times:
        """One slice, of a year."""
        return np.ones(1)

    @property
    def reach(self) -> tuple[float, float]:
        """As far as anyone looks."""
        return -1.0, 1.0

    def slices(self, row: Rows, moneyness: Given) -> tuple[Shaped, Shaped]:
        """The same variance everywhere."""
        shape = np.broadcast_shapes(row.shape, moneyness.shape)
        return np.full(shape, self.level**2), np.zeros(shape)


@dataclass(frozen=True)
class SviSurface(AbstractSurface):
    """Raw SVI of each of several expiries.

    Attributes:
        expiry: Times to expiry, increasing, above zero [year].
        smiles: Their total variance.

    Raises:
        ValueError: If there is no expiry, they do not increase, or a smile is none.
    """

    expiry: Times
    smiles: tuple[RawSvi, ...]

    def __post_init__(self) -> None:
        _check_times(self.expiry, len(self.smiles))
        for time, one in zip(self.expiry, self.smiles, strict=True):
            wrong = not (one.b >= 0 and abs(one.rho) <= 1 and one.s > 0)
            if wrong or one.a + one.b * one.s * np.sqrt(1 - one.rho**2) <= 0:
                raise ValueError(
                    f"The smile of expiry {time:g} years is {one}: its variance is not "
                    "above zero everywhere. Give b >= 0, |rho| <= 1, s > 0 and "
                    "a + b s sqrt(1 - rho^2) > 0."
                )

    @property
    def times(self) -> Times:
        """Those of the smiles."""
        return self.expiry

    @property
    def reach(self) -> tuple[float, float]:
        """Eight deviations of the last smile, at the money."""
        last = float(self.smiles[-1].variance(np.zeros(1))[0])
        return -8 * np.sqrt(last), 8 * np.sqrt(last)

    def slices(self, row: Rows, moneyness: Given) -> tuple[Shaped, Shaped]:
        """The raw SVI of each, and its slope."""
        table = np.array([[o.a, o.b, o.rho, o.m, o.s] for o in self.smiles])
        a, b, rho, m, s = np.moveaxis(table[row], -1, 0)
        off = moneyness - m
        bend = np.sqrt(off**2 + s**2)
        return a + b * (rho * off + bend), b * (rho + off / bend)


@dataclass(frozen=True)
class GridSurface(AbstractSurface):
    """Volatilities by expiry and log-moneyness, linear in between, flat outside.

    Attributes:
        expiry: Times to expiry, increasing, above zero [year].
        moneyness: Log-moneyness of the columns, increasing.
        values: Volatilities, above zero [ratio].

    Raises:
        ValueError: If expiries or columns do not increase, or a value is not above
            zero.
    """

    expiry: Times
    moneyness: Float64[np.ndarray, " column"]
    values: Float64[np.ndarray, "expiry column"]

    def __post_init__(self) -> None:
        _check_times(self.expiry, self.values.shape[0])
        if self.moneyness.size < 2 or not (np.diff(self.moneyness) > 0).all():
            raise ValueError(
                f"moneyness is {self.moneyness.tolist()}: it must have two columns or "
                "more and increase. Give log(strike/forward) in order."
            )
        if not ((self.values > 0) & np.isfinite(self.values)).all():
            raise ValueError(
                f"The lowest volatility given is {self.values.min()}: all must be "
                "numbers above zero. Give them as ratios: 0.6 for 60 %."
            )

    @property
    def times(self) -> Times:
        """Those of the rows."""
        return self.expiry

    @property
    def reach(self) -> tuple[float, float]:
        """From the first column to the last."""
        return float(self.moneyness[0]), float(self.moneyness[-1])

    def slices(self, row: Rows, moneyness: Given) -> tuple[Shaped, Shaped]:
        """Square of the interpolated volatility times the row's time."""
        nodes = self.moneyness
        at = np.clip(np.searchsorted(nodes, moneyness) - 1, 0, nodes.size - 2)
        width = nodes[at + 1] - nodes[at]
        share = np.clip((moneyness - nodes[at]) / width, 0, 1)
        left, right = self.values[row, at], self.values[row, at + 1]
        value = left + share * (right - left)
        inside = (moneyness > nodes[0]) & (moneyness <= nodes[-1])
        slope = np.where(inside, (right - left) / width, 0.0)
        time = self.expiry[row]
        return value**2 * time, 2 * value * slope * time


def _check_times(expiry: Times, rows: int) -> None:
    rising = expiry.size > 0 and expiry[0] > 0 and (np.diff(expiry) > 0).all()
    if not rising or not np.isfinite(expiry[-1]):
        raise ValueError(
            f"Times to expiry are {expiry.tolist()}: they must be above zero and "
            "increase. Leave expired slices out and give the others in order."
        )
    if expiry.size != rows:
        raise ValueError(
            f"There are {expiry.size} times to expiry and {rows} smiles: give one "
            "smile for each time."
        )

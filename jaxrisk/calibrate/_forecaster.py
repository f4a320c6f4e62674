"""What can be backtested: from the returns of a window to quantiles of the next."""

import abc
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float64
from scipy import optimize, stats


class AbstractForecaster(abc.ABC):
    """A model that is fitted to a window and says how the next return is spread."""

    def after(self, seen: Float64[np.ndarray, " day"]) -> "AbstractForecaster":  # noqa: ARG002
        """The forecaster that has seen this window; itself, if it keeps nothing."""
        return self

    @abc.abstractmethod
    def quantiles(
        self, seen: Float64[np.ndarray, " day"], chance: Float64[np.ndarray, " level"]
    ) -> Float64[np.ndarray, " level"]:
        """Quantiles of the return after the window.

        Args:
            seen: Log-returns of the window, the last one the newest.
            chance: Chances of a return below each quantile.
        """


@dataclass(frozen=True)
class Historical(AbstractForecaster):
    """The quantiles of the window itself: every day of it is as likely again."""

    def quantiles(
        self, seen: Float64[np.ndarray, " day"], chance: Float64[np.ndarray, " level"]
    ) -> Float64[np.ndarray, " level"]:
        """Sample quantiles, without bias for the median (Hyndman and Fan's eighth)."""
        return np.quantile(seen, chance, method="median_unbiased")


@dataclass(frozen=True)
class ConstantStudentT(AbstractForecaster):
    """Student-t returns of one volatility, fitted to the window.

    The mean is taken as zero, as a day's drift is far below its error. Degrees of
    freedom and scale are by maximum likelihood.
    """

    def quantiles(
        self, seen: Float64[np.ndarray, " day"], chance: Float64[np.ndarray, " level"]
    ) -> Float64[np.ndarray, " level"]:
        """Those of the fitted law."""
        degrees, scale = _student_t(seen)
        return scale * stats.t.ppf(chance, degrees)


@dataclass(frozen=True)
class ExponentialStudentT(AbstractForecaster):
    """Volatility of an exponentially weighted window, Student-t about it.

    Degrees of freedom are fitted to the returns of the window, each in units of the
    volatility of the days before it; the first quarter only serves to start it.

    Source: J.P. Morgan (1996), RiskMetrics technical document.

    Attributes:
        half_life: Days after which a squared return counts half.
    """

    half_life: float = 11.2

    def quantiles(
        self, seen: Float64[np.ndarray, " day"], chance: Float64[np.ndarray, " level"]
    ) -> Float64[np.ndarray, " level"]:
        """Those of the fitted law, at the volatility after the window."""
        deviation = self.deviations(seen)
        quarter = seen.size // 4
        degrees, scale = _student_t((seen / deviation[:-1])[quarter:])
        return deviation[-1] * scale * stats.t.ppf(chance, degrees)

    def deviations(
        self, seen: Float64[np.ndarray, " day"]
    ) -> Float64[np.ndarray, " day_and_next"]:
        """Standard deviation of each day from those before it, and of the next."""
        kept = 0.5 ** (1 / self.half_life)
        variance = np.empty(seen.size + 1)
        variance[0] = np.mean(seen[: max(seen.size // 4, 1)] ** 2)
        for day, value in enumerate(seen):
            variance[day + 1] = kept * variance[day] + (1 - kept) * value**2
        return np.sqrt(variance)


def _student_t(shock: Float64[np.ndarray, " day"]) -> tuple[float, float]:
    """Degrees of freedom, from 2.1 to 100, and scale, by maximum likelihood."""

    def scale_of(degrees: float) -> float:
        # Each pass is one of expectation and maximization; the scale settles fast.
        square = float(np.mean(shock**2)) * (degrees - 2) / degrees
        for _ in range(30):
            weight = (degrees + 1) / (degrees + shock**2 / square)
            square = float(np.mean(weight * shock**2))
        return float(np.sqrt(square))

    def cost(log_degrees: float) -> float:
        degrees = float(np.exp(log_degrees))
        return -float(np.sum(stats.t.logpdf(shock, degrees, scale=scale_of(degrees))))

    bounds = (np.log(2.1), np.log(100.0))
    found: Any = optimize.minimize_scalar(cost, bounds=bounds, method="bounded")
    degrees = float(np.exp(found.x))
    return degrees, scale_of(degrees)

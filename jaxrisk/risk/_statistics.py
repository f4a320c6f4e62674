r"""Statistics of paths, and how much of each statistic a path is.

A statistic T of a distribution F changes, to first order, by the mean over paths of its
influence function: :math:`T(F_n) - T(F) \approx \frac1n \sum_i \psi(x_i)`. So the
error of any sum of statistics of runs on the same draws is that of the same sum of
influences, path by path; what the runs share cancels in it. Source: Hampel (1974), The
influence curve and its role in robust estimation.
"""

import abc
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._moments import Moments
from ._ranks import Ranks, Window
from ._shortfall import expected_shortfall


Sample = Float64[np.ndarray, " path"]


class AbstractStatistic(abc.ABC):
    """A number of a distribution, and how much of it a path is."""

    @abc.abstractmethod
    def anchor(self, pilot: Sample) -> tuple[float, ...]:
        """What the influence function needs to know, from a pilot sample."""

    @abc.abstractmethod
    def influence(self, sample: Sample, anchor: tuple[float, ...]) -> Sample:
        """Influence of each path, up to a constant."""

    @abc.abstractmethod
    def value(self, moments: Moments, row: int, window: Window | None) -> float:
        """The statistic of all paths, from their moments or their ranks."""

    @property
    def level(self) -> float | None:
        """Level about which ranks are needed; None where none are."""
        return None


@dataclass(frozen=True)
class Mean(AbstractStatistic):
    """The mean."""

    def anchor(self, pilot: Sample) -> tuple[float, ...]:  # noqa: ARG002
        """Nothing."""
        return ()

    def influence(self, sample: Sample, anchor: tuple[float, ...]) -> Sample:  # noqa: ARG002
        """The number itself."""
        return sample

    def value(self, moments: Moments, row: int, window: Window | None) -> float:  # noqa: ARG002
        """Of the moments."""
        return float(moments.mean[row])


@dataclass(frozen=True)
class Deviation(AbstractStatistic):
    r"""The standard deviation; influence :math:`((x-\mu)^2 - \sigma^2) / 2\sigma`."""

    def anchor(self, pilot: Sample) -> tuple[float, ...]:
        """Mean and standard deviation."""
        return float(pilot.mean()), float(pilot.std())

    def influence(self, sample: Sample, anchor: tuple[float, ...]) -> Sample:
        """Squared distance from the mean, over twice the deviation."""
        mean, deviation = anchor
        if deviation == 0:
            return np.zeros_like(sample)
        return np.square(sample - mean) / (2 * deviation)

    def value(self, moments: Moments, row: int, window: Window | None) -> float:  # noqa: ARG002
        """Of the moments."""
        return float(np.sqrt(moments.variance[row]))


@dataclass(frozen=True)
class Shortfall(AbstractStatistic):
    r"""Expected shortfall; influence :math:`(x - \mathrm{VaR})^+ / (1 - \alpha)`."""

    confidence: float

    @property
    def level(self) -> float | None:
        """The confidence level [ratio]."""
        return self.confidence

    def anchor(self, pilot: Sample) -> tuple[float, ...]:
        """Value at risk."""
        rank = int(np.ceil(pilot.size * self.confidence - 1e-9 * pilot.size))
        return (Ranks.of(pilot).known(max(1, rank)),)

    def influence(self, sample: Sample, anchor: tuple[float, ...]) -> Sample:
        """Excess over the value at risk, over the probability of the tail."""
        return np.maximum(sample - anchor[0], 0) / (1 - self.confidence)

    def value(self, moments: Moments, row: int, window: Window | None) -> float:  # noqa: ARG002
        """Of the ranks, exactly."""
        if window is None:
            raise TypeError("An expected shortfall needs the ranks of its sample.")
        return float(expected_shortfall(window.ranks(), self.confidence).value)

"""Returns under two regimes: parameters, likelihood and its slopes."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import stats

from ._chain import Chain, PerStep, Smoothed, smooth
from ._elliptical import Elliptical, Returns
from ._likelihood import Parameters
from ._pairs import Matrix, matrix_of, pairs_of


@dataclass(frozen=True)
class RegimeLaw:
    """The engine's law: calm and stress, of one family of shocks.

    Attributes:
        scale: Scale of a step in the calm regime.
        multiplier: Scale in stress, in units of the calm one; of all assets.
        calm: Correlations in the calm regime.
        stress: Correlations in stress.
        degrees: Degrees of freedom; infinite for normal shocks.
        rates: Of entering and of leaving stress [1/year].
    """

    scale: Float64[np.ndarray, " asset"]
    multiplier: float
    calm: Matrix
    stress: Matrix
    degrees: float
    rates: tuple[float, float]

    @property
    def of_regimes(self) -> tuple[Elliptical, Elliptical]:
        """The law of a step in calm and in stress."""
        return (
            Elliptical(self.scale, self.calm, self.degrees),
            Elliptical(self.multiplier * self.scale, self.stress, self.degrees),
        )

    @property
    def parameters(self) -> Parameters:
        """As one array of unbounded numbers; see `Layout`."""
        pairs = pairs_of(len(self.scale))
        degrees = [np.log(self.degrees)] if np.isfinite(self.degrees) else []
        return np.concatenate(
            [
                np.log(self.scale),
                [np.log(self.multiplier)],
                self.calm[pairs],
                self.stress[pairs],
                degrees,
                np.log(self.rates),
            ]
        )

    def swapped(self) -> "RegimeLaw":
        """The same law with the names of the regimes exchanged."""
        return RegimeLaw(
            scale=self.scale * self.multiplier,
            multiplier=1 / self.multiplier,
            calm=self.stress,
            stress=self.calm,
            degrees=self.degrees,
            rates=(self.rates[1], self.rates[0]),
        )


@dataclass(frozen=True)
class Layout:
    """Where the parameters of a law stand in its array.

    Log scales, log multiplier, calm correlations, correlations in stress, log degrees
    (not for normal shocks), log rates.
    """

    size: int
    is_normal: bool

    @property
    def pairs(self) -> int:
        """Number of pairs."""
        return self.size * (self.size - 1) // 2

    def law(self, parameters: Parameters) -> RegimeLaw:
        """The law of an array."""
        size, pairs = self.size, self.pairs
        enter, leave = np.exp(parameters[-2:]).tolist()
        return RegimeLaw(
            scale=np.exp(parameters[:size]),
            multiplier=float(np.exp(parameters[size])),
            calm=matrix_of(parameters[size + 1 : size + 1 + pairs], size),
            stress=matrix_of(parameters[size + 1 + pairs :][:pairs], size),
            degrees=np.inf if self.is_normal else float(np.exp(parameters[-3])),
            rates=(enter, leave),
        )


@dataclass(frozen=True)
class Observed:
    """Returns of every asset, and the time since the return before [year]."""

    returns: Returns
    elapsed: PerStep

    def smoothed(self, law: RegimeLaw) -> Smoothed | None:
        """What they say about the regimes; None if the law is impossible."""
        density = np.stack([one.log_density(self.returns) for one in law.of_regimes])
        if not np.isfinite(density).all():
            return None
        return smooth(Chain(law.rates, self.elapsed), density)

    def log_density(self, parameters: Parameters, layout: Layout) -> PerStep:
        """Log-density of every step given those before it."""
        smoothed = self.smoothed(layout.law(parameters))
        if smoothed is None:
            return np.full(self.elapsed.size, np.nan)
        return smoothed.log_density

    def likelihood(
        self, parameters: Parameters, layout: Layout
    ) -> tuple[float, Parameters]:
        """Log-likelihood and its slopes.

        The slopes are those of the law with known regimes, averaged over the regimes
        given all returns. Source: Louis (1982), Finding the observed information matrix
        when using the EM algorithm.
        """
        law = layout.law(parameters)
        if not (np.abs(parameters[-2:]) < 25).all():
            return float("nan"), parameters
        smoothed = self.smoothed(law)
        if smoothed is None:
            return float("nan"), parameters
        calm, stress = law.of_regimes
        slopes = _gathered(
            calm.slope(self.returns, 1 - smoothed.stress),
            stress.slope(self.returns, smoothed.stress),
            layout,
        )
        by_rates = Chain(law.rates, self.elapsed).slopes(smoothed)
        value = float(smoothed.log_density.sum())
        return value, np.concatenate([slopes, by_rates])

    def curvature(
        self, law: RegimeLaw, layout: Layout
    ) -> Float64[np.ndarray, "parameter parameter"]:
        """Information if regimes were known, as a guess."""
        smoothed = self.smoothed(law)
        assert smoothed is not None
        calm, stress = (one.scores(self.returns) for one in law.of_regimes)
        empty = np.zeros_like(calm)
        in_calm = _gathered(calm, empty, layout)
        in_stress = _gathered(empty, stress, layout)
        known = (in_calm * (1 - smoothed.stress)) @ in_calm.T
        known += (in_stress * smoothed.stress) @ in_stress.T
        switches = (smoothed.calm_to_stress.sum(), smoothed.stress_to_calm.sum())
        whole = np.diag([*np.zeros(len(known)), *np.maximum(switches, 1.0)])
        whole[:-2, :-2] = known
        return whole

    def levels(self, law: RegimeLaw, smoothed: Smoothed) -> PerStep:
        """Chance of a smaller move of all assets together, given the steps before.

        The move is the sum of the returns, each in units of its scale.
        """
        move = np.abs((self.returns / law.scale[:, None]).sum(axis=0))
        levels = [
            2 * stats.t.cdf(move / width, law.degrees) - 1
            for width in (
                np.sqrt(law.calm.sum()),
                law.multiplier * np.sqrt(law.stress.sum()),
            )
        ]
        return levels[0] + smoothed.predicted * (levels[1] - levels[0])


def _gathered(
    calm: Float64[np.ndarray, "parameter ..."],
    stress: Float64[np.ndarray, "parameter ..."],
    layout: Layout,
) -> Float64[np.ndarray, "all ..."]:
    """Slopes of both regimes, by the parameters of the law without the rates."""
    size, pairs = layout.size, layout.pairs
    return np.concatenate(
        [
            calm[:size] + stress[:size],
            stress[:size].sum(axis=0, keepdims=True),
            calm[size : size + pairs],
            stress[size : size + pairs],
            calm[size + pairs :] + stress[size + pairs :],
        ]
    )

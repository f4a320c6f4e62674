"""The two-state Markov chain behind returns: filter, smoother, rates."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float64


PerStep = Float64[np.ndarray, " step"]
Later = Float64[np.ndarray, " later"]
PerRegime = Float64[np.ndarray, "2 step"]


@dataclass(frozen=True)
class Chain:
    r"""Chances of switching over the time since the step before.

    .. math:: enter = \lambda \frac{1 - e^{-(\lambda + \mu) \Delta}}{\lambda + \mu},
        \qquad leave = \mu \frac{1 - e^{-(\lambda + \mu) \Delta}}{\lambda + \mu}

    as the engine turns rates into chances; exact over any time, so that steps may be
    missing.

    Attributes:
        rates: Of entering (lambda) and of leaving stress (mu) [1/year].
        elapsed: Since the step before [year]; the first is not used.
    """

    rates: tuple[float, float]
    elapsed: PerStep

    @property
    def share(self) -> float:
        """Share of time in stress."""
        return self.rates[0] / sum(self.rates)

    @property
    def _mixed(self) -> PerStep:
        total = sum(self.rates)
        return -np.expm1(-total * self.elapsed) / total

    @property
    def enter(self) -> PerStep:
        """Chance of turning to stress."""
        return self.rates[0] * self._mixed

    @property
    def leave(self) -> PerStep:
        """Chance of turning to calm."""
        return self.rates[1] * self._mixed

    def slopes(self, smoothed: "Smoothed") -> Float64[np.ndarray, "2"]:
        """Of the expected log-likelihood of the chain, by log rate."""
        (enter_rate, leave_rate), total = self.rates, sum(self.rates)
        mixed = self._mixed
        bend = (self.elapsed * np.exp(-total * self.elapsed) - mixed) / total / mixed
        stayed = np.stack([smoothed.calm_to_calm, smoothed.stress_to_stress])
        left = np.stack([smoothed.calm_to_stress, smoothed.stress_to_calm])
        chance = np.stack([self.enter, self.leave])[:, 1:]
        # By the logarithm of each chance; staying has the chance that is left.
        by_chance = left - stayed * chance / (1 - chance)
        rates = np.array([enter_rate, leave_rate])
        common = (by_chance * bend[1:]).sum()
        first = smoothed.stress[0] - self.share
        return by_chance.sum(axis=1) + rates * common + np.array([first, -first])


def rates_of(enter: float, leave: float, elapsed: float) -> tuple[float, float]:
    """Rates a year from chances of switching over one step [year]."""
    both = enter + leave
    kept = min(both, 0.98)  # above one no chain in continuous time has these chances
    total = -np.log1p(-kept) / elapsed
    return float(total * enter / both), float(total * leave / both)


@dataclass(frozen=True)
class Smoothed:
    """What the returns say about the regimes.

    Attributes:
        log_density: Of each step given those before it.
        predicted: Chance of stress given the steps before.
        stress: Chance of stress given all steps.
        calm_to_calm: Chance of calm in the step before and in this one, given all
            steps; from the second step on.
        calm_to_stress: See above.
        stress_to_calm: See above.
        stress_to_stress: See above.
    """

    log_density: PerStep
    predicted: PerStep
    stress: PerStep
    calm_to_calm: Later
    calm_to_stress: Later
    stress_to_calm: Later
    stress_to_stress: Later


def smooth(chain: Chain, log_density: PerRegime) -> Smoothed:
    """Chances of regimes, from the log-densities of the returns in each.

    Source: Hamilton (1989), A new approach to the economic analysis of nonstationary
    time series and the business cycle; Kim (1994), Dynamic linear models with
    Markov-switching. Densities are scaled by the larger one, so that none underflows.
    """
    peak = log_density.max(axis=0)
    density = np.exp(log_density - peak)
    enter, leave = chain.enter, chain.leave
    # The chain is stationary before the first step.
    enter[0], leave[0] = chain.share, 1 - chain.share
    with jax.enable_x64(True):
        passed = _pass(*(jnp.asarray(of) for of in (density, enter, leave)))
        filtered, predicted, scale, stress = (np.asarray(of) for of in passed)
    before, stressed = filtered[:-1], stress[1:] / predicted[1:]
    calmed = (1 - stress[1:]) / (1 - predicted[1:])

    return Smoothed(
        log_density=np.log(scale) + peak,
        predicted=predicted,
        stress=stress,
        calm_to_calm=(1 - before) * (1 - enter[1:]) * calmed,
        calm_to_stress=(1 - before) * enter[1:] * stressed,
        stress_to_calm=before * leave[1:] * calmed,
        stress_to_stress=before * (1 - leave[1:]) * stressed,
    )


_Steps = Float[Array, " step"]


@jax.jit
def _pass(
    density: Float[Array, "2 step"], enter: _Steps, leave: _Steps
) -> tuple[_Steps, _Steps, _Steps, _Steps]:
    """Filtered, predicted, scale and smoothed chances of stress."""

    def forward(stress: Array, step: tuple[Array, ...]) -> tuple[Array, tuple]:
        calm_density, stress_density, enter, leave = step
        predicted = (1 - stress) * enter + stress * (1 - leave)
        joint = predicted * stress_density
        scale = joint + (1 - predicted) * calm_density
        return joint / scale, (joint / scale, predicted, scale)

    def backward(later: Array, step: tuple[Array, ...]) -> tuple[Array, Array]:
        filtered, predicted, leave = step
        up, down = later / predicted, (1 - later) / (1 - predicted)
        value = filtered * ((1 - leave) * up + leave * down)
        return value, value

    start = jnp.zeros((), density.dtype)
    _, (filtered, predicted, scale) = lax.scan(
        forward, start, (density[0], density[1], enter, leave)
    )
    _, stress = lax.scan(
        backward,
        filtered[-1],
        (filtered[:-1], predicted[1:], leave[1:]),
        reverse=True,
    )
    return filtered, predicted, scale, jnp.append(stress, filtered[-1])

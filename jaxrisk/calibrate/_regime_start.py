"""Where the search for two regimes starts: expectation and maximization."""

import dataclasses

import numpy as np
from jaxtyping import Float64

from ._chain import PerStep, Smoothed, rates_of
from ._estimate import CalibrationError
from ._regime_law import Observed, RegimeLaw


# Steps of a moving mean of squared returns, and its share that is called stress.
_GUESSES = ((12, 0.1), (24, 0.25), (168, 0.15), (168, 0.4))
_SHORT, _LONG = 12, 60
_ENOUGH = 0.5  # gain of log-likelihood in a round below which the rest is left


def best_start(observed: Observed, *, is_normal: bool) -> RegimeLaw:
    """The best of several starts after rounds of the EM algorithm.

    A step is called stressed at first if a moving mean of squared returns is among its
    largest; windows and shares differ between starts. Source of the algorithm: Baum et
    al. (1970), A maximization technique occurring in the statistical analysis of
    probabilistic functions of Markov chains; with weights for the t, Liu and Rubin
    (1995), ML estimation of the t distribution using EM and its extensions.

    The maximization of scales and multiplier is by moments, which with correlations is
    not the exact one: this ends near a maximum, and `maximum_by_score` at it.

    Raises:
        CalibrationError: If every start ends with one regime empty.
    """
    size = observed.returns.shape[0]
    laws = []
    for window, share in _GUESSES:
        first = _guess(observed, window, share, is_normal=is_normal)
        laws.append(_climb(observed, first, _SHORT))
    found = [law for law in laws if law is not None]
    if not found:
        raise CalibrationError(
            f"regimes: from all {len(_GUESSES)} starts one of two regimes has less "
            f"than {4 * size} steps. There is one regime, or too little data."
        )
    likelihood, law = max(found, key=lambda one: one[0])
    return (_climb(observed, law, _LONG) or (likelihood, law))[1]


def _climb(
    observed: Observed, law: RegimeLaw | None, rounds: int
) -> tuple[float, RegimeLaw] | None:
    """Rounds of EM; None if a regime is lost on the way."""
    likelihood = -np.inf
    for _ in range(rounds):
        smoothed = None if law is None else observed.smoothed(law)
        if law is None or smoothed is None:
            return None
        reached = float(smoothed.log_density.sum())
        if reached < likelihood + _ENOUGH:
            break
        likelihood = reached
        law = _maximized(observed, law, smoothed)
    return None if law is None else (likelihood, law)


def _guess(
    observed: Observed, window: int, share: float, *, is_normal: bool
) -> RegimeLaw | None:
    returns = observed.returns
    size = returns.shape[0]
    variance = np.mean(returns**2, axis=1)
    activity = np.mean(returns**2 / variance[:, None], axis=0)
    window = min(window, activity.size)
    mean = np.convolve(activity, np.full(window, 1 / window), mode="same")
    stress = np.where(mean > np.quantile(mean, 1 - share), 0.9, 0.1)
    degrees = np.inf if is_normal else 6.0
    law = RegimeLaw(
        np.sqrt(variance), 1.0, np.eye(size), np.eye(size), degrees, (1.0, 1.0)
    )
    switches = np.abs(np.diff(stress > 0.5)).sum() / 2 + 1
    calm = 1 - stress
    rates = rates_of(switches / calm.sum(), switches / stress.sum(), _step_of(observed))
    return _moved(observed, law, stress, rates)


def _maximized(
    observed: Observed, law: RegimeLaw, smoothed: Smoothed
) -> RegimeLaw | None:
    # Chances of a step's length; after a gap of missing steps others hold.
    near = observed.elapsed[1:] < 1.5 * _step_of(observed)
    switch = [
        float(of[near].sum())
        for of in (
            smoothed.calm_to_calm,
            smoothed.calm_to_stress,
            smoothed.stress_to_calm,
            smoothed.stress_to_stress,
        )
    ]
    least = 1e-9
    rates = rates_of(
        max(switch[1] / max(switch[0] + switch[1], least), least),
        max(switch[2] / max(switch[2] + switch[3], least), least),
        _step_of(observed),
    )
    return _moved(observed, law, smoothed.stress, rates)


def _moved(
    observed: Observed, law: RegimeLaw, stress: PerStep, rates: tuple[float, float]
) -> RegimeLaw | None:
    """Moments under the chances of stress; None if a regime is empty."""
    returns, size = observed.returns, observed.returns.shape[0]
    chances = (1 - stress, stress)
    counts = np.array([chance.sum() for chance in chances])
    if counts.min() < 4 * size:
        return None
    moments = [
        _moment(returns, chance * one.weight(one.distance(returns)) / chance.sum())
        for chance, one in zip(chances, law.of_regimes, strict=True)
    ]
    logs = [np.log(np.diag(moment)) / 2 for moment in moments]
    log_multiplier = float(np.mean(logs[1] - logs[0]))
    pooled = counts[0] * logs[0] + counts[1] * (logs[1] - log_multiplier)
    calm, stressed = (
        moment / np.exp(np.add.outer(log, log))
        for moment, log in zip(moments, logs, strict=True)
    )
    moved = RegimeLaw(
        scale=np.exp(pooled / counts.sum()),
        multiplier=float(np.exp(log_multiplier)),
        calm=calm,
        stress=stressed,
        degrees=law.degrees,
        rates=rates,
    )
    return moved if np.isinf(law.degrees) else _with_degrees(observed, moved, chances)


def _with_degrees(
    observed: Observed, law: RegimeLaw, chances: tuple[PerStep, PerStep]
) -> RegimeLaw:
    """One step of scoring along the logarithm of the degrees."""
    slopes = [one.degree_scores(observed.returns) for one in law.of_regimes]
    pairs = list(zip(chances, slopes, strict=True))
    slope = sum(float(np.sum(chance * of)) for chance, of in pairs)
    information = sum(float(np.sum(chance * of**2)) for chance, of in pairs)
    step = float(np.clip(slope / information, -0.5, 0.5))
    degrees = float(np.clip(law.degrees * np.exp(step), 1.0, 200.0))
    return dataclasses.replace(law, degrees=degrees)


def _moment(returns: Float64[np.ndarray, "asset step"], weight: PerStep) -> np.ndarray:
    return np.einsum("it,jt->ij", returns * weight, returns)


def _step_of(observed: Observed) -> float:
    return float(np.min(observed.elapsed[1:]))

"""Likelihood of a noisy, jumping, mean-reverting basis, by a filter."""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jax.scipy.stats import norm
from jaxtyping import Array, Float

from ._gradient import Data, Law


_EXACT = 1e-7  # noise of observations without any
_SLOWEST = 1e-6  # speed a year of a basis that does not return


@dataclass(frozen=True)
class PegForm:
    """What a basis model has beside its volatility.

    Attributes:
        reverts: Whether the basis returns, and not only wanders.
        noise: Whether observations are of the basis and noise.
        jumps: Whether the basis jumps.
        outliers: Whether some observations are much noisier than others.
        level: Whether the basis returns to a level that is fitted, and not to zero.
        growth: Whether that level grows.
    """

    reverts: bool
    noise: bool
    jumps: bool
    outliers: bool
    level: bool
    growth: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters, in their order in the array."""
        groups = (
            (self.reverts, ("log_speed",)),
            (True, ("log_volatility",)),
            (self.noise, ("log_noise",)),
            (self.outliers, ("log_odds", "log_outlier")),
            (self.jumps, ("log_intensity", "mean", "log_sd")),
            (self.level, ("level",)),
            (self.growth, ("growth",)),
        )
        return tuple(name for has, names in groups if has for name in names)


class _Belief(NamedTuple):
    """What is known of the basis after an observation, by what may have happened."""

    log_chance: Float[Array, " case"]
    mean: Float[Array, " case"]
    variance: Float[Array, " case"]


class _Cases(NamedTuple):
    """What may happen between observations and at one: jumps times outliers."""

    log_chance: Float[Array, " case"]
    mean: Float[Array, " case"]  # of the jump
    variance: Float[Array, " case"]  # of the jump
    noise: Float[Array, " case"]  # variance of the observation


@functools.cache
def law(form: PegForm) -> Law:
    """Log-density of every observation but the first, given those before it."""
    return functools.partial(_log_density, form)


@functools.cache
def levels(form: PegForm) -> Law:
    """Chance of an observation below the one seen, given those before it."""
    return functools.partial(_levels, form)


def _log_density(
    form: PegForm, parameters: Float[Array, " parameter"], data: Data
) -> Float[Array, " observation"]:
    return _filter(form, parameters, data)[0]


def _levels(
    form: PegForm, parameters: Float[Array, " parameter"], data: Data
) -> Float[Array, " observation"]:
    return _filter(form, parameters, data)[1]


def _cases(form: PegForm, of: dict[str, Array], pause: Array) -> _Cases:
    one = jnp.zeros(1, pause.dtype)
    jump = [(one, one, one)]
    if form.jumps:
        expected = jnp.exp(of["log_intensity"]) * pause
        none = -jnp.log1p(expected)
        sd = jnp.exp(of["log_sd"])
        jump = [
            (one + none, one, one),
            (one + none + jnp.log(expected), one + of["mean"], one + sd**2),
        ]
    quiet = _quiet(of)
    noise = [(one, one + quiet)]
    if form.outliers:
        rare = -jax.nn.softplus(-of["log_odds"])
        usual = -jax.nn.softplus(of["log_odds"])
        wide = quiet + jnp.exp(2 * of["log_outlier"])
        noise = [(one + usual, one + quiet), (one + rare, one + wide)]
    rows = [
        (chance + share, mean, variance, spread)
        for chance, mean, variance in jump
        for share, spread in noise
    ]
    return _Cases(*(jnp.concatenate(column) for column in zip(*rows, strict=True)))


def _quiet(of: dict[str, Array]) -> Array:
    """Variance of the usual noise."""
    return jnp.exp(2 * of["log_noise"]) if "log_noise" in of else jnp.asarray(_EXACT**2)


def _filter(
    form: PegForm, parameters: Float[Array, " parameter"], data: Data
) -> tuple[Float[Array, " observation"], Float[Array, " observation"]]:
    """Log-densities and levels.

    Each case of the last observation carries one normal; every case of this one makes
    a normal of each, and these are merged into one that has their mean and variance.
    So a spike that comes back next time is told from a jump that stays.

    Source: Harrison and Stevens (1976), Bayesian forecasting; Blom and Bar-Shalom
    (1988), The interacting multiple model algorithm.
    """
    of = dict(zip(form.names, parameters * data["unit"], strict=True))
    volatility = jnp.exp(of["log_volatility"])
    speed = jnp.exp(of["log_speed"]) if form.reverts else jnp.asarray(_SLOWEST)
    none = jnp.zeros((), parameters.dtype)
    level, growth = of.get("level", none), of.get("growth", none)
    basis = data["basis"] - level - growth * data["year"]
    pauses = jnp.diff(data["year"])

    def step(
        belief: _Belief, seen: tuple[Array, Array]
    ) -> tuple[_Belief, tuple[Array, Array]]:
        value, pause = seen
        cases = _cases(form, of, pause)
        kept = jnp.exp(-speed * pause)
        spread = volatility**2 * -jnp.expm1(-2 * speed * pause) / (2 * speed)
        mean = (kept * belief.mean)[:, None] + cases.mean[None]
        variance = (kept**2 * belief.variance + spread)[:, None] + cases.variance[None]
        total = variance + cases.noise[None]
        surprise = value - mean
        before = belief.log_chance[:, None] + cases.log_chance[None]
        joint = before + norm.logpdf(surprise, 0.0, jnp.sqrt(total))
        below = jnp.sum(jnp.exp(before) * norm.cdf(surprise / jnp.sqrt(total)))
        gain = variance / total
        log_density = logsumexp(joint)
        after = _merged(joint, mean + gain * surprise, variance * (1 - gain))
        chance = after.log_chance - log_density
        return after._replace(log_chance=chance), (log_density, below)

    first = _cases(form, of, pauses[0])
    start = _Belief(
        log_chance=jnp.full_like(first.mean, -np.log(first.mean.size)),
        mean=jnp.full_like(first.mean, basis[0]),
        variance=jnp.full_like(first.mean, _quiet(of)),
    )
    return jax.lax.scan(step, start, (basis[1:], pauses))[1]


def _merged(
    joint: Float[Array, "before case"],
    mean: Float[Array, "before case"],
    variance: Float[Array, "before case"],
) -> _Belief:
    """One normal for each case, of the mean and variance of those it is made of."""
    log_chance = logsumexp(joint, axis=0)
    share = jnp.exp(joint - log_chance[None])
    middle = jnp.sum(share * mean, axis=0)
    spread = jnp.sum(share * (variance + (mean - middle[None]) ** 2), axis=0)
    return _Belief(log_chance, middle, spread)

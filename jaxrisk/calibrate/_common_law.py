"""The law of a step with a common jump, an own one, or none; its parameters."""

import functools
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp
from jax.scipy.stats import norm
from jaxtyping import Array, Float, Float64
from scipy import stats

from ._estimate import Estimate
from ._gradient import Data, Law
from ._likelihood import Maximum, Parameters


UNIT = 6.0  # jump sizes are searched in units of so many standard deviations of a step

_NODES = 20  # of the mixing variable: the density is right to 1 % to 30 deviations
_FAR = (5.0, 8.0)  # standard deviations beyond which a step starts as a jump


@dataclass(frozen=True)
class Layout:
    """Which sources there are, and so which parameters.

    Attributes:
        assets: Number of assets.
        common: Whether there is a common source.
        own: Assets with a source of their own, increasing.
    """

    assets: int
    common: bool
    own: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Lengths of the fields of `Sources`."""
        assets, own = self.assets, len(self.own)
        common = (1, 1, 1, assets - 1) if self.common else (0, 0, 0, 0)
        return (assets, assets, assets * (assets - 1) // 2, own, own, own, *common)

    def without(self, asset: int) -> "Layout":
        """The same without the own source of an asset."""
        rest = tuple(one for one in self.own if one != asset)
        return Layout(self.assets, self.common, rest)

    def taken_from(
        self, other: "Layout", parameters: Parameters
    ) -> Float64[np.ndarray, " kept"]:
        """Where to start, given parameters of a layout with more sources."""
        theirs = Sources.read(other, parameters)
        kept = np.array([other.own.index(one) for one in self.own], np.int64)
        common = 1 if self.common else 0
        fields = [
            *theirs[:3],
            *(field[kept] for field in theirs[3:6]),
            *(field[: field.size * common] for field in theirs[6:]),
        ]
        return np.concatenate(fields)

    def correlations(self, assets: tuple[str, ...], best: Maximum) -> dict[str, Any]:
        """Correlation of shocks of every pair, with errors by the delta method."""
        size = self.sizes[2]
        first = 2 * self.assets
        part = slice(first, first + size)
        covariance = best.covariance[part, part]
        value = best.parameters[part]
        below = np.tril_indices(self.assets, -1)

        def correlation(lower: Parameters) -> Parameters:
            cholesky = np.asarray(_cholesky(jnp.asarray(lower), self.assets))
            return (cholesky @ cholesky.T)[below]

        with jax.enable_x64(True):
            center = correlation(value)
            step = 1e-6
            slope = np.stack(
                [
                    (correlation(value + way) - correlation(value - way)) / (2 * step)
                    for way in step * np.eye(size)
                ],
                axis=1,
            )
        error = np.sqrt(np.diag(slope @ covariance @ slope.T))
        return {
            f"correlation.{assets[j]}.{assets[i]}": Estimate.normal(
                float(center[at]), float(error[at]), "ratio"
            )
            for at, (i, j) in enumerate(zip(*below, strict=True))
        }


class Sources(NamedTuple):
    """Parameters by name; sizes in units of an asset's step, see `UNIT`."""

    place: Any  # [asset] mean of a step without a jump
    log_volatility: Any  # [asset] annual
    lower: Any  # [pair] Cholesky factor of the correlation, rows not yet of length one
    own_log_intensity: Any  # [own] a year
    own_mean: Any  # [own]
    own_log_sd: Any  # [own]
    common_log_intensity: Any  # [one, or none] a year
    common_mean: Any  # [one, or none] of the first asset
    common_log_sd: Any  # [one, or none]
    beta: Any  # [all but the first asset], in their units

    @classmethod
    def read(cls, layout: Layout, parameters: Array | Parameters) -> "Sources":
        """Cut a flat array of parameters, or of their errors, into fields."""
        ends = np.cumsum(layout.sizes)
        return cls(
            *(
                parameters[end - size : end]
                for size, end in zip(layout.sizes, ends, strict=True)
            )
        )


class _Cases(NamedTuple):
    """What can happen in a step: nothing, then every source."""

    log_chance: Float[Array, " case"]
    loading: Float[Array, "case asset"]  # in units of the assets' steps
    mean: Float[Array, " case"]
    sd: Float[Array, " case"]


@functools.cache
def law(layout: Layout) -> Law:
    """Log-density of the returns of a step."""
    return functools.partial(_log_density, layout)


@functools.cache
def levels(layout: Layout) -> Law:
    """Chance of each asset's return below the one seen [asset, step]."""
    return functools.partial(_levels, layout)


def mixing(
    degrees_of_freedom: float | None,
) -> tuple[Float64[np.ndarray, " node"], Float64[np.ndarray, " node"]]:
    """Weights and values of the variance that all shocks of a step share.

    One node of value one for normal shocks. For Student-t ones the variance is
    (nu - 2) / chi-square, by the trapezoid rule in the logarithm of the chi-square.
    """
    if degrees_of_freedom is None:
        return np.ones(1), np.ones(1)
    nu = degrees_of_freedom
    low, high = np.log(stats.chi2.ppf([1e-9, 1 - 1e-9], nu))
    level = np.exp(np.linspace(low, high, _NODES))
    weight = stats.chi2.pdf(level, nu) * level
    weight /= weight.sum()
    return weight, (nu - 2) / level


def starts(layout: Layout, data: Data) -> list[Parameters]:
    """Far steps as jumps: common where most assets are far, own where one is."""
    return [_start(layout, data, far) for far in _FAR]


def _start(layout: Layout, data: Data, reach: float) -> Parameters:
    returns = data["returns"] / data["unit"][:, None]
    years = returns.shape[1] * float(data["years"])
    shock = returns / data["scale"]
    far = np.abs(shock) > reach
    common = far.mean(axis=0) > 0.5
    own = [_size(returns[one], far[one] & ~common, years) for one in layout.own]
    first = _size(returns[0], common, years)
    cholesky = np.linalg.cholesky(np.corrcoef(np.clip(shock, -3, 3)))
    lower = (cholesky / np.diag(cholesky)[:, None])[np.tril_indices(layout.assets, -1)]
    fields = [
        np.median(returns, axis=1),
        np.log(data["unit"] / np.sqrt(data["years"])),
        lower,
        *np.asarray(own).reshape(-1, 3).T,
    ]
    if layout.common:
        fields += [np.asarray(first), np.ones(layout.assets - 1)]
    return np.concatenate(fields)


def _size(
    returns: Float64[np.ndarray, " step"], far: np.ndarray, years: float
) -> tuple[float, float, float]:
    jumps = returns[far] / UNIT
    if jumps.size < 3:
        jumps = np.array([-1.0, 0.0, 1.0])
    return float(np.log(jumps.size / years)), jumps.mean(), float(np.log(jumps.std()))


def _cholesky(lower: Array, assets: int) -> Float[Array, "asset asset"]:
    rows = jnp.eye(assets, dtype=lower.dtype)
    rows = rows.at[np.tril_indices(assets, -1)].set(lower)
    return rows / jnp.linalg.norm(rows, axis=1, keepdims=True)


def _cases(layout: Layout, of: Sources, data: Data) -> _Cases:
    rate = jnp.concatenate([of.common_log_intensity, of.own_log_intensity])
    expected = jnp.exp(rate) * data["years"]
    # Of a Poisson number of jumps, given that it is at most one.
    nothing = -jnp.log1p(jnp.sum(expected))
    log_chance = jnp.append(nothing, jnp.log(expected) + nothing)
    none = jnp.zeros(1, rate.dtype)
    loading = [jnp.zeros((1, layout.assets), rate.dtype)]
    if layout.common:
        loading.append(jnp.append(jnp.ones(1, rate.dtype), of.beta)[None])
    loading.append(jnp.eye(layout.assets, dtype=rate.dtype)[np.array(layout.own, int)])
    return _Cases(
        log_chance=log_chance,
        loading=UNIT * jnp.concatenate(loading),
        mean=jnp.concatenate([none, of.common_mean, of.own_mean]),
        sd=jnp.concatenate([none, jnp.exp(of.common_log_sd), jnp.exp(of.own_log_sd)]),
    )


def _variance(data: Data) -> Float[Array, "node step"]:
    return data["mixing"][:, None] * data["scale"][None, :] ** 2


def _deviation(of: Sources, data: Data) -> Float[Array, " asset"]:
    """Standard deviation of a step's shock, in units of the assets' steps."""
    return jnp.exp(of.log_volatility) * jnp.sqrt(data["years"]) / data["unit"]


def _log_density(
    layout: Layout, parameters: Float[Array, " parameter"], data: Data
) -> Float[Array, " observation"]:
    """By cases and nodes; each is normal, of a covariance of one rank beyond the unit.

    Sherman and Morrison's formula for the inverse, after whitening the shocks.
    """
    of = Sources.read(layout, parameters)
    cases, deviation = _cases(layout, of, data), _deviation(of, data)
    factor = deviation[:, None] * _cholesky(of.lower, layout.assets)
    returns = data["returns"] / data["unit"][:, None] - of.place[:, None]
    white = jax.scipy.linalg.solve_triangular(factor, returns, lower=True)
    loading = jax.scipy.linalg.solve_triangular(factor, cases.loading.T, lower=True)
    along = loading.T @ white
    length = jnp.sum(loading**2, axis=0)[:, None]
    mean, variance = cases.mean[:, None], (cases.sd**2)[:, None]
    square = jnp.sum(white**2, axis=0)[None] + mean * (mean * length - 2 * along)
    along, square = (along - mean * length)[:, None], square[:, None]
    noise = _variance(data)[None]
    wide = noise + (variance * length)[:, None]
    exponent = (square - variance[:, None] * along**2 / wide) / noise
    volume = (layout.assets - 1) * jnp.log(noise) + jnp.log(wide)
    terms = (cases.log_chance[:, None] + data["log_weight"][None, :])[:, :, None] - (
        exponent + volume
    ) / 2
    constant = jnp.sum(jnp.log(jnp.diag(factor) * data["unit"]))
    constant += layout.assets * np.log(2 * np.pi) / 2
    return logsumexp(terms, axis=(0, 1)) - constant


def _levels(
    layout: Layout, parameters: Float[Array, " parameter"], data: Data
) -> Float[Array, "asset observation"]:
    of = Sources.read(layout, parameters)
    cases, deviation = _cases(layout, of, data), _deviation(of, data)
    returns = data["returns"] / data["unit"][:, None] - of.place[:, None]
    chance = jnp.exp(cases.log_chance[:, None] + data["log_weight"][None, :])

    def of_asset(row: int) -> Float[Array, " observation"]:
        jump = (cases.loading[:, row] * cases.sd)[:, None, None] ** 2
        sd = jnp.sqrt(jump + (deviation[row] ** 2 * _variance(data))[None])
        middle = (cases.loading[:, row] * cases.mean)[:, None, None]
        below = norm.cdf(returns[row][None, None, :], middle, sd)
        return jnp.sum(chance[:, :, None] * below, axis=(0, 1))

    return jnp.stack([of_asset(row) for row in range(layout.assets)])

"""Jump-diffusion of one asset by maximum likelihood."""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln, logsumexp
from jax.scipy.stats import norm
from jaxtyping import Array, Float, Float64

from ._estimate import CalibrationError, Estimate, Fit
from ._goodness import goodness_of_levels
from ._gradient import Data, climb, evaluate, maximum_at, refuse_if_idle, scores
from ._likelihood import Maximum, Parameters
from ._local_scale import spread_of
from ._panel import Panel


MODEL = "Merton jump-diffusion"
UNIT = 6.0  # jump sizes are searched in units of so many standard deviations of a step

_COUNTS = 13  # jumps a step, 0 to 12: at one expected the rest has a chance of 6e-11
_MOST_A_STEP = 0.5  # expected jumps; beyond it they are not told from the diffusion
_THINNEST = 0.05  # volatility of a step, in units of the spread of its middle half


def fit_merton(
    panel: Panel, *, scale: Float64[np.ndarray, " step"] | None = None
) -> Fit:
    r"""Fit volatility and jumps of one asset to its returns over equal steps.

    .. math::
        r = a\,dt + \sigma h \sqrt{dt}\, z + \sum_{i=1}^{N} (m + s\, \epsilon_i),
        \qquad N \sim \mathrm{Poisson}(\lambda\, dt)

    the engine's law with normal shocks; the density is summed over N. The maximum over
    all parameters is taken although the law is a mixture: jumps only add variance, so
    the likelihood has no spike unless :math:`\sigma` itself goes to zero, which
    standing prices bring about, and which is refused.

    What it takes for a jump depends on what it may take for volatility. With a
    constant h the clusters of hourly crypto returns are fitted by hundreds of small
    jumps a year: right as a law of one hour, wrong as one of a day, since they would
    not cluster. With h from `local_scale` fewer and larger ones are left, and
    `fit_common_jumps` allows for fat-tailed shocks too.

    Errors are from the observed information, h taken as known. `drift` is the config's:
    the log growth of the expected price.

    Source: Merton (1976), Option pricing when underlying stock returns are
    discontinuous; Honoré (1998), Pitfalls in estimating jump-diffusion models.

    Args:
        panel: Returns of one asset; steps without one are left out.
        scale: Volatility h of each step of the panel, in units of the usual one; one
            everywhere if None.

    Returns:
        volatility [ratio a year], intensity [1/year], mean and sd of the log size, and
        drift [log a year].

    Raises:
        CalibrationError: If prices stand still, jumps are so frequent or so small that
            they only imitate the diffusion, or normal returns explain the data as well.
    """
    if len(panel.assets) != 1:
        raise CalibrationError(
            f"{MODEL} is of one asset, not of {', '.join(panel.assets)}. Choose one "
            "with panel.of, or use fit_common_jumps."
        )
    asset = panel.assets[0]
    seen = np.isfinite(panel.returns[0])
    returns = panel.returns[0, seen]
    local = np.ones(returns.size) if scale is None else scale[seen]
    spread = spread_of(returns, asset)
    data = {
        "returns": returns,
        "scale": local,
        "years": 1 / panel.steps_per_year,
        "unit": spread,
    }
    name = f"{MODEL} of {asset}"
    starts = _starts(returns, spread, panel.steps_per_year)
    found, log_likelihood = climb(_law, data, starts)
    refuse_if_idle(found, starts, model=name)
    _refuse_if_degenerate(found, log_likelihood, data, name)
    best = maximum_at(_law, data, found, model=name)
    return Fit(
        model=MODEL,
        subject=(asset,),
        parameters=_estimates(best, data),
        window=panel.window,
        goodness=goodness_of_levels(
            evaluate(_level, best.parameters, data)[None],
            scores(_law, data, best.parameters),
            test=name,
        ),
        log_likelihood=best.log_likelihood,
    )


def _parts(
    parameters: Float[Array, " parameter"], data: Data
) -> tuple[
    Float[Array, "count 1"], Float[Array, "count 1"], Float[Array, "count step"]
]:
    """Log-weight, mean and standard deviation of a step with 0, 1, 2, ... jumps."""
    place, log_volatility, log_intensity, mean, log_sd = parameters
    expected = jnp.exp(log_intensity) * data["years"]
    count = jnp.arange(_COUNTS, dtype=parameters.dtype)[:, None]
    weight = count * jnp.log(expected) - expected - gammaln(count + 1)
    middle = (place + UNIT * count * mean) * data["unit"]
    diffusion = jnp.exp(2 * log_volatility) * data["years"] * data["scale"] ** 2
    jumps = count * (UNIT * data["unit"]) ** 2 * jnp.exp(2 * log_sd)
    return weight, middle, jnp.sqrt(diffusion[None, :] + jumps)


def _law(
    parameters: Float[Array, " parameter"], data: Data
) -> Float[Array, " observation"]:
    weight, middle, sd = _parts(parameters, data)
    return logsumexp(weight + norm.logpdf(data["returns"][None, :], middle, sd), axis=0)


def _level(
    parameters: Float[Array, " parameter"], data: Data
) -> Float[Array, " observation"]:
    weight, middle, sd = _parts(parameters, data)
    below = norm.cdf(data["returns"][None, :], middle, sd)
    return jnp.sum(jnp.exp(weight) * below, axis=0)


def _starts(
    returns: Float64[np.ndarray, " step"], spread: float, steps_per_year: float
) -> list[Parameters]:
    """Jumps beyond 3, 5 and 8 standard deviations, and the rest as the diffusion."""
    starts = []
    for reach in (3.0, 5.0, 8.0):
        beyond = np.abs(returns - np.median(returns)) > reach * spread
        jumps = returns[beyond] if beyond.sum() > 2 else spread * np.array([-6.0, 6.0])
        share = max(beyond.mean(), 2 / returns.size)
        starts.append(
            np.array(
                [
                    float(np.median(returns)) / spread,
                    np.log(spread * np.sqrt(steps_per_year)),
                    np.log(share * steps_per_year),
                    jumps.mean() / (UNIT * spread),
                    np.log(jumps.std() / (UNIT * spread)),
                ]
            )
        )
    return starts


def _refuse_if_degenerate(
    found: Parameters, log_likelihood: float, data: Data, name: str
) -> None:
    _, log_volatility, log_intensity, _, _ = found
    years, returns, spread = data["years"], data["returns"], data["unit"]
    if np.exp(log_volatility) * np.sqrt(years) < _THINNEST * spread:
        raise CalibrationError(
            f"{name}: its volatility goes to zero, which standing prices "
            f"bring about ({int(np.sum(returns == 0)):,} of {returns.size:,} returns "
            "are zero). Choose a longer step, or leave them out."
        )
    expected = float(np.exp(log_intensity) * years)
    if expected > _MOST_A_STEP:
        raise CalibrationError(
            f"{name}: {expected:.2g} jumps a step are fitted, which only "
            "imitate the diffusion. Choose a shorter step, or a fit without jumps."
        )
    normal = returns / data["scale"]
    without = float(np.sum(_normal_log_density(normal, data["scale"])))
    gain = log_likelihood - without
    if gain < 1.5 * np.log(returns.size):
        raise CalibrationError(
            f"{name}: jumps raise the log-likelihood by {gain:.1f}, and "
            f"{1.5 * np.log(returns.size):.1f} are needed to justify three parameters "
            "(BIC). Use more data, or a model without jumps."
        )


def _normal_log_density(
    standard: Float64[np.ndarray, " step"], scale: Float64[np.ndarray, " step"]
) -> Float64[np.ndarray, " step"]:
    variance = standard.var()
    squares = (standard - standard.mean()) ** 2 / variance
    return -(np.log(2 * np.pi * variance) + squares) / 2 - np.log(scale)


def _estimates(best: Maximum, data: Data) -> dict[str, Estimate]:
    place, log_volatility, log_intensity, mean, log_sd = best.parameters
    unit = UNIT * data["unit"]
    volatility, intensity = np.exp(log_volatility), np.exp(log_intensity)
    mean, sd = unit * mean, unit * np.exp(log_sd)
    growth = np.exp(mean + sd**2 / 2)
    drift = (
        place * data["unit"] / data["years"]
        + volatility**2 / 2
        + intensity * (growth - 1)
    )
    slope = np.array(
        [
            data["unit"] / data["years"],
            volatility**2,
            intensity * (growth - 1),
            intensity * growth * unit,
            intensity * growth * sd**2,
        ]
    )
    errors = best.errors
    return {
        "volatility": Estimate.positive(
            volatility, volatility * errors[1], "ratio a year"
        ),
        "intensity": Estimate.positive(intensity, intensity * errors[2], "1/year"),
        "mean": Estimate.normal(mean, unit * errors[3], "log"),
        "sd": Estimate.positive(sd, sd * errors[4], "log"),
        "drift": Estimate.normal(
            drift, float(np.sqrt(slope @ best.covariance @ slope)), "log a year"
        ),
    }

"""Jumps with double-exponential sizes: whether falls are larger than rises."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Complex128, Float64
from scipy import interpolate

from ._estimate import CalibrationError, Estimate, Fit
from ._goodness import goodness_of_levels
from ._likelihood import Maximum, Parameters, maximum_likelihood
from ._local_scale import spread_of
from ._panel import Panel


MODEL = "Kou double-exponential jumps"

_POINTS = 8192  # of the density
_PER_SD = 8  # points in a standard deviation of the diffusion
_LEAST = 1e-13  # of the largest density: below it the inversion has rounding only
_MOST_A_STEP = 0.5  # expected jumps; beyond it they are not told from the diffusion


def fit_kou(panel: Panel) -> Fit:
    r"""Fit a diffusion with double-exponential jumps to one asset's returns.

    .. math::
        \phi(u) = \exp\left( i u a - \tfrac12 \sigma^2 dt\, u^2 + \lambda\, dt
        \left( \frac{p\,\eta_+}{\eta_+ - iu} + \frac{(1-p)\,\eta_-}{\eta_- + iu} - 1
        \right) \right)

    The density is the inverse Fourier transform of this, any number of jumps a step
    included, on a grid of an eighth of the diffusion's standard deviation, and a cubic
    spline between its points: right to 1e-4 of itself where it is above 1e-9 of its
    peak.

    The engine has no such jumps: what a config takes is `fit_merton` or
    `fit_common_jumps`. This one is a check of their symmetry. It has a tail of its own
    for each side, and says whether falls are more frequent (p_up below a half) or
    larger (eta_down below eta_up); a normal size can only show it by its mean.

    Source: Kou (2002), A jump-diffusion model for option pricing.

    Args:
        panel: Returns of one asset; steps without one are left out.

    Returns:
        volatility [ratio a year], intensity [1/year], p_up [ratio], and eta_up and
        eta_down [1/log]: one over the mean size of a rise and of a fall.

    Raises:
        CalibrationError: If prices stand still, or jumps only imitate the diffusion.
    """
    if len(panel.assets) != 1:
        raise CalibrationError(
            f"{MODEL} are of one asset, not of {', '.join(panel.assets)}. Choose one "
            "with panel.of."
        )
    asset = panel.assets[0]
    returns = panel.returns[0, np.isfinite(panel.returns[0])]
    law = _Kou(returns, 1 / panel.steps_per_year, spread_of(returns, asset))
    best = maximum_likelihood(
        law.log_density, law.starts(), model=f"{MODEL} of {asset}"
    )
    expected = float(np.exp(best.parameters[2])) * law.years
    if expected > _MOST_A_STEP:
        raise CalibrationError(
            f"{MODEL} of {asset}: {expected:.2g} jumps a step are fitted, which only "
            "imitate the diffusion. Choose a shorter step, or a fit without jumps."
        )
    return Fit(
        model=MODEL,
        subject=(asset,),
        parameters=_estimates(best),
        window=panel.window,
        goodness=goodness_of_levels(
            law.level(best.parameters)[None],
            _scores(law, best.parameters),
            test=f"{MODEL} of {asset}",
        ),
        log_likelihood=best.log_likelihood,
    )


@dataclass(frozen=True)
class _Kou:
    """The law of one asset's steps.

    Parameters: place [spreads], log volatility [a year], log intensity [a year], logit
    of p_up, log of the mean rise and of the mean fall [log-return].

    Attributes:
        returns: Log-returns.
        years: Length of a step [year].
        spread: Standard deviation of a step, from the middle half of the returns.
    """

    returns: Float64[np.ndarray, " step"]
    years: float
    spread: float

    def starts(self) -> list[Parameters]:
        """Jumps beyond 3 and 6 spreads, and the rest as the diffusion."""
        starts = []
        center = float(np.median(self.returns))
        for reach in (3.0, 6.0):
            size = self.returns - center
            up, down = (
                size[size > reach * self.spread],
                -size[size < -reach * self.spread],
            )
            share = max(up.size + down.size, 2) / self.returns.size
            starts.append(
                np.array(
                    [
                        center / self.spread,
                        np.log(self.spread / np.sqrt(self.years)),
                        np.log(share / self.years),
                        np.log((up.size + 1) / (down.size + 1)),
                        np.log(up.mean() if up.size else reach * self.spread),
                        np.log(down.mean() if down.size else reach * self.spread),
                    ]
                )
            )
        return starts

    def log_density(self, parameters: Parameters) -> Float64[np.ndarray, " step"]:
        """Log-density of every return."""
        grid, density = self._density(parameters)
        value = interpolate.CubicSpline(grid, density)(self.returns)
        return np.log(np.maximum(value, _LEAST * density.max()))

    def level(self, parameters: Parameters) -> Float64[np.ndarray, " step"]:
        """Chance of a return below each one seen."""
        grid, density = self._density(parameters)
        below = interpolate.CubicSpline(grid, density).antiderivative()
        return np.clip(below(self.returns) / below(grid[-1]), 0, 1)

    def _density(
        self, parameters: Parameters
    ) -> tuple[Float64[np.ndarray, " point"], Float64[np.ndarray, " point"]]:
        sd = np.exp(parameters[1]) * np.sqrt(self.years)
        # The grid reaches every return: a large one makes it coarser, not short.
        reach = 1.5 * np.abs(self.returns - parameters[0] * self.spread).max()
        step = max(sd / _PER_SD, 2 * reach / _POINTS)
        frequency = 2 * np.pi * np.fft.fftfreq(_POINTS, step)
        transform = np.fft.fft(self._characteristic(parameters, frequency))
        grid = (np.arange(_POINTS) - _POINTS // 2) * step
        density = np.fft.fftshift(transform.real) / (_POINTS * step)
        return grid + parameters[0] * self.spread, density

    def _characteristic(
        self, parameters: Parameters, frequency: Float64[np.ndarray, " point"]
    ) -> Complex128[np.ndarray, " point"]:
        """Of a step less its place."""
        _, log_volatility, log_intensity, odds, log_rise, log_fall = parameters
        up = 1 / (1 + np.exp(-odds))
        rise = 1 / (1 - 1j * frequency * np.exp(log_rise))
        fall = 1 / (1 + 1j * frequency * np.exp(log_fall))
        jumps = np.exp(log_intensity) * (up * rise + (1 - up) * fall - 1)
        diffusion = np.exp(2 * log_volatility) * frequency**2 / 2
        return np.exp(self.years * (jumps - diffusion))


def _scores(law: _Kou, at: Parameters) -> Float64[np.ndarray, "observation parameter"]:
    ways = 1e-4 * np.eye(at.size)
    columns = [law.log_density(at + way) - law.log_density(at - way) for way in ways]
    return np.stack(columns, axis=1) / 2e-4


def _estimates(best: Maximum) -> dict[str, Estimate]:
    _, log_volatility, log_intensity, odds, log_rise, log_fall = best.parameters
    errors = best.errors
    volatility, intensity = np.exp(log_volatility), np.exp(log_intensity)
    up = 1 / (1 + np.exp(-odds))
    rise, fall = np.exp(-log_rise), np.exp(-log_fall)
    return {
        "volatility": Estimate.positive(
            volatility, volatility * errors[1], "ratio a year"
        ),
        "intensity": Estimate.positive(intensity, intensity * errors[2], "1/year"),
        "p_up": Estimate.normal(up, up * (1 - up) * errors[3], "ratio"),
        "eta_up": Estimate.positive(rise, rise * errors[4], "1/log"),
        "eta_down": Estimate.positive(fall, fall * errors[5], "1/log"),
    }

"""The basis of a pegged asset: how fast it returns, how it shakes, how it breaks.

Noise, outliers and jumps are each left out where the log-likelihood does not repay
their parameters (BIC). The search starts at round figures, and an end equal to a start
is refused. A basis whose likelihood is not significantly above that of one that only
wanders is refused too: its speed is nothing but the window's length.

The shocks are normal here. Where the config has Student-t shocks or regimes, these
make some of the moves that are jumps here: the intensity is then an upper figure. The
floor is the lowest price relative to the peg that was seen; the data say that a floor
is not above it, and nothing more.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float64, Shaped
from scipy import special

from ._estimate import CalibrationError, Estimate, Fit, Goodness, Window
from ._goodness import goodness_of_levels
from ._gradient import Data, climb, evaluate, maximum_at, scores
from ._likelihood import Maximum, Parameters
from ._panel import SECONDS_PER_YEAR
from ._peg_law import PegForm, law, levels


MODEL = "mean-reverting peg"

_FEWEST = 100  # observations
_REGULAR = 0.9  # share of pauses that makes observations regular
_NONE_SEEN = 3.0  # as many jumps are not excluded at 95 % where none was seen
_TOO_WIDE = 2.0  # times the standard deviation seen that a fit may imply
_LIVES = 10.0  # relaxation times after which the one seen is near that of the law
_UNTOLD = 3.0  # error of a logarithm beyond which the parameter may be zero
_LOCATION = 0.01  # unit in which means and levels are searched [log]
# Twice the log-likelihood that mean reversion has to bring, by number of parameters it
# brings: 5 % points of a random walk's (Dickey and Fuller 1981), tau^2, 2 and 3 Phi.
_UNIT_ROOT = {1: 3.8, 2: 9.2, 3: 14.0}


def fit_peg(
    time: Shaped[np.ndarray, " time"],
    basis: Float64[np.ndarray, " time"],
    *,
    subject: tuple[str, ...],
    level: bool = False,
    growth: bool = False,
) -> Fit:
    r"""Fit the engine's law of a pegged asset to its basis, observed with noise.

    .. math::
        x' = e^{-\kappa\,dt} x + \sigma \sqrt{\tfrac{1 - e^{-2 \kappa\, dt}}{2 \kappa}}
        \, z + J, \qquad y = b + g\,t + x + \epsilon

    The transition is exact for any pause dt between observations; jumps fall at its
    end, which understates them by half the decay of an hour, 1 % at a speed of 200.
    The noise is that of the price, not of the market: rounding, the bid-ask bounce,
    prices of two moments. Without it quotes of stablecoins, whose hourly returns have
    a correlation of -0.45, would seem to return to the peg within an hour. A share of
    outliers has a larger one.

    Source: Uhlenbeck and Ornstein (1930), On the theory of the Brownian motion; Merton
    (1976), Option pricing when underlying stock returns are discontinuous; Dickey and
    Fuller (1981), Likelihood ratio statistics for autoregressive time series with a
    unit root.

    Args:
        time: Times of the observations, UTC, increasing.
        basis: Log price relative to the reference, as `log_basis` gives it.
        subject: The asset, and its reference.
        level: Whether the basis returns to a level that is fitted, and not to zero.
        growth: Whether that level grows, as the rate of a staking token does.

    Returns:
        speed [1/year], volatility [ratio a year], intensity [1/year], mean and sd of
        jumps [log], level [log], growth [log a year], noise [log], outlier_share
        [ratio], outlier_sd [log], those that there are; and floor [ratio].

    Raises:
        CalibrationError: If there are fewer than 100 observations, the basis stands
            still, or it does not return.
    """
    name = f"{MODEL} of {' against '.join(subject)}"
    data = _data(time, basis, name)
    form = PegForm(
        reverts=True,
        noise=True,
        jumps=True,
        outliers=True,
        level=level or growth,
        growth=growth,
    )
    form, found = _select(form, data, name)
    data = _with_units(data, form)
    best = maximum_at(law(form), data, found, model=name)
    estimates = _estimates(form, best, data)
    _refuse_if_still(estimates, name)
    _refuse_if_too_wide(estimates, data, name)
    return Fit(
        model=MODEL,
        subject=subject,
        parameters=estimates,
        window=_window(time),
        goodness=_goodness(form, best, data, name),
        log_likelihood=best.log_likelihood,
    )


def _data(
    time: Shaped[np.ndarray, " time"], basis: Float64[np.ndarray, " time"], name: str
) -> Data:
    if basis.size < _FEWEST:
        raise CalibrationError(
            f"{name}: there are {basis.size} observations, and {_FEWEST} are needed. "
            "Choose a longer window."
        )
    if np.mean(np.diff(basis) == 0) > 0.5:
        raise CalibrationError(
            f"{name}: more than half of the moves are zero, so prices are too coarse "
            "or stale to show a basis. Choose a longer step, or another source."
        )
    seconds = (time - time[0]) / np.timedelta64(1, "s")
    return {"year": seconds / SECONDS_PER_YEAR, "basis": basis}


def _with_units(data: Data, form: PegForm) -> Data:
    unit = [
        1.0 if parameter.startswith("log_") else _LOCATION for parameter in form.names
    ]
    return {**data, "unit": np.array(unit)}


def _starts(form: PegForm, data: Data) -> list[Parameters]:
    """Round figures, with volatility and noise from the moves and their correlation."""
    move = np.diff(data["basis"])
    pause = float(np.median(np.diff(data["year"])))
    bounds = np.quantile(move, [0.05, 0.95])
    usual = np.clip(move, *bounds)
    bounce = max(-float(np.mean(usual[1:] * usual[:-1])), 0.02 * float(usual.var()))
    rest = max(float(usual.var()) - 2 * bounce, 0.05 * float(usual.var()))
    figures = {
        "log_volatility": np.log(rest / pause) / 2,
        "log_noise": np.log(bounce) / 2,
        "log_odds": np.log(0.02),
        "log_outlier": np.log(bounce) / 2 + np.log(4.0),
        "mean": 0.0,
        "log_sd": np.log(move.std()) + np.log(2.0),
        "level": float(np.median(data["basis"])) / _LOCATION,
        "growth": 0.0,
    }
    return [
        np.array(
            [
                {"log_speed": np.log(speed), "log_intensity": np.log(rate), **figures}[
                    parameter
                ]
                for parameter in form.names
            ]
        )
        for speed, rate in ((30.0, 10.0), (300.0, 100.0))
    ]


def _select(form: PegForm, data: Data, name: str) -> tuple[PegForm, Parameters]:
    """Leave out what is not worth its parameters, and ask whether the basis returns."""
    size = data["basis"].size

    def search(trial: PegForm, starts: list[Parameters]) -> tuple[Parameters, float]:
        return climb(law(trial), _with_units(data, trial), starts)

    found, best = search(form, _starts(form, data))
    for part, count in (("outliers", 2), ("jumps", 3), ("noise", 1)):
        trial = replace(form, **{part: False})
        # Where parts have taken each other's place only a fresh start gets away.
        fresh = _starts(trial, data)
        without, value = search(trial, [_kept(form, found, trial), *fresh])
        if best - value < count * np.log(size) / 2:
            form, found, best = trial, without, value
    _refuse_if_idle(form, data, found, name)
    wanders = replace(form, reverts=False, level=False, growth=False)
    gain = 2 * (best - search(wanders, [_kept(form, found, wanders)])[1])
    needed = _UNIT_ROOT[1 + form.level + form.growth]
    if gain < needed:
        raise CalibrationError(
            f"{name}: the basis does not return within the window: mean reversion "
            f"raises twice the log-likelihood by {gain:.1f}, and a random walk reaches "
            f"{needed} in one window of twenty. Use more data, or take its speed from "
            "elsewhere."
        )
    return form, found


def _kept(
    form: PegForm, found: Parameters, smaller: PegForm
) -> Float64[np.ndarray, " kept"]:
    """The parameters that a smaller form has too."""
    return found[[form.names.index(parameter) for parameter in smaller.names]]


def _refuse_if_idle(form: PegForm, data: Data, found: Parameters, name: str) -> None:
    speed = form.names.index("log_speed")
    if any(abs(found[speed] - one[speed]) < 1e-6 for one in _starts(form, data)):
        raise CalibrationError(
            f"{name}: the speed is that from which the search started, so the data "
            "say nothing about it. Use more data."
        )


def _refuse_if_still(estimates: dict[str, Estimate], name: str) -> None:
    """Refuse a basis that only jumps: its volatility could be any small number."""
    volatility = estimates["volatility"]
    if volatility.error > _UNTOLD * volatility.value:
        raise CalibrationError(
            f"{name}: jumps and noise explain every move, and the volatility between "
            f"them, {volatility.value:.2g} ± {volatility.error:.2g}, is not told. Use "
            "a longer step, or a cleaner source."
        )


def _refuse_if_too_wide(estimates: dict[str, Estimate], data: Data, name: str) -> None:
    """Refuse jumps that undo each other: bad prices that last, which no term is for."""
    value = {parameter: estimate.value for parameter, estimate in estimates.items()}
    jumps = value["intensity"] * (value.get("mean", 0) ** 2 + value.get("sd", 0) ** 2)
    implied = np.sqrt((value["volatility"] ** 2 + jumps) / (2 * value["speed"]))
    seen = float(data["basis"].std())
    lives = value["speed"] * float(data["year"][-1])
    if lives > _LIVES and implied > _TOO_WIDE * seen:
        raise CalibrationError(
            f"{name}: the fit implies a standard deviation of the basis of "
            f"{implied:.2g}, and {seen:.2g} was seen over {lives:.0f} relaxation "
            "times: its jumps undo each other, as prices do that are bad for hours. "
            "Use a cleaner source, or a longer step such as medians of days."
        )


def _goodness(form: PegForm, best: Maximum, data: Data, name: str) -> Goodness:
    level = evaluate(levels(form), best.parameters, data)
    return goodness_of_levels(
        level[None], scores(law(form), data, best.parameters), test=name
    )


def _window(time: Shaped[np.ndarray, " time"]) -> Window:
    pause = np.diff(time) / np.timedelta64(1, "s")
    usual = float(np.median(pause))
    regular = np.mean(np.abs(pause / usual - 1) < 0.01) > _REGULAR
    return Window(time[0], time[-1], usual if regular else 0.0, time.size)


def _estimates(form: PegForm, best: Maximum, data: Data) -> dict[str, Estimate]:
    value = dict(zip(form.names, best.parameters * data["unit"], strict=True))
    error = dict(zip(form.names, best.errors * data["unit"], strict=True))

    def positive(parameter: str, unit: str) -> Estimate:
        size = float(np.exp(value[parameter]))
        wide = float(error[parameter])
        if wide > _UNTOLD:
            return Estimate(size, size * wide, 0.0, size * (1 + 2 * wide), unit)
        return Estimate.positive(size, size * wide, unit)

    def location(parameter: str, unit: str) -> Estimate:
        return Estimate.normal(float(value[parameter]), float(error[parameter]), unit)

    found = {
        "speed": positive("log_speed", "1/year"),
        "volatility": positive("log_volatility", "ratio a year"),
    }
    if form.jumps:
        found["intensity"] = positive("log_intensity", "1/year")
        found["mean"] = location("mean", "log")
        found["sd"] = positive("log_sd", "log")
    else:
        none_seen = _NONE_SEEN / float(data["year"][-1])
        found["intensity"] = Estimate(0.0, float("nan"), 0.0, none_seen, "1/year")
    if form.level:
        found["level"] = location("level", "log")
    if form.growth:
        found["growth"] = location("growth", "log a year")
    if form.noise:
        found["noise"] = positive("log_noise", "log")
    if form.outliers:
        share = float(special.expit(value["log_odds"]))
        found["outlier_share"] = Estimate.positive(
            share, share * (1 - share) * float(error["log_odds"]), "ratio"
        )
        found["outlier_sd"] = positive("log_outlier", "log")
    peg = value.get("level", 0.0) + value.get("growth", 0.0) * data["year"]
    lowest = float(np.exp(np.min(data["basis"] - peg)))
    found["floor"] = Estimate(lowest, float("nan"), 0.0, lowest, "ratio")
    return found

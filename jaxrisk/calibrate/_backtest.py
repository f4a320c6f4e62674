"""Whether a model's value at risk holds on days it has not seen."""

import functools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy import special, stats

from ._estimate import CalibrationError, Goodness
from ._forecaster import AbstractForecaster


LEVELS = (0.95, 0.975, 0.99)
"""Levels of value at risk that are tested."""

_HISTORIES = 1999  # simulated for the tests of independence
_SEED = 20_260_101


@dataclass(frozen=True)
class LevelTest:
    """Exceedances of value at risk at one level.

    Attributes:
        level: Of the value at risk: 0.99 is exceeded on one day in a hundred.
        value_at_risk: Loss forecast for each day, as a log-return with its sign turned.
        exceeded: Days on which the loss was larger.
        coverage: Kupiec's test of their number.
        independence: Christoffersen's test of whether they cluster.
        conditional: Christoffersen's test of both at once.
    """

    level: float
    value_at_risk: Float64[np.ndarray, " day"]
    exceeded: Bool[np.ndarray, " day"]
    coverage: Goodness
    independence: Goodness
    conditional: Goodness

    @property
    def expected(self) -> float:
        """Exceedances that a right model has on average."""
        return (1 - self.level) * self.exceeded.size


def backtest(
    forecaster: AbstractForecaster,
    returns: Float64[np.ndarray, " day"],
    *,
    window: int = 365,
    levels: tuple[float, ...] = LEVELS,
) -> tuple[LevelTest, ...]:
    """Forecast every day from the days before it, and count the losses beyond.

    The forecast of a day is made of the `window` returns that end the day before, and
    of nothing else: the forecaster is given no other numbers. The loss is that of the
    long side, so value at risk is minus a low quantile of the return.

    Args:
        forecaster: What is tested; fitted anew for every day, or as often as it says.
        returns: Log-returns over days, or over other equal steps, in their order.
        window: Days that a forecast is made of.
        levels: Levels of value at risk, between a half and one.

    Returns:
        The tests of each level.

    Raises:
        CalibrationError: If a return is missing, or fewer than 100 days are left to
            forecast.
    """
    if not np.isfinite(returns).all():
        missing = int(np.argmin(np.isfinite(returns)))
        raise CalibrationError(
            f"return {missing} of {returns.size} is missing, and exceedances have to "
            "follow each other day by day. Choose a window without gaps."
        )
    days = returns.size - window
    if days < 100:
        raise CalibrationError(
            f"{returns.size} returns leave {max(days, 0)} days to forecast after a "
            f"window of {window}, and 100 are needed. Use more data, or a shorter "
            "window."
        )
    tail = 1 - np.asarray(levels)
    past = np.lib.stride_tricks.sliding_window_view(returns[:-1], window)
    quantile = np.empty((tail.size, days))
    for day, seen in enumerate(past):
        forecaster = forecaster.after(seen)
        quantile[:, day] = forecaster.quantiles(seen, tail)
    realized = returns[window:]
    return tuple(
        level_test(level, -row, realized < row)
        for level, row in zip(levels, quantile, strict=True)
    )


def level_test(
    level: float,
    value_at_risk: Float64[np.ndarray, " day"],
    exceeded: Bool[np.ndarray, " day"],
) -> LevelTest:
    """The three tests of a row of exceedances, at one level."""
    return LevelTest(
        level=level,
        value_at_risk=value_at_risk,
        exceeded=exceeded,
        coverage=kupiec(exceeded, level),
        independence=christoffersen_independence(exceeded, level),
        conditional=christoffersen_conditional(exceeded, level),
    )


def kupiec(exceeded: Bool[np.ndarray, " day"], level: float) -> Goodness:
    r"""Whether exceedances are as many as they should be: unconditional coverage.

    .. math:: LR = 2 \left( \ell(x / n) - \ell(1 - c) \right), \qquad
        \ell(p) = x \ln p + (n - x) \ln(1 - p)

    The p-value is exact: the chance, under the binomial law, of a count whose ratio is
    as large. So it holds for few exceedances, where chi-square with one degree of
    freedom does not.

    Source: Kupiec (1995), Techniques for verifying the accuracy of risk measurement
    models.
    """
    count, days = int(exceeded.sum()), exceeded.size
    every = np.arange(days + 1)
    ratio = _coverage_ratio(every, days, 1 - level)
    chance = stats.binom.pmf(every, days, 1 - level)
    as_large = ratio >= ratio[count] - 1e-9
    return Goodness(
        f"Kupiec's test of coverage at {level:.1%}",
        float(ratio[count]),
        min(float(chance[as_large].sum()), 1.0),
    )


def christoffersen_independence(
    exceeded: Bool[np.ndarray, " day"], level: float
) -> Goodness:
    """Whether an exceedance is as likely after one as after none.

    The likelihood ratio of a Markov chain against independent days. Its p-value is
    that of simulated independent days of the same level, 1,999 of them by a fixed
    seed, ties broken at random: chi-square is wrong where exceedances seldom meet.

    Source: Christoffersen (1998), Evaluating interval forecasts; Dufour (2006), Monte
    Carlo tests with nuisance parameters.
    """
    statistic = float(_independence_ratio(exceeded[None])[0])
    simulated, _ = _simulated(exceeded.size, level)
    return Goodness(
        f"Christoffersen's test of independence at {level:.1%}",
        statistic,
        _share_as_large(statistic, simulated, exceeded),
    )


def christoffersen_conditional(
    exceeded: Bool[np.ndarray, " day"], level: float
) -> Goodness:
    """Whether exceedances are as many as they should be, and independent.

    The sum of the ratios of coverage and of independence; its p-value is simulated, as
    that of independence.

    Source: Christoffersen (1998), Evaluating interval forecasts.
    """
    days = exceeded.size
    coverage = _coverage_ratio(np.array([exceeded.sum()]), days, 1 - level)
    statistic = float((coverage + _independence_ratio(exceeded[None]))[0])
    _, simulated = _simulated(days, level)
    return Goodness(
        f"Christoffersen's test of conditional coverage at {level:.1%}",
        statistic,
        _share_as_large(statistic, simulated, exceeded),
    )


def _share_as_large(
    statistic: float,
    simulated: Float64[np.ndarray, " history"],
    exceeded: Bool[np.ndarray, " day"],
) -> float:
    """Share of simulated statistics as large, equal ones ranked at random."""
    larger = int(np.sum(simulated > statistic + 1e-9))
    equal = int(np.sum(np.abs(simulated - statistic) <= 1e-9))
    # Of the exceedances alone, so that equal data have equal p-values.
    draw = np.random.default_rng([_SEED, *np.flatnonzero(exceeded).tolist()])
    rank = int(draw.integers(equal + 1))
    return (larger + rank + 1) / (simulated.size + 1)


@functools.lru_cache(maxsize=32)
def _simulated(
    days: int, level: float
) -> tuple[Float64[np.ndarray, " history"], Float64[np.ndarray, " history"]]:
    """Ratios of independence, and of conditional coverage, of independent days."""
    draw = np.random.default_rng(_SEED)
    exceeded = draw.random((_HISTORIES, days)) < 1 - level
    independence = _independence_ratio(exceeded)
    coverage = _coverage_ratio(exceeded.sum(axis=1), days, 1 - level)
    return independence, independence + coverage


def _coverage_ratio(
    count: Int64[np.ndarray, " history"], days: int, chance: float
) -> Float64[np.ndarray, " history"]:
    return 2 * (
        _log_likelihood(count, np.full(count.shape, days), count / days)
        - _log_likelihood(count, np.full(count.shape, days), np.asarray(chance))
    )


def _independence_ratio(
    exceeded: Bool[np.ndarray, "history day"],
) -> Float64[np.ndarray, " history"]:
    before, after = exceeded[:, :-1], exceeded[:, 1:]
    ratio = np.zeros(exceeded.shape[0])
    for state in (before, ~before):
        days = state.sum(axis=1)
        count = (state & after).sum(axis=1)
        ratio += _log_likelihood(count, days, count / np.maximum(days, 1))
    days = np.full(ratio.shape, after.shape[1])
    count = after.sum(axis=1)
    return 2 * (ratio - _log_likelihood(count, days, count / days))


def _log_likelihood(
    count: Int64[np.ndarray, " history"],
    days: Int64[np.ndarray, " history"],
    chance: Float64[np.ndarray, "*any"],
) -> Float64[np.ndarray, " history"]:
    """Of `count` exceedances in `days` days, zero times the log of zero being zero."""
    return special.xlogy(count, chance) + special.xlog1py(days - count, -chance)

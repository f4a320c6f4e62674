"""Implied-volatility surface: raw SVI of each expiry of a chain."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, astuple, dataclass
from math import comb

import numpy as np
from jaxtyping import Bool, Float64
from scipy import optimize, special, stats

from ..data.options import OptionChain
from ..options import RawSvi
from ._estimate import CONFIDENCE, CalibrationError, Estimate, Fit, Goodness, Window
from ._svi import Free, Points, starts, svi_of


Slopes = Float64[np.ndarray, "point free"]

FEWEST_QUOTES = 6
"""One more than parameters."""
LEAST_DELTA = 0.01
"""Of an option that is used [coin]: further out, a mark is a tick or two."""
GRID = 200
"""Points at which a slice is looked at for arbitrage, between its outer quotes."""


@dataclass(frozen=True)
class Smile:
    """One expiry: what was fitted, and how well.

    Attributes:
        expiry: Expiry, UTC.
        time: Time to expiry [year].
        forward: Forward [USD].
        svi: The fitted curve.
        fit: Its parameters with errors.
        moneyness: Log-moneyness of the quotes, increasing.
        volatility: Their implied volatilities [ratio].
        rmse: Root of the mean squared error of volatility, all quotes alike [ratio].
    """

    expiry: np.datetime64
    time: float
    forward: float
    svi: RawSvi
    fit: Fit
    moneyness: Points
    volatility: Points
    rmse: float

    def at(self, moneyness: Points) -> Points:
        """Implied volatility by log-moneyness [ratio]."""
        return np.sqrt(self.svi.variance(moneyness) / self.time)

    @property
    def least_density(self) -> float:
        """Lowest of Gatheral and Jacquier's g between the outer quotes."""
        grid = np.linspace(self.moneyness[0], self.moneyness[-1], GRID)
        return float(self.svi.density_factor(grid).min())


@dataclass(frozen=True)
class Surface:
    """The smiles of one asset at one time.

    Attributes:
        asset: Symbol of the coin.
        snapshot: Time of the chain, UTC.
        smiles: By expiry, increasing.
        refused: Why an expiry has no smile, by expiry.
    """

    asset: str
    snapshot: np.datetime64
    smiles: tuple[Smile, ...]
    refused: Mapping[np.datetime64, str]

    @property
    def rmse(self) -> float:
        """Root of the mean squared error of volatility over all quotes [ratio]."""
        square = sum(one.rmse**2 * one.moneyness.size for one in self.smiles)
        return float(np.sqrt(square / sum(one.moneyness.size for one in self.smiles)))

    def arbitrage(self) -> list[str]:
        """Sentences on butterflies and calendars that cost less than nothing.

        Looked for between the outer quotes of a smile, and of two in a row. Wings are
        fitted below Lee's slope, so far strikes are not in question.
        """
        found = []
        for one in self.smiles:
            day = str(one.expiry)[:10]
            if one.least_density < 0:
                found.append(
                    f"{self.asset} {day}: a butterfly costs less than nothing "
                    f"(g = {one.least_density:.2g})."
                )
        for near, far in zip(self.smiles, self.smiles[1:], strict=False):
            low = max(near.moneyness[0], far.moneyness[0])
            high = min(near.moneyness[-1], far.moneyness[-1])
            grid = np.linspace(low, high, GRID)
            gap = float((far.svi.variance(grid) - near.svi.variance(grid)).min())
            if gap < 0:
                found.append(
                    f"{self.asset} {str(near.expiry)[:10]} to {str(far.expiry)[:10]}: "
                    f"total variance falls by {-gap:.2g}, a calendar arbitrage."
                )
        return found

    def lines(self) -> list[str]:
        """The surface for people, a line each."""
        return [
            f"{self.asset} {str(self.snapshot)[:16]}: {len(self.smiles)} expiries, "
            f"off by {100 * self.rmse:.2f} volatility points (root mean square)",
            *(
                f"{str(one.expiry)[:10]} {one.moneyness.size:3} quotes, at the money "
                f"{one.at(np.zeros(1))[0]:.1%}, off by {100 * one.rmse:.2f} points"
                for one in self.smiles
            ),
            *self.refused.values(),
            *self.arbitrage(),
        ]


def fit_surface(chain: OptionChain) -> Surface:
    """Fit every expiry of a chain.

    Raises:
        CalibrationError: If no expiry can be fitted, with the reason of each.
    """
    smiles, refused = [], {}
    for expiry in np.unique(chain.expiry):
        try:
            smiles.append(fit_smile(chain, expiry))
        except CalibrationError as error:
            refused[expiry] = str(error)
    if not smiles:
        raise CalibrationError("\n".join(refused.values()))
    return Surface(chain.asset, chain.snapshot, tuple(smiles), refused)


def fit_smile(chain: OptionChain, expiry: np.datetime64) -> Smile:
    """Fit raw SVI to one expiry, by least squares in price.

    Of each strike the option out of the money is used. Residuals are differences of
    volatility times vega: an error of a tick counts alike at every strike. Errors of
    parameters take the residuals for independent; on a vendor's smoothed marks they
    are not, which the goodness of fit then says.

    Raises:
        CalibrationError: If fewer than six quotes have a delta beyond 0.01.
    """
    used = _usable(chain, expiry)
    where = np.flatnonzero(used)[np.argsort(chain.strike[used], kind="stable")]
    if where.size < FEWEST_QUOTES:
        raise CalibrationError(
            f"{chain.asset} {str(expiry)[:10]} has {where.size} quotes out of the "
            f"money with a delta beyond {LEAST_DELTA:g}, and raw SVI needs "
            f"{FEWEST_QUOTES}: it has five parameters. Leave the expiry out, or "
            "interpolate its neighbours in total variance."
        )
    moneyness = np.log(chain.strike[where] / chain.forward[where])
    volatility, time = chain.volatility[where], chain.time[where]
    weight = _vega(moneyness, volatility * np.sqrt(time))

    def residuals(free: Free) -> Points:
        modelled = np.sqrt(svi_of(free).variance(moneyness) / time)
        return weight * (modelled - volatility)

    scale = weight / (2 * volatility * time)
    ends = [
        optimize.least_squares(residuals, start, x_scale="jac", max_nfev=400)
        for start in starts(moneyness, volatility**2 * time, scale)
    ]
    best = min(ends, key=lambda end: end.cost).x
    left = residuals(best)
    return Smile(
        expiry=expiry,
        time=float(np.median(time)),
        forward=float(np.median(chain.forward[where])),
        svi=svi_of(best),
        fit=_reported(chain, expiry, best, residuals(best), _slopes(residuals, best)),
        moneyness=moneyness,
        volatility=volatility,
        rmse=float(np.sqrt(np.mean((left / weight) ** 2))),
    )


def _usable(chain: OptionChain, expiry: np.datetime64) -> Bool[np.ndarray, " option"]:
    """Options of the expiry out of the money, and not too far."""
    moneyness = np.log(chain.strike / chain.forward)
    deviation = chain.volatility * np.sqrt(chain.time)
    out = np.where(chain.is_call, moneyness >= 0, moneyness < 0)
    upper = special.ndtr(-moneyness / deviation + deviation / 2)
    delta = np.where(chain.is_call, upper, 1 - upper)
    return (chain.expiry == expiry) & out & (delta >= LEAST_DELTA)


def _vega(moneyness: Points, deviation: Points) -> Points:
    """Vega over its largest value."""
    d1 = -moneyness / deviation + deviation / 2
    density = np.exp(-(d1**2) / 2)
    return density / density.max()


def _slopes(
    function: Callable[[Free], Float64[np.ndarray, " value"]], at: Free
) -> Float64[np.ndarray, "value free"]:
    """Central differences."""
    steps = np.diag(1e-5 * np.maximum(np.abs(at), 1e-2))
    sides = [
        (function(at + step) - function(at - step)) / (2 * step.max()) for step in steps
    ]
    return np.stack(sides, axis=1)


def _reported(
    chain: OptionChain, expiry: np.datetime64, best: Free, left: Points, slopes: Slopes
) -> Fit:
    """Parameters with errors by the delta method, and Student's intervals."""
    freedom = left.size - best.size
    variance = float(left @ left) / freedom
    natural = _slopes(lambda free: np.asarray(astuple(svi_of(free))), best)
    # Columns of very different size: scaled, so that the inverse is of correlations.
    size = np.maximum(np.linalg.norm(slopes, axis=0), 1e-300)
    values, vectors = np.linalg.eigh((slopes / size).T @ (slopes / size))
    known = values[0] > 1e-12 * values[-1]
    across = natural @ (vectors / size[:, None])
    with np.errstate(divide="ignore"):
        errors = np.sqrt((across**2 / np.maximum(values, 0)).sum(axis=1) * variance)
    errors = errors if known else np.full(best.size, np.inf)
    reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
    units = ("1", "1", "1", "log", "log")
    parameters = {
        name: Estimate(value, error, value - reach * error, value + reach * error, unit)
        for (name, value), error, unit in zip(
            asdict(svi_of(best)).items(), errors.tolist(), units, strict=True
        )
    }
    return Fit(
        model="raw SVI",
        subject=(chain.asset, str(expiry)[:10]),
        parameters=parameters,
        window=Window(chain.snapshot, chain.snapshot, 0.0, left.size),
        goodness=_runs_test(left),
        log_likelihood=float("nan"),
    )


def _runs_test(left: Points) -> Goodness:
    """Whether residuals change sign along the strikes as often as chance would.

    Wald and Wolfowitz (1940), On a test whether two samples are from the same
    population: the exact chance of so few runs. Parameters fitted to the residuals
    make for more runs, so the test errs on the side of the model.
    """
    above = left > 0
    runs = 1 + int(np.count_nonzero(np.diff(above)))
    high, low = int(above.sum()), int((~above).sum())
    chance = sum(_chance_of_runs(count, high, low) for count in range(1, runs + 1))
    return Goodness("runs of residuals along strikes", float(runs), min(chance, 1.0))


def _chance_of_runs(runs: int, high: int, low: int) -> float:
    """Chance of this many runs of `high` and `low` signs in a random order."""
    if min(high, low) == 0:
        return float(runs == 1)
    half, odd = divmod(runs, 2)
    if odd:
        ways = comb(high - 1, half) * comb(low - 1, half - 1) if half else 0
        ways += comb(high - 1, half - 1) * comb(low - 1, half) if half else 0
    else:
        ways = 2 * comb(high - 1, half - 1) * comb(low - 1, half - 1)
    return ways / comb(high + low, high)

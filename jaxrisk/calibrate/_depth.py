r"""Depth and exponent of a venue from quotes: what the engine's power law pays.

A sale of x USD at the mid brings, by `PowerLawVenue.proceeds` without an inventory,

.. math:: \ln\frac{proceeds}{x} = -\frac{Y}{1+\delta} \Big(\frac{x}{D}\Big)^\delta,
          \qquad Y = -\ln(1 - move)

where depth D is the sale after which the *marginal* price is down by `move`. Quotes
give mean prices, which have fallen by less: at an exponent of one, by half. So the sale
whose mean price is down by `move` is about twice the depth, and is not the depth.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64
from scipy import optimize

from ..data._dollars import DOLLARS
from ..data.depth import QuoteLadder
from ._clusters import estimate_of, estimate_of_log, jackknife_errors, score_test
from ._estimate import CalibrationError, Fit, Goodness, Window


REFERENCE_MOVE = 0.02
"""Of the marginal price, by which the config states a depth [ratio]."""
LARGEST_FALL = 0.05
"""Of the mean price, in quotes that are used [ratio]; a power law is local."""
EXPONENTS = (0.1, 4.0)
"""Between which an exponent is looked for."""
CLUSTERS = 40
"""Most groups of ladders, one after the other in time, that errors are taken from."""
FEWEST_LADDERS, FEWEST_QUOTES = 8, 4

Values = Float64[np.ndarray, " quote"]
Parameters = Float64[np.ndarray, " parameter"]


@dataclass(frozen=True)
class DepthFit:
    """A power law of impact, and how far it was measured.

    Attributes:
        fit: Parameters `depth_usd` [USD] and, unless it was given, `exponent`.
        exponent: The exponent, fitted or given.
        reference_move: Fall of the marginal price after a sale of the depth [ratio].
        rmse: Root of the mean squared error of the log of the mean price.
        last_quote_usd: Largest sale used [USD]; the law says nothing beyond.
        last_fall: Fall of the mean price at that sale, as quoted [ratio].
        left_out: Larger sales, whose mean price had fallen by more than was asked for.
    """

    fit: Fit
    exponent: float
    reference_move: float
    rmse: float
    last_quote_usd: float
    last_fall: float
    left_out: int

    def lines(self) -> list[str]:
        """The fit for people, a line each."""
        named = [
            f"{name} {one.value:.4g} ({one.low:.4g} to {one.high:.4g}) {one.unit}"
            for name, one in self.fit.parameters.items()
        ]
        return [
            f"{' for '.join(self.fit.subject)}: {', '.join(named)}; off by "
            f"{1e4 * self.rmse:.1f} bp (root mean square)",
            f"last quote {self.last_quote_usd:,.0f} USD, mean price down by "
            f"{self.last_fall:.2%}: beyond it the law is an extrapolation; "
            f"{self.left_out:,} larger quotes left out",
        ]


def fit_depth(
    ladder: QuoteLadder,
    *,
    exponent: float | None = None,
    reference_move: float = REFERENCE_MOVE,
    largest_fall: float = LARGEST_FALL,
) -> DepthFit:
    """Fit the power-law venue to quotes by least squares in the log of the mean price.

    Every ladder has its own mid, a free number: the mid of quotes is not known, and
    prices move from ladder to ladder. Errors are by jackknife over ladders, or over
    groups of them in a row, so that what the quotes of one time have in common, depth
    of the hour included, is in them.

    Args:
        ladder: Sales for a dollar token.
        exponent: The exponent; fitted too, if None.
        reference_move: Fall of the marginal price that states the depth [ratio].
        largest_fall: Quotes whose mean price is down by more are left out [ratio].

    Raises:
        CalibrationError: If proceeds are not dollars, there are too few ladders, or no
            sale moves the price.
    """
    used, cluster = _usable(ladder, largest_fall)
    move = -np.log1p(-reference_move)
    groups = ladder.ladder[used]
    law = _Law(
        size=np.log(ladder.worth[used]),
        price=np.log(ladder.proceeds[used] / ladder.sold[used]),
        groups=groups,
        move=move,
        exponent=exponent,
    )
    best = law.fit()
    names = np.unique(cluster)
    others = np.stack([law.only(cluster != one).fit() for one in names])
    errors, count = jackknife_errors(others), names.size
    depth = float(np.exp(best[0]))
    parameters = {"depth_usd": estimate_of_log(depth, float(errors[0]), count, "USD")}
    if exponent is None:
        parameters["exponent"] = estimate_of(
            float(best[1]), float(errors[1]), count, "1"
        )
    last = int(np.argmax(np.where(used, ladder.worth, 0)))
    time = ladder.time[used]
    fit = Fit(
        model="power-law impact",
        subject=(ladder.asset, ladder.quote),
        parameters=parameters,
        window=Window(time.min(), time.max(), 0.0, int(used.sum())),
        goodness=_curvature_test(law, best, cluster),
        log_likelihood=float("nan"),
    )
    return DepthFit(
        fit=fit,
        exponent=float(best[1]) if exponent is None else exponent,
        reference_move=reference_move,
        rmse=float(np.sqrt(np.mean(law.residuals(best) ** 2))),
        last_quote_usd=float(ladder.worth[last]),
        last_fall=float(ladder.fall[last]),
        left_out=int(used.size - used.sum()),
    )


@dataclass(frozen=True)
class _Law:
    """The regression: log mean prices on log sizes, ladder by ladder."""

    size: Values
    price: Values
    groups: Int64[np.ndarray, " quote"]
    move: float
    exponent: float | None

    def only(self, chosen: Bool[np.ndarray, " quote"]) -> "_Law":
        return _Law(
            self.size[chosen],
            self.price[chosen],
            self.groups[chosen],
            self.move,
            self.exponent,
        )

    def fit(self) -> Parameters:
        """Log depth, and the exponent if it is free.

        Given the exponent the law is linear in one number, so the search is over the
        exponent alone.
        """
        if self.exponent is not None:
            return np.array([self._log_depth(self.exponent)])
        found = optimize.fminbound(self._cost, *EXPONENTS, xtol=1e-9)
        power = float(np.asarray(found))
        if not 1.001 * EXPONENTS[0] < power < 0.999 * EXPONENTS[1]:
            raise CalibrationError(
                f"the exponent of the impact is outside {EXPONENTS[0]:g} to "
                f"{EXPONENTS[1]:g}, which is no power law near the mid. Use quotes of "
                "more sizes, or give the exponent."
            )
        return np.array([self._log_depth(power), power])

    def residuals(self, at: Parameters) -> Values:
        """Log prices less the law and the mid of each ladder."""
        return self.within(self.price - self.impact(at))

    def impact(self, at: Parameters) -> Values:
        """Log of the mean price over the mid."""
        power = self._power(at)
        return -self.move / (1 + power) * np.exp(power * (self.size - at[0]))

    def jacobian(self, at: Parameters) -> Float64[np.ndarray, "quote parameter"]:
        """Slopes of the impact, ladder by ladder, in log depth and the exponent."""
        power, impact = self._power(at), self.impact(at)
        slopes = [-power * impact, impact * (self.size - at[0] - 1 / (1 + power))]
        return np.stack([self.within(slope) for slope in slopes[: at.size]], axis=1)

    def _cost(self, power: float) -> float:
        shape, price = self._shape(power), self.within(self.price)
        return float(price @ price - (shape @ price) ** 2 / (shape @ shape))

    def _log_depth(self, power: float) -> float:
        shape = self._shape(power)
        slope = float(shape @ self.within(self.price) / (shape @ shape))
        if not slope < 0:
            raise CalibrationError(
                "larger sales are quoted at better prices, so there is no impact to "
                "fit. Quote larger sales."
            )
        scale = -slope * (1 + power) / self.move
        return float(np.max(self.size) - np.log(scale) / power)

    def _shape(self, power: float) -> Values:
        return self.within(np.exp(power * (self.size - np.max(self.size))))

    def within(self, values: Values) -> Values:
        """Less the mean of each ladder."""
        code = np.unique(self.groups, return_inverse=True)[1]
        return values - (np.bincount(code, values) / np.bincount(code))[code]

    def _power(self, at: Parameters) -> float:
        return float(at[1]) if self.exponent is None else self.exponent


def _usable(
    ladder: QuoteLadder, largest_fall: float
) -> tuple[Bool[np.ndarray, " quote"], Int64[np.ndarray, " used"]]:
    """Quotes that are used, and the cluster of each."""
    if ladder.quote not in DOLLARS:
        raise CalibrationError(
            f"{ladder.asset} is quoted in {ladder.quote}, and a depth is in dollars. "
            f"Use quotes for one of {', '.join(DOLLARS)}."
        )
    used = ladder.fall <= largest_fall
    size = np.bincount(ladder.ladder[used], minlength=int(ladder.ladder[-1]) + 1)
    used &= size[ladder.ladder] >= FEWEST_QUOTES
    names, code = np.unique(ladder.ladder[used], return_inverse=True)
    if names.size < FEWEST_LADDERS:
        raise CalibrationError(
            f"{ladder.asset} for {ladder.quote} has {names.size} ladders of at least "
            f"{FEWEST_QUOTES} quotes whose price is down by no more than "
            f"{largest_fall:g}, and {FEWEST_LADDERS} are needed for an error. Use more "
            "ladders, or a larger fall."
        )
    moved = float(ladder.fall[used].max())
    if moved < 1e-4:
        raise CalibrationError(
            f"{ladder.asset} for {ladder.quote}: no quote is down by a basis point "
            f"({moved:.1e}), so nothing is known of the impact. Quote larger sales."
        )
    return used, code * min(CLUSTERS, names.size) // names.size


def _curvature_test(
    law: _Law, best: Parameters, cluster: Int64[np.ndarray, " used"]
) -> Goodness:
    """Whether the square of the fitted impact explains what is left (RESET).

    Ramsey (1969), Tests for specification errors in classical linear least-squares
    regression analysis; with sums by cluster, as the errors.
    """
    return score_test(
        "RESET of the power law, by time",
        law.jacobian(best),
        law.within(law.impact(best) ** 2),
        law.residuals(best),
        cluster,
    )

r"""Raw SVI: total implied variance of one expiry in log-moneyness.

.. math:: w(k) = a + b\,\big(\rho\,(k - m) + \sqrt{(k - m)^2 + s^2}\big),
          \qquad k = \ln(K/F), \quad w = \sigma^2 T

Source: Gatheral (2004), A parsimonious arbitrage-free implied volatility
parameterization; conditions: Gatheral and Jacquier (2014), Arbitrage-free SVI
volatility surfaces.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy import optimize, special


LARGEST_WING = 2.0
"""Slope of a wing, b (1 + |rho|), above which far strikes are arbitraged: Lee (2004),
The moment formula for implied volatility at extreme strikes."""

Points = Float64[np.ndarray, " point"]
Free = Float64[np.ndarray, " free"]


@dataclass(frozen=True)
class RawSvi:
    """The five parameters.

    Attributes:
        a: Level of variance [1].
        b: Slope of the wings, not below zero [1].
        rho: Skew, from -1 to 1 [1].
        m: Place of the bend [log-moneyness].
        s: Width of the bend, above zero [log-moneyness].
    """

    a: float
    b: float
    rho: float
    m: float
    s: float

    def variance(self, moneyness: Points) -> Points:
        """Total variance w."""
        bend = np.sqrt((moneyness - self.m) ** 2 + self.s**2)
        return self.a + self.b * (self.rho * (moneyness - self.m) + bend)

    def density_factor(self, moneyness: Points) -> Points:
        r"""Gatheral and Jacquier's g: below zero, a butterfly costs less than nothing.

        .. math:: g = \Big(1 - \frac{k w'}{2 w}\Big)^2
                  - \frac{w'^2}{4}\Big(\frac1w + \frac14\Big) + \frac{w''}{2}
        """
        w = self.variance(moneyness)
        bend = np.sqrt((moneyness - self.m) ** 2 + self.s**2)
        slope = self.b * (self.rho + (moneyness - self.m) / bend)
        curve = self.b * self.s**2 / bend**3
        first = (1 - moneyness * slope / (2 * w)) ** 2
        return first - slope**2 / 4 * (1 / w + 0.25) + curve / 2


def svi_of(free: Free) -> RawSvi:
    """From numbers without bounds: a smile above zero, its wings below Lee's slope.

    Without that bound a smile that is nearly a parabola is fitted by ever wider bends
    between ever steeper wings.
    """
    least, wing, rho, m, s = free
    rho, s = np.tanh(rho), np.exp(s)
    b = LARGEST_WING * special.expit(wing) / (1 + abs(rho))
    # The smile's lowest point is a + b s sqrt(1 - rho^2): above zero by construction.
    a = np.exp(least) - b * s * np.sqrt(1 - rho**2)
    return RawSvi(float(a), float(b), float(rho), float(m), float(s))


def starts(moneyness: Points, variance: Points, weight: Points) -> list[Free]:
    """Points to search from: bends on a grid, for which the rest is linear.

    De Marco and Martini (2009), Quasi-explicit calibration of Gatheral's SVI model.
    """
    width = float(np.ptp(moneyness))
    middle = float(moneyness[np.argmin(variance)])
    found = []
    for m in middle + width * np.array([-0.3, -0.1, 0.0, 0.1, 0.3]):
        for s in width * np.array([0.03, 0.1, 0.3, 1.0]):
            across = (moneyness - m) / s
            terms = np.stack([np.ones_like(across), across, np.hypot(across, 1)], 1)
            level, skew, bend = optimize.lsq_linear(
                terms * weight[:, None],
                variance * weight,
                bounds=([-np.inf, -np.inf, 1e-8], np.inf),
            ).x
            bend = max(float(bend), 1.001 * abs(float(skew)))
            rho = float(np.clip(skew / bend, -0.99, 0.99))
            low = float(level) + bend * np.sqrt(1 - rho**2)
            least = max(low, 0.05 * float(variance.min()))
            misfit = terms @ np.array([level, skew, bend]) - variance
            wing = min(bend / s * (1 + abs(rho)) / LARGEST_WING, 0.9)
            free = [np.log(least), special.logit(wing), np.arctanh(rho), m, np.log(s)]
            found.append((float(np.sum((weight * misfit) ** 2)), free))
    found.sort(key=lambda one: one[0])
    return [np.asarray(free, float) for _, free in found[:4]]

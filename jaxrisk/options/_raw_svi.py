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


Points = Float64[np.ndarray, " point"]


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
        bend = np.sqrt((moneyness - self.m) ** 2 + self.s**2)
        slope = self.b * (self.rho + (moneyness - self.m) / bend)
        curve = self.b * self.s**2 / bend**3
        return density_factor(moneyness, self.variance(moneyness), slope, curve)


def density_factor(
    moneyness: Points, variance: Points, slope: Points, curve: Points
) -> Points:
    """The g of `RawSvi.density_factor`, of any smile: total variance w, w', w''."""
    first = (1 - moneyness * slope / (2 * variance)) ** 2
    return first - slope**2 / 4 * (1 / variance + 0.25) + curve / 2

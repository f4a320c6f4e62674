"""Raw SVI as a fit searches it: parameters without bounds, and points to start from."""

import numpy as np
from jaxtyping import Float64
from scipy import optimize, special

from ..options import RawSvi


LARGEST_WING = 2.0
"""Slope of a wing, b (1 + |rho|), above which far strikes are arbitraged: Lee (2004),
The moment formula for implied volatility at extreme strikes."""

Points = Float64[np.ndarray, " point"]
Free = Float64[np.ndarray, " free"]


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

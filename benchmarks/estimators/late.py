"""One liquidation that comes too late (V5): the model, and its slopes by quadrature."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from normal import density
from scipy.special import ndtr


@dataclass(frozen=True)
class Late:
    """V5 in steps: all debt is repaid `delay` steps after the trigger.

    Attributes:
        threshold: Liquidation threshold [ratio].
        bonus: Liquidation bonus [ratio].
        volatility: [a year].
    """

    threshold: float = 0.9
    bonus: float = 0.05
    volatility: float = 2.0

    start = math.log(2000.0)
    debt = 1620.0
    delay = 8
    dt = 6 / (24 * 365) / 8.25
    watched = round(7 / 365 / dt)
    total = watched + delay
    continuity = 0.5825971579390107 * math.sqrt(dt)

    @property
    def sd(self) -> float:
        """Of a step."""
        return self.volatility * math.sqrt(self.dt)

    @property
    def barrier(self) -> float:
        """Log price of the trigger, nearer by the continuity correction."""
        return math.log(self.debt / self.threshold) + self.continuity * self.volatility

    def log_prices(self, normal: np.ndarray) -> np.ndarray:
        """After every step [step, path]."""
        return self.start + np.cumsum(self.sd * normal - self.sd**2 / 2, axis=0)

    def payoff(self, log_price: np.ndarray) -> np.ndarray:
        """Bad debt of a liquidation at a price [USD]."""
        return np.maximum(self.debt - np.exp(log_price) / (1 + self.bonus), 0)


CLOSED_FORM = np.array([172.06742, 162.06071, 8.09238])
"""Of a continuous watch, as in V5: threshold, bonus, volatility [USD for one]."""


def stepped_loss(late: Late, fine: int = 40) -> float:
    """Expected bad debt of the watch in steps, by quadrature of the price's law."""
    grid = late.sd / fine
    above = np.arange(round(1.9 / grid)) * grid
    reach = 8 * fine
    kernel = density((np.arange(-reach, reach + 1) * grid + late.sd**2 / 2) / late.sd)
    kernel *= 1 / fine
    below = late.barrier + np.arange(-reach, 1) * grid
    strike, spread = (1 + late.bonus) * late.debt, late.sd * math.sqrt(late.delay)
    upper = (below - math.log(strike)) / spread + spread / 2
    put = strike * ndtr(spread - upper) - np.exp(below) * ndtr(-upper)
    put *= grid / (1 + late.bonus)
    put[-1] /= 2
    centre = late.start - late.sd**2 / 2 - late.barrier
    alive = density((above - centre) / late.sd) / late.sd
    hit = density((below - late.barrier - centre) / late.sd) / late.sd
    loss = float(hit @ put)
    for _ in range(late.watched - 1):
        alive[0] /= 2
        spread_out = np.convolve(alive, kernel)
        loss += float(spread_out[: reach + 1] @ put)
        alive = spread_out[reach : reach + above.size]
    return loss


LATE_WIDTHS = {
    "threshold": 0.1 * 2.0 * math.sqrt(6 / (24 * 365)),
    "bonus": 0.1 * 2.0 * math.sqrt(6 / (24 * 365)),
    "volatility": 0.1,
}


def late_pairs(widths: dict[str, float]) -> Iterator[tuple[Late, Late, float]]:
    """(down, up, width) of every parameter."""
    for name, half in widths.items():
        usual = getattr(Late(), name)
        down, up = (Late(**{name: usual + sign * half}) for sign in (-1, 1))
        yield down, up, 2 * half


def late_truth(wider: float = 0) -> np.ndarray:
    """Slopes of the watch in steps, or what bumps of some width find on the mean."""
    widths = {name: (wider * half or 1e-4) for name, half in LATE_WIDTHS.items()}
    return np.array(
        [(stepped_loss(u) - stepped_loss(d)) / w for d, u, w in late_pairs(widths)]
    )


def first_hit(late: Late, log_price: np.ndarray) -> np.ndarray:
    """Step that sees the trigger; `watched` if none does."""
    hit = log_price[: late.watched] < late.barrier
    return np.where(hit.any(axis=0), hit.argmax(axis=0), late.watched)


def settled(late: Late, log_price: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Log price of the liquidation; infinite without one."""
    at = np.minimum(first + late.delay, late.total - 1)
    price = log_price[at, np.arange(at.size)]
    return np.where(first < late.watched, price, np.inf)

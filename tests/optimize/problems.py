"""Problems whose optimum is known in closed form."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from jaxrisk.optimize._domain import Domain, Ordering, Points
from jaxrisk.optimize._measures import Measure, limited
from jaxrisk.optimize._problem import AbstractSampler, Limit, Problem, Rows


LENT = Measure("lent", "lent", "what is lent")
SIGMA = 0.2


@dataclass(frozen=True)
class Positions(AbstractSampler):
    """A position of one dollar a reserve, lent x against: it loses (x - price)+.

    Prices are lognormal of mean one. Expected bad debt is a put by Black and Scholes.
    """

    sizes: tuple[float, ...] = (1.0,)
    sigma: float = SIGMA

    @property
    def stated_rows(self) -> tuple[str, ...]:
        return ("lent",)

    def stated(self, points: Points) -> Rows:
        return {"lent": (points @ np.array(self.sizes))[:, None]}

    def drawn(self, points: Points, *, paths: int, seed: int) -> Rows:
        draws = np.random.default_rng(seed).standard_normal((len(self.sizes), paths))
        price = np.exp(self.sigma * draws - self.sigma**2 / 2)
        lost = np.maximum(points[:, :, None] - price, 0)
        loss = np.einsum("r,krp->kp", np.array(self.sizes), lost)
        return {"bad_debt": loss, "liquidated": loss}


def put(strike: float, sigma: float = SIGMA) -> float:
    """E(strike - price)+ for a lognormal price of mean one."""
    d1 = -np.log(strike) / sigma + sigma / 2
    return float(strike * stats.norm.cdf(sigma - d1) - stats.norm.cdf(-d1))


def domain(
    now: tuple[float, ...],
    low: float = 0.3,
    high: float = 0.99,
    orderings: tuple[Ordering, ...] = (),
) -> Domain:
    size = len(now)
    return Domain(
        names=tuple(f"x{k}" for k in range(size)),
        now=np.array(now),
        low=np.full(size, low),
        high=np.full(size, high),
        width=np.full(size, 0.01),
        reach=(np.zeros(size), np.full(size, 2.0)),
        orderings=orderings,
    )


def one_reserve(
    name: str, most: float, *, low: float = 0.3, high: float = 0.99
) -> Problem:
    """Lend as much as a limit on one measure lets."""
    return Problem(
        domain((0.5,), low, high),
        Positions(),
        ((LENT, 1.0),),
        (Limit(limited(name), most),),
        confidence=0.5,
    )

"""The core step: eight assets, 64 cohorts, prompt liquidation, linear impact.

What every contender computes, whatever it is written in. A step moves the log prices by
correlated normals, lets a share of the inventory leave the venues, prices collateral at
`mid exp(-Y inventory mid / depth)`, liquidates half of the debt of every cohort below a
health of one, once, and sells what was seized into the venues.
"""

from dataclasses import dataclass

import numpy as np


STEPS, ASSETS, EACH = 96, 8, 8
PRICE = 1000.0
CLOSE_FACTOR, BONUS, CORRELATION = 0.5, 0.05, 0.6
MOVE, HALF_LIFE_MINUTES, STEP_MINUTES = 0.02, 600.0, 60
SQRT_DT = np.sqrt(STEP_MINUTES / (365 * 1440))
DECAY = 0.5 ** (STEP_MINUTES / HALF_LIFE_MINUTES)
STILL = {"reference": "USD", "speed": 1.0, "volatility": 0.0}
DISPLACEMENT = -np.log1p(-MOVE)
"""Of the log price after a sale of the depth."""


@dataclass(frozen=True)
class Core:
    """The numbers of the workload, in float64.

    Attributes:
        root: [asset, asset], Cholesky factor of the correlation.
        volatility: [asset], of the log return over a year.
        depth: [asset], a sale that moves the price by `MOVE` [USD].
        threshold: [asset], liquidation threshold [ratio].
        collateral: [asset, cohort] [token].
        debt: [asset, cohort] [USD].
    """

    root: np.ndarray
    volatility: np.ndarray
    depth: np.ndarray
    threshold: np.ndarray
    collateral: np.ndarray
    debt: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        """[asset], of a step's log return."""
        return self.volatility * SQRT_DT


def correlated(assets: int) -> np.ndarray:
    """The same correlation everywhere."""
    return np.full((assets, assets), CORRELATION) + (1 - CORRELATION) * np.eye(assets)


def core(assets: int = ASSETS, each: int = EACH) -> Core:
    """Always the same numbers; bad debt on four paths of ten."""
    chance = np.random.default_rng(5)
    threshold = np.round(np.linspace(0.93, 0.85, assets), 3)
    debt = np.round(chance.lognormal(13, 1, (assets, each)))
    health = chance.uniform(1.02, 1.4, (assets, each))
    return Core(
        root=np.linalg.cholesky(correlated(assets)),
        volatility=np.linspace(1.5, 3.0, assets),
        depth=np.round(chance.uniform(3e6, 9e6, assets)),
        threshold=threshold,
        collateral=np.round(health * debt / (threshold[:, None] * PRICE), 3),
        debt=debt,
    )

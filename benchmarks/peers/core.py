"""The core step: eight assets, 64 cohorts, prompt liquidation, linear impact.

What every contender computes, whatever it is written in. A step moves the log prices by
correlated normals, lets a share of the inventory leave the venues, prices collateral at
`mid exp(-Y inventory mid / depth)`, liquidates half of the debt of every cohort below a
health of one, once, and sells what was seized into the venues.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jaxrisk.config import parse
from jaxrisk.run import Model, prepare


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


def model(numbers: Core) -> Model:
    """The engine's model of the workload: its own config, no special case."""
    names = [f"A{number:02}" for number in range(numbers.depth.size)]
    nothing = {"liquidation_bonus": 0.0, "loan_to_value": 0.1}
    reserves: dict[str, Any] = {
        name: {
            "loan_to_value": float(threshold) - 0.05,
            "liquidation_threshold": float(threshold),
            "liquidation_bonus": BONUS,
        }
        for name, threshold in zip(names, numbers.threshold, strict=True)
    }
    reserves["USDC"] = {"liquidation_threshold": 0.5, **nothing}
    assets: dict[str, Any] = {
        name: {"price_usd": PRICE, "volatility": float(each)}
        for name, each in zip(names, numbers.volatility, strict=True)
    }
    assets["USDC"] = {"price_usd": 1.0, "peg": STILL}
    venues: dict[str, Any] = {
        name: {
            "kind": "power_law",
            "depth_usd": float(depth),
            "reference_move": MOVE,
            "resilience_half_life_minutes": HALF_LIFE_MINUTES,
        }
        for name, depth in zip(names, numbers.depth, strict=True)
    }
    venues["USDC"] = {"kind": "infinite"}
    accounts = [
        {
            "account": f"{name}-{number}",
            "collateral": {name: float(numbers.collateral[row, number])},
            "debt": {"USDC": float(numbers.debt[row, number])},
        }
        for row, name in enumerate(names)
        for number in range(numbers.debt.shape[1])
    ]
    pairs = {a: {b: CORRELATION for b in names if b > a} for a in names[:-1]}
    return prepare(
        parse(
            {
                "name": "core_step",
                "horizon_days": STEPS * STEP_MINUTES / 1440,
                "step_minutes": STEP_MINUTES,
                "assets": assets,
                "market_model": {"correlation": pairs},
                "oracle": {"kind": "instant"},
                "venues": venues,
                "keeper": {"kind": "greedy"},
                "markets": {
                    "core": {"close_factor": {"kind": "aave_v2"}, "reserves": reserves}
                },
                "book": {"accounts": accounts},
                "engine": {"rounds": 1},
            },
            folder=Path(),
        )
    )

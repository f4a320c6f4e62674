"""The core step as a config of this engine like any other."""

from pathlib import Path
from typing import Any

from core import (
    BONUS,
    CORRELATION,
    HALF_LIFE_MINUTES,
    MOVE,
    PRICE,
    STEP_MINUTES,
    STEPS,
    STILL,
    Core,
)

from jaxrisk.config import parse
from jaxrisk.run import Model, prepare


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

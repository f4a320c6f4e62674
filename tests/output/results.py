"""A small made-up result."""

import json

import numpy as np
import xarray as xr

from jaxrisk.output import Result, to_dataset


MARKETS = ["aave", "compound"]


def attributes(**changes: str | float) -> dict[str, str | int | float]:
    return {
        "title": "A small market",
        "config": json.dumps({"name": "small", "horizon_days": 7}),
        "config_hash": "c0ffee",
        "seed": 7,
        "paths": 20000,
        "steps": 168,
        "failed_paths": 12,
        "horizon_days": 7.0,
        "versions": json.dumps({"jaxrisk": "0.1.0"}),
        "device": "cpu",
        "wall_seconds": 8.12,
        "check_seconds": 2.5,
        "compile_seconds": 3.94,
        **changes,
    }


def variables() -> dict[str, np.ndarray]:
    scale = np.array([1.0, 0.75, 0.25])
    tail = np.outer(scale, [0.0, 41.2e6])
    error = np.outer(scale, [0.0, 0.9e6])
    losses = {
        "bad_debt_mean": 1.84e6 * scale,
        "bad_debt_mean_se": 2e4 * scale,
        "bad_debt_probability": 0.031 * scale,
        "bad_debt_probability_se": 0.001 * scale,
        "bad_debt_var": tail,
        "bad_debt_var_se": error,
        "bad_debt_var_low": tail - 1.5 * error,
        "bad_debt_var_high": tail + 2.5 * error,
        "bad_debt_es": 1.4 * tail + 1e6,
        "bad_debt_es_se": error + 1e4,
        "liquidated_mean": 92.3e6 * scale,
        "liquidated_mean_se": 3e5 * scale,
        "liquidated_probability": scale,
        "liquidated_probability_se": 0 * scale,
        "liquidations_at_risk": 310e6 + tail,
        "liquidations_at_risk_se": np.full((3, 2), 2e6),
        "liquidated_es": 400e6 + tail,
        "liquidated_es_se": np.array([[2e6, np.inf]] * 3),
    }
    drawdowns = {
        "drawdown_mean": np.array([0.18, 0.001]),
        "drawdown_mean_se": np.array([0.001, 0.0001]),
        "drawdown_amplification_mean": np.array([0.013, 0.0]),
        "drawdown_amplification_mean_se": np.array([0.0002, 0.0]),
    }
    return {
        **losses,
        **drawdowns,
        "status_count": np.array([19900, 12, 88]),
        "account_name": np.array(["a000001", "b2"]),
        "account_health": np.array([1.2, np.nan]),
    }


def coordinates() -> dict[str, np.ndarray]:
    return {
        "scope": np.array(["total", *MARKETS]),
        "level": np.array([0.95, 0.99]),
        "asset": np.array(["WETH", "USDC"]),
        "status": np.array(["ok", "price_not_finite", "cascade_still_running"]),
    }


def dataset(**changes: str | float) -> xr.Dataset:
    return to_dataset(
        variables(), coordinates=coordinates(), attributes=attributes(**changes)
    )


def result(**changes: str | float) -> Result:
    """A result that is written fast: few variables."""
    names = ["bad_debt_var", "bad_debt_mean", "liquidated_es"]
    full = dataset(**changes)
    kept = [name for name in full if str(name).startswith(tuple(names))]
    return Result(full[[*kept, "account_name"]])


def full_result() -> Result:
    return Result(dataset())


def with_derivatives() -> xr.Dataset:
    """The same with dealers and a perpetual on one asset, and an entity."""
    one = {
        "hedged_mean": (33.8e6, 3e5),
        "tail_dealer_flow": (2.7e6, 8e5),
        "perp_liquidated_mean": (71.5e6, 6e5),
        "perp_deleveraged_mean": (6.8e6, 3e5),
        "perp_deleveraged_probability": (0.27, 0.01),
        "lowest_basis_mean": (-0.00797, 0.0002),
        "lowest_basis_tail": (-0.0127, 0.0003),
    }
    fund = {
        "insurance_paid_mean": np.asarray(579e3),
        "insurance_paid_mean_se": np.asarray(7e3),
        "insurance_paid_es": np.array([9e5, 1e6]),
        "insurance_paid_es_se": np.array([1e4, 2e4]),
    }
    one |= {
        "entity_shortfall_mean": (2.5e6, 1e4),
        "entity_default_probability": (0.12, 0.002),
        "entity_contagion_probability": (0.03, 0.001),
    }
    one |= {
        "lowest_backing_mean": (0.93, 0.002),
        "failure_probability": (0.08, 0.001),
        "redeemed_mean": (4.1e9, 1e7),
        "defended_mean": (7.5e8, 2e6),
        "defaulted_mean": (1.2e6, 3e4),
        "default_probability": (0.05, 0.001),
    }
    rows = {name: np.array([value]) for name, (value, _) in one.items()}
    errors = {f"{name}_se": np.array([error]) for name, (_, error) in one.items()}
    return to_dataset(
        {**variables(), **rows, **errors, **fund},
        coordinates={
            **coordinates(),
            "dealer": np.array(["WETH"]),
            "perp": np.array(["WETH"]),
            "entity": np.array(["fund"]),
            "claim": np.array(["wstETH"]),
            "spiral": np.array(["UST"]),
            "line": np.array(["alice"]),
        },
        attributes=attributes(),
    )

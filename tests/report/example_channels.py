"""What claims, behaviour, policy and obligations add to the made-up result."""

import json

import numpy as np
import xarray as xr

from .example import example_dataset
from .example_config import MARKETS


CLAIMS = ("aUSDC", "wstETH")
SPIRAL, TOKEN = "UST", "LUNA"
ENTITIES = ("fund", "maker")
SECTIONS = {
    "spirals": {
        SPIRAL: {"backing_token": TOKEN, "supply_tokens": 18e9, "defence_from": 0.02}
    },
    "credit": {
        "tiers": {"trusted": {"limit": 1.4, "defaults_per_year": 12.0}},
        "lines": {"bob": "trusted"},
    },
    "behaviour": {
        "loops": [{"account": "looper", "loan_to_value": 0.9, "loops": 8}],
        "borrowers": [
            {"accounts": "*", "unwind": {"below_health": 1.1, "to_health": 1.3}}
        ],
        "suppliers": {MARKETS[0]: {"run_at_utilization": 0.95, "run_hours": 24.0}},
        "providers": {"WETH": {"leave_per_volatility": 0.5, "most": 0.9}},
    },
    "policy": {
        "breakers": {"fast": {"assets": ["WETH"], "fall": 0.1, "pause_minutes": 60.0}},
        "markets": {MARKETS[0]: {"waterfall": {"treasury_usd": 1e5}}},
        "factors": {
            "notice_minutes": 180.0,
            "volatility": {"kind": "realised", "half_life_hours": 12.0},
            "markets": {MARKETS[0]: {"WETH": {"on_volatility": 0.1, "floor": 0.8}}},
        },
    },
    "obligations": {
        "entities": {
            "fund": {"cash_usd": 1e6, "owes_usd": {"maker": 2e6}},
            "maker": {"cash_usd": 5e5, "bears": {MARKETS[0]: 0.5}},
        },
        "netting": "none",
    },
}


def with_channels() -> xr.Dataset:
    """The example with every channel and every brake."""
    plain = example_dataset(paths=2_000)
    rng = np.random.default_rng(13)
    assets = [*plain["asset"].to_numpy()[:-2].tolist(), SPIRAL, TOKEN]
    plain = plain.assign_coords(asset=assets)
    config = json.loads(plain.attrs["config"]) | SECTIONS
    receipt = {"kind": "receipt", "asset": "USDC", "market": MARKETS[0]}
    config["assets"]["aUSDC"] = {"price_usd": 1.0, "claim_on": receipt}
    config["assets"]["wstETH"] |= {
        "claim_on": {"kind": "lst", "asset": "WETH"},
        "failure": {"hazard_per_year": 2.0, "loss": 0.05},
    }
    parts = [plain, _paths(rng, plain), _means(plain), _factors(plain)]
    dataset = xr.merge(parts, join="outer", compat="no_conflicts")
    dataset.attrs = {**plain.attrs, "config": json.dumps(config)}
    return dataset


def _paths(rng: np.random.Generator, plain: xr.Dataset) -> xr.Dataset:
    time, reserves = plain["time"], plain["reserve"].to_numpy().tolist()
    rows = {
        "asset": plain["asset"].to_numpy().tolist(),
        "reserve": reserves,
        "market": list(MARKETS),
        "claim": list(CLAIMS),
        "spiral": [SPIRAL],
    }
    falling = np.linspace(1, 0.6, time.size)[None, :, None]

    def levels(row: str) -> tuple[tuple[str, ...], np.ndarray]:
        size = (3, time.size, len(rows[row]))
        return ("worst", "time", row), np.broadcast_to(falling, size).copy()

    def sums(row: str) -> tuple[tuple[str, ...], np.ndarray]:
        size = (3, time.size, len(rows[row]))
        found = rng.lognormal(13, 1, size) * (rng.random(size) < 0.2)
        found[:, 0] = 0
        return ("worst", "time", row), found

    flags = (rng.random((3, time.size, len(reserves))) < 0.1).astype(float)
    return xr.Dataset(
        {
            "recorded_path": ("worst", np.array([812, 31, 1999])),
            "worst_price": levels("asset"),
            "worst_fundamental_price": levels("asset"),
            "worst_repaid": sums("reserve"),
            "worst_realized": sums("reserve"),
            "worst_backing": levels("claim"),
            "worst_redeemed": sums("spiral"),
            "worst_defended": sums("spiral"),
            "worst_unwound": sums("market"),
            "worst_topped_up": sums("market"),
            "worst_levered": sums("market"),
            "worst_depth": levels("asset"),
            "worst_utilization": levels("reserve"),
            "worst_withdrawn": sums("reserve"),
            "worst_returned": sums("reserve"),
            "worst_frozen": (("worst", "time", "reserve"), flags),
            "worst_paused": sums("market"),
        },
        coords={"worst": np.arange(3), "time": time, **rows},
    )


def _means(plain: xr.Dataset) -> xr.Dataset:
    """Estimates over all paths, with errors and intervals."""
    scope = plain["scope"].to_numpy().tolist()
    who = [*MARKETS, *ENTITIES]
    asset = plain.sizes["asset"]
    sizes = {
        "scope": {
            "treasury_paid_mean": 2e4,
            "module_paid_mean": 1e4,
            "backstop_paid_mean": 5e3,
            "socialised_mean": 9e4,
            "refused_mean": 3e5,
            "unwound_mean": 5e5,
            "topped_up_mean": 2e5,
            "levered_mean": 1e5,
        },
        "reserve": {
            "withdrawn_mean": 4e6,
            "returned_mean": 1e6,
            "frozen_mean": 2.5,
            "frozen_probability": 0.2,
        },
        "asset": {"lowest_depth_mean": 0.6, "depth_lost_var": 0.8},
        "market": {"paused_mean": 0.02},
        "claim": {
            "lowest_backing_mean": 0.97,
            "lowest_backing_tail": 0.7,
            "failure_probability": 0.04,
        },
        "spiral": {"redeemed_mean": 4e8, "defended_mean": 1e8},
        "entity": {
            "entity_shortfall_mean": 1e5,
            "entity_equity_mean": 9e5,
            "entity_default_probability": 0.1,
            "entity_contagion_probability": 0.04,
        },
        "who": {"fails_probability": 0.1, "fails_first_probability": 0.05},
    }
    coords = {
        "scope": scope,
        "market": list(MARKETS),
        "reserve": plain["reserve"].to_numpy().tolist(),
        "claim": list(CLAIMS),
        "spiral": [SPIRAL],
        "entity": list(ENTITIES),
        "who": who,
        "with_whom": who,
        "asset": plain["asset"].to_numpy().tolist(),
    }
    found: dict[str, tuple] = {}
    for row, values in sizes.items():
        for name, value in values.items():
            found |= _estimate((row,), name, np.full(len(coords[row]), value))
    both = np.full((len(who), len(who)), 0.03)
    found |= _estimate(("who", "with_whom"), "fails_together_probability", both)
    found |= {
        "locked_share": ("asset", np.full(asset, 0.3)),
        "claim_depth": ("asset", np.full(asset, 1.0)),
        "collateral_velocity": ("asset", np.full(asset, np.nan)),
        "longest_chain": ((), 2.0),
        "leverage_multiplier": ((), 3.1),
    }
    return xr.Dataset(found, coords=coords)


def _estimate(
    dims: tuple[str, ...], name: str, value: np.ndarray
) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
    entries = {name: (dims, value), f"{name}_se": (dims, 0.03 * np.abs(value))}
    if name.endswith(("_probability", "_tail", "_var")):
        entries |= {
            f"{name}_low": (dims, 0.9 * value),
            f"{name}_high": (dims, 1.2 * value),
        }
    return entries


def _factors(plain: xr.Dataset) -> xr.Dataset:
    level = plain["quantile"].to_numpy()
    time, reserve = plain["time"], plain["reserve"]
    fall = np.linspace(0, 0.2, time.size)[:, None, None]
    factor = 1 - fall * (1 - level) * np.ones((1, reserve.size, 1))
    return xr.Dataset(
        {
            "factor": (("time", "reserve", "quantile"), factor),
            "factor_mean": (("time", "reserve"), factor.mean(axis=2)),
        },
        coords={"time": time, "reserve": reserve, "quantile": level},
    )

"""What dealers and perpetuals add to the made-up result."""

import json

import numpy as np
import xarray as xr

from .example import example_dataset


DEALERS = ("WETH", "WBTC")
PERPS = ("WETH", "LINK")
OPTIONS = {
    "underlyings": {
        "WETH": {
            "book": {
                "kind": "listed",
                "options": [
                    {"strike": 1500.0, "type": "put", "open_interest": 9e4},
                    {"strike": 2200.0, "type": "call", "open_interest": 7e4},
                ],
            },
            "dealers": {"calls": 1.0, "puts": -0.8},
            "surface": {"kind": "flat", "volatility": 0.9},
            "move": {"kind": "sticky_strike"},
        }
    },
    "hedging": {"kind": "interval", "interval_hours": 6.0},
}
SETTINGS_OF_PERPS = {
    "contracts": {
        "WETH": {
            "book": {"kind": "power_law", "depth_usd": 4e7, "exponent": 1.0},
            "maintenance": 0.0125,
            "funding": {"interval_hours": 8.0, "cap": 0.0075},
            "rungs": [{"side": "long", "leverage": 12.5, "open_interest_usd": 4e7}],
        }
    },
    "accounts": [
        {"balance_usd": 1.25e6, "positions": {"LINK": {"open_interest_usd": 3e6}}}
    ],
    "insurance_usd": 2e5,
    "losses": "deleverage",
    "index": {"kind": "instant"},
}


def with_derivatives(
    *, dealers: tuple[str, ...] = DEALERS, perps: tuple[str, ...] = PERPS
) -> xr.Dataset:
    """The example with a row for each of these assets, and settings of both.

    Args:
        dealers: Assets whose options are hedged.
        perps: Assets with a perpetual.
    """
    plain = example_dataset(paths=2_000)
    rng = np.random.default_rng(11)
    parts = [plain, _worst(rng, plain), _tail(rng, "asset", plain, "keeper")]
    config = json.loads(plain.attrs["config"])
    if dealers:
        parts.append(_dealers(rng, plain, dealers))
        config["options"] = OPTIONS
    if perps:
        parts.append(_perps(rng, plain, perps))
        config["perps"] = SETTINGS_OF_PERPS
    dataset = xr.merge(parts, join="outer", compat="no_conflicts")
    dataset.attrs = {**plain.attrs, "config": json.dumps(config)}
    return dataset


def _by_step(
    rng: np.random.Generator, plain: xr.Dataset, names: tuple[str, ...]
) -> np.ndarray:
    """Sums in a few steps of a path, [worst time row]."""
    size = (3, plain.sizes["time"], len(names))
    found = rng.lognormal(14, 1, size) * (rng.random(size) < 0.2)
    found[:, 0] = 0
    return found


def _worst(rng: np.random.Generator, plain: xr.Dataset) -> xr.Dataset:
    assets = tuple(plain["asset"].to_numpy().tolist())
    median = plain["price"].sel(quantile=0.5).transpose("time", "asset").to_numpy()
    fall = np.linspace(1, 0.7, plain.sizes["time"])[:, None]
    row = ("worst", "time", "asset")
    return xr.Dataset(
        {
            "recorded_path": ("worst", np.array([812, 31, 1999])),
            "worst_price": (row, np.stack([median * fall] * 3)),
            "worst_fundamental_price": (row, np.stack([median * fall**0.9] * 3)),
            "worst_keeper_flow": (row, _by_step(rng, plain, assets)),
        },
        coords={"worst": np.arange(3), "time": plain["time"], "asset": plain["asset"]},
    )


def _tail(
    rng: np.random.Generator, row: str, plain: xr.Dataset, who: str
) -> xr.Dataset:
    names = plain[row].to_numpy()
    value = rng.normal(0, 3e7, names.size)
    return xr.Dataset(
        {
            f"tail_{who}_flow": (row, value),
            f"tail_{who}_flow_se": (row, 0.04 * np.abs(value)),
        },
        coords={row: names},
    )


def _estimates(row: str, values: dict[str, np.ndarray]) -> dict[str, tuple]:
    """Numbers by row with errors of three percent, and intervals about them."""
    entries = {}
    for name, value in values.items():
        error = 0.03 * np.abs(value)
        entries[name], entries[f"{name}_se"] = (row, value), (row, error)
        if name.endswith(("_tail", "_probability")):
            entries[f"{name}_low"] = (row, value - 2 * error)
            entries[f"{name}_high"] = (row, value + 2 * error)
    return entries


def _dealers(
    rng: np.random.Generator, plain: xr.Dataset, names: tuple[str, ...]
) -> xr.Dataset:
    count, move = len(names), np.linspace(-0.5, 0.5, 21)
    labeled = xr.Dataset(coords={"dealer": list(names)})
    profile = np.stack([1e7 * move] * count)
    zero = np.full(count, np.nan)
    zero[0] = 1700.0
    flow = rng.choice([-1, 1], (3, 1, count)) * _by_step(rng, plain, names)
    values = {
        **_estimates("dealer", {"hedged_mean": np.linspace(8e7, 9e7, count)}),
        "worst_dealer_flow": (("worst", "time", "dealer"), flow),
        "dealer_spot": ("dealer", np.linspace(1816.85, 34_500.0, count)),
        "dealer_delta": (("dealer", "spot_move"), 5e7 + profile**2 / 1e6),
        "dealer_gamma": (("dealer", "spot_move"), profile),
        "zero_gamma": ("dealer", zero),
    }
    found = xr.Dataset(values, coords={**labeled.coords, "spot_move": move})
    return xr.merge([found, _tail(rng, "dealer", labeled, "dealer")], join="outer")


def _perps(
    rng: np.random.Generator, plain: xr.Dataset, names: tuple[str, ...]
) -> xr.Dataset:
    labeled, row = xr.Dataset(coords={"perp": list(names)}), ("worst", "time", "perp")
    closed, count = _by_step(rng, plain, names), len(names)
    measured = {
        "perp_liquidated_mean": np.linspace(6e7, 2e7, count),
        "perp_deleveraged_mean": np.linspace(3e6, 1e6, count),
        "perp_deleveraged_probability": np.linspace(0.12, 0.03, count),
        "lowest_basis_mean": np.linspace(-0.004, -0.01, count),
        "highest_basis_mean": np.linspace(0.001, 0.002, count),
        "lowest_basis_tail": np.linspace(-0.03, -0.05, count),
        "highest_basis_tail": np.linspace(0.01, 0.02, count),
        "tail_perp_liquidated": np.linspace(9e7, 3e7, count),
        "tail_perp_deleveraged": np.linspace(9e6, 3e6, count),
    }
    fund = {
        "insurance_paid_mean": 1.3e5,
        "insurance_paid_probability": 0.4,
        "tail_insurance_paid": 2e5,
    }
    level = plain["level"].to_numpy()
    values = {
        **_estimates("perp", measured),
        **{name: ((), value) for name, value in fund.items()},
        **{f"{name}_se": ((), 0.02 * value) for name, value in fund.items()},
        **_estimates("level", {"insurance_paid_var": 2e5 * level}),
        **_estimates("level", {"insurance_paid_es": 2.2e5 * level}),
        "worst_perp_flow": (row, -0.3 * closed),
        "worst_basis": (row, rng.normal(0, 0.01, closed.shape)),
        "worst_funding_rate": (row, np.full(closed.shape, 1e-4)),
        "worst_perp_liquidated": (row, closed),
        "worst_perp_deleveraged": (row, 0.1 * closed),
        "worst_insurance_paid": (("worst", "time"), 0.01 * closed.sum(axis=-1)),
    }
    found = xr.Dataset(values, coords={**labeled.coords, "level": level})
    return xr.merge([found, _tail(rng, "perp", labeled, "perp")], join="outer")

"""A made-up result with every variable of the schema, to draw reports from."""

import json

import numpy as np
import xarray as xr

from .example_config import LEVELS, MARKETS, PRICES, RESERVES, STABLE, example_config


QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def example_dataset(
    *, paths: int = 20_000, scale: float = 1.0, name: str = "aave_v3_ethereum"
) -> xr.Dataset:
    """A result that looks like one of the engine.

    Args:
        paths: Number of paths that it pretends to have.
        scale: Multiplies bad debt; zero is a run without any.
        name: Name of the config.

    Returns:
        The result.
    """
    rng = np.random.default_rng(7)
    loss = rng.lognormal(13.0, 2.1, paths) * (rng.uniform(size=paths) < 0.031) * scale
    share = rng.beta(2, 6, paths)
    losses = {"total": loss, MARKETS[0]: loss * (1 - share), MARKETS[1]: loss * share}
    moved = rng.lognormal(17.3, 1.0, paths)
    volumes = {"total": moved, MARKETS[0]: 0.8 * moved, MARKETS[1]: 0.2 * moved}
    parts = (
        _outcome("bad_debt", losses),
        _outcome("liquidated", volumes),
        _means(rng, losses, moved),
        _prices(rng),
        _histogram(loss),
        _book(rng),
        _accounts(rng, scale),
        _run(loss, paths),
    )
    dataset = xr.merge(parts, join="outer", compat="no_conflicts")
    dataset.attrs = _attributes(name, paths)
    return dataset


def _outcome(name: str, values: dict[str, np.ndarray]) -> xr.Dataset:
    scopes, per_path = list(values), np.stack(list(values.values()))
    paths = per_path.shape[1]
    chance = (per_path > 0).mean(axis=1)
    ordered = np.sort(per_path, axis=1)
    rank = np.array([int(np.ceil(level * paths)) - 1 for level in LEVELS])
    reach = np.array([1.96 * np.sqrt(paths * q * (1 - q)) for q in LEVELS])
    low = np.clip(rank - reach, 0, paths - 1).astype(int)
    high = np.clip(rank + reach, 0, paths - 1).astype(int)
    tails = [ordered[:, at:] for at in rank]
    shortfall = np.stack([tail.mean(axis=1) for tail in tails], axis=1)
    error = np.stack([t.std(axis=1) / np.sqrt(t.shape[1]) for t in tails], axis=1)
    quantile = "liquidations_at_risk" if name == "liquidated" else f"{name}_var"
    both = ("scope", "level")
    return xr.Dataset(
        {
            f"{name}_mean": ("scope", per_path.mean(axis=1)),
            f"{name}_mean_se": ("scope", per_path.std(axis=1) / np.sqrt(paths)),
            f"{name}_probability": ("scope", chance),
            f"{name}_probability_se": ("scope", np.sqrt(chance * (1 - chance) / paths)),
            quantile: (both, ordered[:, rank]),
            f"{quantile}_low": (both, ordered[:, low]),
            f"{quantile}_high": (both, ordered[:, high]),
            f"{quantile}_se": (both, (ordered[:, high] - ordered[:, low]) / 3.92),
            f"{name}_es": (both, shortfall),
            f"{name}_es_se": (both, error),
        },
        coords={"scope": scopes, "level": list(LEVELS)},
    )


def _reserves() -> list[str]:
    return [f"{market}.{name}" for market in MARKETS for name in RESERVES[market]]


def _means(
    rng: np.random.Generator, losses: dict[str, np.ndarray], moved: np.ndarray
) -> xr.Dataset:
    reserves = _reserves()
    mean = {scope: value.mean() for scope, value in losses.items()}
    weight = rng.dirichlet(np.full(len(reserves), 0.5))
    named = {
        "realized": 0.7 * mean["total"] * weight,
        "unrealized": 0.35 * mean["total"] * rng.permutation(weight),
        "seized": 1.05 * moved.mean() * rng.dirichlet(np.full(len(reserves), 0.4)),
    }
    scopes = list(losses)
    variables = {}
    for key, value in named.items():
        variables[f"{key}_mean"] = ("reserve", value)
        variables[f"{key}_mean_se"] = ("reserve", 0.06 * value)
    covered = np.array([0.05 * mean[scope] for scope in scopes])
    without = np.array([0.8 * mean[scope] for scope in scopes])
    for key, value in (
        ("covered_mean", covered),
        ("bad_debt_without_feedback_mean", without),
        ("bad_debt_amplification_mean", 0.2 * np.array([mean[s] for s in scopes])),
        ("bad_debt_amplification_ratio", np.full(len(scopes), 1.25)),
    ):
        variables[key] = ("scope", value)
        variables[f"{key}_se"] = ("scope", 0.05 * value)
    for key, value in (("keeper_profit", 1.9e6), ("protocol_fee", 2.4e5)):
        variables[f"{key}_mean"] = ((), value)
        variables[f"{key}_mean_se"] = ((), 0.02 * value)
    coords = {"reserve": reserves, "scope": scopes}
    return xr.Dataset(variables, coords=coords)


def _prices(rng: np.random.Generator) -> xr.Dataset:
    assets, time = list(PRICES), np.arange(169) / 24
    walk = rng.normal(size=(len(assets), 168, 512)).cumsum(axis=1) * 0.75 / 94
    walk = np.concatenate([np.zeros_like(walk[:, :1]), walk], axis=1)
    size = np.array([0.02 if asset in STABLE else 1.0 for asset in assets])
    log_price = walk * size[:, None, None]
    pressed = np.minimum(log_price, 1.06 * log_price)
    initial = np.array(list(PRICES.values()))[:, None, None]
    variables = {}
    for prefix, log in (("", pressed), ("fundamental_", log_price)):
        price = np.quantile(initial * np.exp(log), QUANTILES, axis=2)
        fall = 1 - np.exp(log.min(axis=1))
        order = ("time", "asset", "quantile")
        variables[f"{prefix}price"] = (order, price.transpose(2, 1, 0))
        variables[f"{prefix}drawdown"] = (
            ("asset", "quantile"),
            np.quantile(fall, QUANTILES, axis=1).T,
        )
        variables[f"{prefix}drawdown_mean"] = ("asset", fall.mean(axis=1))
        variables[f"{prefix}drawdown_mean_se"] = ("asset", fall.std(axis=1) / 141)
    added = np.exp(log_price.min(axis=1)) - np.exp(pressed.min(axis=1))
    variables["drawdown_amplification_mean"] = ("asset", added.mean(axis=1))
    variables["drawdown_amplification_mean_se"] = ("asset", added.std(axis=1) / 141)
    coords = {"asset": assets, "time": time, "quantile": list(QUANTILES)}
    return xr.Dataset(variables, coords=coords)


def _histogram(loss: np.ndarray) -> xr.Dataset:
    edges = np.logspace(0, 10, 101)
    count, _ = np.histogram(loss[loss > 0], edges)
    return xr.Dataset(
        {
            "loss_histogram": ("bin", count),
            "bin_low": ("bin", edges[:-1]),
            "bin_high": ("bin", edges[1:]),
        }
    )


def _book(rng: np.random.Generator) -> xr.Dataset:
    reserves, assets, drop = _reserves(), list(PRICES), np.linspace(0, 0.9, 91)
    size = np.array([9e8, 6e8, 4e8, 4e7, 3e7, 5e7, 8e7, 6e7, 3e7])
    start = np.array([0.05, 0.1, 0.08, 0.2, 0.2, 0.2, 0.05, 0.1, 0.02])
    rise = np.clip((drop - start[:, None]) / 0.5, 0, 1) ** 1.6
    collateral = rng.dirichlet(np.full(len(reserves), 0.6))
    return xr.Dataset(
        {
            "liquidation_profile": (("asset", "drop"), size[:, None] * rise),
            "liquidation_profile_common": ("drop", 2.1e9 * rise[0]),
            "collateral_share": ("reserve", collateral),
            "debt_share": ("reserve", rng.dirichlet(np.full(len(reserves), 0.6))),
            "collateral_hhi": ((), float((collateral**2).sum())),
            "account_hhi": ("reserve", rng.uniform(0.01, 0.2, len(reserves))),
            "largest_account_share": ("reserve", rng.uniform(0.05, 0.3, len(reserves))),
        },
        coords={"reserve": reserves, "asset": assets, "drop": drop},
    )


def _accounts(rng: np.random.Generator, scale: float) -> xr.Dataset:
    count = 12
    worth = np.sort(rng.lognormal(16.5, 1.0, count))[::-1]
    tail = scale * worth * rng.uniform(0, 0.2, count)
    return xr.Dataset(
        {
            "account_name": ("account", [f"a{7 * n:06d}" for n in range(count)]),
            "account_collateral": ("account", worth),
            "account_debt": ("account", worth * rng.uniform(0.5, 0.8, count)),
            "account_health": ("account", rng.uniform(1.01, 1.6, count)),
            "account_tail_loss": ("account", tail),
            "account_tail_loss_se": ("account", 0.05 * tail),
        }
    )


def _run(loss: np.ndarray, paths: int) -> xr.Dataset:
    worst = np.argsort(-loss)[:10]
    days = np.array([0.3, 0.6, 2.1, 3.9, 5.4, 6.7, 6.9])
    return xr.Dataset(
        {
            "worst_path": ("rank", worst),
            "worst_loss": ("rank", loss[worst]),
            "status_count": ("status", np.array([paths - 15, 3, 12])),
            "cohort_error_liquidations": ((), 0.0031),
            "cohort_error_liquidations_se": ((), 0.0004),
            "cohort_error_es99": ((), -0.0074),
            "cohort_error_es99_se": ((), 0.0031),
            "time_to_first_deficit": (
                "quantile",
                days if loss.any() else np.full(7, np.nan),
            ),
        },
        coords={
            "status": ["ok", "price_not_finite", "cascade_still_running"],
            "quantile": list(QUANTILES),
        },
    )


def _attributes(name: str, paths: int) -> dict:
    return {
        "title": name,
        "config": json.dumps(example_config(name)),
        "config_hash": "3fb5c1" * 10 + "3fb5",
        "book_hash": "9a20e7" * 10 + "9a20",
        "seed": 1,
        "paths": paths,
        "failed_paths": 3,
        "horizon_days": 7.0,
        "cohort_check_paths": 1024,
        "recorded_paths": 512,
        "versions": json.dumps({"jaxrisk": "0.1.0", "jax": "0.10.2", "numpy": "2.4.6"}),
        "device": "cpu x 2",
        "wall_seconds": 8.13,
        "check_seconds": 2.5,
        "compile_seconds": 3.94,
        "git_commit": "0123456789abcdef",
    }

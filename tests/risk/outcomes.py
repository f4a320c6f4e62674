"""Outcomes of made-up paths, in the shape that the engine returns."""

import numpy as np

from jaxrisk.risk import Axes


AXES = Axes(
    markets=("aave", "compound"),
    reserves=("aave.WETH", "aave.USDC", "compound.USDC"),
    reserve_market=np.array([0, 0, 1]),
    assets=("WETH", "USDC"),
)
STEPS = 48


def outcome(paths: int, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)

    def amount(*rows: int) -> np.ndarray:
        happens = rng.random((*rows, paths)) < 0.1
        return (rng.lognormal(8, 2, (*rows, paths)) * happens).astype(np.float32)

    fall = rng.random((2, paths)).astype(np.float32)
    realized = amount(3)
    step = rng.integers(0, STEPS, paths)
    failed = np.stack([realized[:2].sum(axis=0), realized[2]]) > 0
    return {
        "status": rng.choice(3, paths, p=[0.9, 0.01, 0.09]).astype(np.uint8),
        "realized": realized,
        "unrealized": amount(3),
        "seized": amount(3),
        "covered": amount(2),
        "repaid": 10 * amount(2),
        "drawdown": fall,
        "fundamental_drawdown": 0.9 * fall,
        "final_price": fall,
        "first_deficit": np.where(realized.sum(axis=0) > 0, step, STEPS),
        "market_first_deficit": np.where(failed, step, STEPS),
        "keeper_profit": amount(),
        "protocol_fee": amount(),
        **derivatives(paths, seed, dealers=0, perps=0),
        **entities(paths, seed, count=0),
        **claims(paths, seed, claims=0, spirals=0, lines=0),
        **behaviour(paths),
    }


def derivatives(
    paths: int, seed: int = 0, *, dealers: int, perps: int
) -> dict[str, np.ndarray]:
    """What dealers and perpetuals did on the paths; nothing where there are none."""
    rng = np.random.default_rng([seed, 1])

    def amount(rows: int, often: float) -> np.ndarray:
        happens = rng.random((rows, paths)) < often
        return (rng.lognormal(8, 2, (rows, paths)) * happens).astype(np.float32)

    closed = amount(perps, 0.3)
    basis = rng.normal(0, 0.01, (2, perps, paths)).astype(np.float32)
    return {
        "hedged": amount(dealers, 1.0),
        "perp_liquidated": closed,
        "perp_deleveraged": np.where(rng.random(closed.shape) < 0.2, closed, 0),
        "insurance_paid": amount(1, 0.05)[0] * (perps > 0),
        "lowest_basis": -np.abs(basis[0]),
        "highest_basis": np.abs(basis[1]),
    }


def entities(paths: int, seed: int = 0, *, count: int) -> dict[str, np.ndarray]:
    """How entities ended on the paths; nothing where there are none."""
    rng = np.random.default_rng([seed, 2])
    fallen = rng.choice(4, (count, paths), p=[0.7, 0.2, 0.07, 0.03])
    size = rng.lognormal(8, 2, (2, count, paths)).astype(np.float32)
    return {
        "entity_shortfall": np.where(fallen > 0, size[0], 0),
        "entity_equity": np.where(fallen > 0, 0, size[1]),
        "entity_round": fallen.astype(np.int32),
    }


def claims(
    paths: int, seed: int = 0, *, claims: int, spirals: int, lines: int
) -> dict[str, np.ndarray]:
    """What was left, redeemed and defaulted on the paths; nothing of what is none."""
    rng = np.random.default_rng([seed, 3])
    fails = rng.random((claims, paths)) < 0.2
    left = np.where(fails, rng.random((claims, paths)), 1)
    defaults = rng.random((lines, paths)) < 0.1
    return {
        "backing_left": left,
        "lowest_backing": left * rng.uniform(0.5, 1, left.shape),
        "redeemed": rng.lognormal(8, 2, (spirals, paths)),
        "defended": rng.lognormal(6, 2, (spirals, paths)),
        "defaulted": np.where(defaults, rng.lognormal(8, 2, defaults.shape), 0),
    }


def behaviour(
    paths: int,
    seed: int = 0,
    *,
    markets: int = 0,
    reserves: int = 0,
    assets: int = 0,
) -> dict[str, np.ndarray]:
    """What those did who act of their own accord; nothing where there are none."""
    rng = np.random.default_rng([seed, 3])
    sold, moved = (
        rng.lognormal(8, 2, (3, rows, paths)) for rows in (markets, reserves)
    )
    return {
        "unwound": sold[0].astype(np.float32),
        "topped_up": sold[1].astype(np.float32),
        "levered": sold[2].astype(np.float32),
        "withdrawn": moved[0].astype(np.float32),
        "returned": moved[1].astype(np.float32),
        "frozen": rng.integers(0, 3, (reserves, paths)).astype(np.float32),
        "lowest_depth": rng.random((assets, paths)).astype(np.float32),
    }


def part(full: dict[str, np.ndarray], start: int, stop: int) -> dict[str, np.ndarray]:
    return {name: values[..., start:stop] for name, values in full.items()}

"""What dealers of 200 strikes and 12 expiries cost a run of the shipped config.

    .venv/bin/python benchmarks/dealers.py

The same paths with and without them, in turns in one process; the bar is half as much
again. Building the table of their deltas is timed apart.
"""

import statistics
import time

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from _results import keep

import jaxrisk
from jaxrisk.engine import System, simulate
from jaxrisk.options import (
    Dealers,
    DeltaTable,
    FlatSurface,
    ImplicitHedging,
    NoDealers,
    OptionBook,
    StickyStrike,
)
from jaxrisk.run import prepare


CONFIG, UNDERLYING = "configs/aave_v3_ethereum.yaml", "WETH"
PATHS, SEED, TURNS, BAR = 8192, 1, 5, 1.5
STRIKES = np.exp(np.linspace(-1.2, 1.2, 200))
DAYS = np.array([1, 2, 3, 5, 7, 14, 21, 30, 60, 90, 180, 360.0])
TOKENS, VOLATILITY = 20.0, 0.6
"""Mean position in an option, short; and the volatility of all of them."""


def dealers_of(system: System, asset: int) -> Dealers:
    """Dealers short of every strike and expiry, who hedge at once."""
    price = float(jnp.exp(system.prices.anchor[asset]))
    strike, expiry = (each.ravel() for each in np.meshgrid(price * STRIKES, DAYS / 365))
    position = -np.random.default_rng(SEED).exponential(TOKENS, strike.size)
    table = DeltaTable.of(
        [OptionBook(strike, expiry, strike > price, position)],
        [FlatSurface(VOLATILITY)],
        [StickyStrike()],
        spot=np.array([price]),
        steps=system.steps,
        dt=float(system.dt),
        levels=np.ones(1),
    )
    one = jnp.ones(1, system.dt.dtype)
    return Dealers(
        table=table,
        hedging=ImplicitHedging(),
        price=price * one,
        variance=VOLATILITY**2 * one,
        memory=0.97 * one,
        weight=0.0 * one,
        assets=(asset,),
    )


def seconds(system: System) -> float:
    """Wall time of all paths."""
    start = time.perf_counter()
    for _ in simulate(system, paths=PATHS, seed=SEED):
        pass
    return time.perf_counter() - start


def main() -> None:
    """Print and keep the ratio."""
    config = jaxrisk.load(CONFIG)
    without = prepare(config).system
    start = time.perf_counter()
    dealers = dealers_of(without, list(config.assets).index(UNDERLYING))
    table = time.perf_counter() - start
    hedged = eqx.tree_at(
        lambda at: at.dealers,
        without,
        dealers,
        is_leaf=lambda at: isinstance(at, NoDealers),
    )
    for system in (without, hedged):
        seconds(system)
    turns = [(seconds(without), seconds(hedged)) for _ in range(TURNS)]
    ratio = statistics.median(after / before for before, after in turns)
    fastest = [min(times) for times in zip(*turns, strict=True)]
    print(
        f"{PATHS:,} paths: {fastest[0]:.2f} s without, {fastest[1]:.2f} s with "
        f"{STRIKES.size * DAYS.size:,} options; median ratio {ratio:.3f} (bar {BAR}); "
        f"their table takes {table:.1f} s"
    )
    row: dict[str, object] = {"paths": PATHS, "ratio": ratio, "seconds": fastest}
    keep("dealers", [row | {"table_seconds": table}])


if __name__ == "__main__":
    main()

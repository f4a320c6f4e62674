"""V1 and V2: what prices do before anybody trades."""

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from jaxtyping import Float

from ..engine import walk
from ..process import AssetModel, Prices
from ._closed_forms import (
    CONTINUITY,
    YEAR,
    hit_probability,
    price_correlation,
    price_sd,
    watched_barrier,
)
from ._row import Check
from ._scene import gaussian_prices


Blocks: TypeAlias = Float[np.ndarray, "block asset path"]
FLOAT32 = np.dtype(np.float32)
BLOCK = 4096  # paths of one estimate; the standard error is from how these differ
SEED = 1
HOUR = 1 / (24 * YEAR)


def terminal_moments() -> Iterator[Check]:
    """Spread and correlation of prices after 30 days of daily steps, drift zero."""
    years = 30 / YEAR
    sd = price_sd(2000.0, volatility=0.9, years=years)
    correlation = price_correlation(0.9, 0.7, correlation=0.85, years=years)
    yield Check("closed form: sd of the price [USD]", 524.753, sd, 5e-4)
    yield Check("closed form: correlation of prices", 0.845971, correlation, 5e-7)
    assets = [AssetModel(price=2000.0, volatility=vol) for vol in (0.9, 0.7)]
    mixed = np.array([[1, 0.85], [0.85, 1]])
    prices = gaussian_prices(assets, mixed, dt=1 / YEAR, dtype=FLOAT32)
    final, _ = _blocks(prices, blocks=64, steps=30)
    yield _check(
        "sd of the price [USD]",
        sd,
        [float(np.std(block[0])) for block in final],
    )
    yield _check("correlation of prices", correlation, [_correlation(b) for b in final])


def first_passage() -> Iterator[Check]:
    """Chance that a price is seen at 1600 or below, from 2000, at volatility 0.9.

    Prices are seen once an hour, and an hourly engine must show that: fewer hits than a
    continuous watch would find. A barrier nearer by the continuity correction gives the
    continuous number back.
    """
    volatility, start, barrier = 0.9, 2000.0, 1600.0
    prices = gaussian_prices(
        [AssetModel(price=start, volatility=volatility)],
        np.eye(1),
        dt=HOUR,
        dtype=FLOAT32,
    )
    nearer = barrier * math.exp(CONTINUITY * volatility * math.sqrt(HOUR))
    further = watched_barrier(barrier, volatility=volatility, dt=HOUR)
    for days, continuous, hourly in ((7, 0.081947, 0.07441), (30, 0.431112, 0.419109)):
        years = days / YEAR
        formula = hit_probability(start, barrier, volatility=volatility, years=years)
        seen = hit_probability(start, further, volatility=volatility, years=years)
        yield Check(f"closed form: {days} d, continuous", continuous, formula, 5.01e-7)
        yield Check(
            f"closed form: {days} d, hourly",
            hourly,
            seen,
            1e-4,
            note="continuity correction",
        )
        _, lowest = _blocks(prices, blocks=32, steps=24 * days)
        low = lowest[:, 0]
        yield _check(
            f"hit within {days} d, hourly", hourly, _hits(low, barrier), room=1e-3
        )
        yield _check(
            f"hit within {days} d, nearer barrier",
            formula,
            _hits(low, nearer),
            room=1e-3,
        )


def _blocks(prices: Prices, *, blocks: int, steps: int) -> tuple[Blocks, Blocks]:
    """Final and lowest prices [USD] of `blocks` times `BLOCK` paths."""
    parts = list(walk(prices, paths=blocks * BLOCK, seed=SEED, steps=steps))

    def of(name: str) -> Blocks:
        values = np.concatenate([getattr(part, name) for part in parts], axis=1)
        return values.reshape(values.shape[0], blocks, BLOCK).swapaxes(0, 1)

    return of("final"), of("lowest")


def _hits(low: np.ndarray, barrier: float) -> list[float]:
    return [float(np.mean(block <= barrier)) for block in low]


def _correlation(block: np.ndarray) -> float:
    first, second = np.asarray(block, np.float64)
    return float(np.cov(first, second)[0, 1] / (first.std(ddof=1) * second.std(ddof=1)))


def _check(
    quantity: str, expected: float, by_block: list[float], *, room: float = 0.0
) -> Check:
    """Mean over the blocks; its standard error from how they differ."""
    values = np.asarray(by_block, np.float64)
    error = float(values.std(ddof=1) / np.sqrt(values.size))
    return Check(quantity, expected, float(values.mean()), room, standard_error=error)

"""Prices of known laws, from the engine itself where it has the law."""

from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxrisk._random import Draw, seed_words
from jaxrisk.calibrate import Fit, Panel
from jaxrisk.config._build_prices import _regimes
from jaxrisk.config._market_model import RegimesConfig
from jaxrisk.data.prices import Column, PriceSeries, Repeats, Source, Stamp
from jaxrisk.process import (
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    StudentT,
    build_prices,
)


HOUR = np.timedelta64(3600, "s")
START = np.datetime64("2022-01-01", "ns")
HOURS_PER_YEAR = 8760
SINGLE = np.dtype(np.float32)
CALM = np.array([[1.0, 0.8, 0.6], [0.8, 1.0, 0.5], [0.6, 0.5, 1.0]])
STRESS = np.array([[1.0, 0.9, 0.8], [0.9, 1.0, 0.75], [0.8, 0.75, 1.0]])
VOLATILITY = {"A": 0.5, "B": 0.6, "C": 0.8}
MULTIPLIER = 2.1


def engine_market(
    *,
    paths: int,
    steps: int,
    degrees: float = np.inf,
    rates: tuple[float, float] | None = None,
    seed: int = 1,
) -> list[Panel]:
    """Hourly returns of three assets, one panel for every path of the engine."""
    regimes = OneRegime()
    if rates is not None:
        settings = RegimesConfig(
            enter_stress_per_year=rates[0], leave_stress_per_year=rates[1]
        )
        regimes = _regimes(settings, dt=1 / HOURS_PER_YEAR, dtype=SINGLE)
    prices = build_prices(
        [AssetModel(price=1.0, volatility=value) for value in VOLATILITY.values()],
        [CALM, STRESS][: regimes.count],
        volatility_multiplier=[1.0, MULTIPLIER][: regimes.count],
        innovation=StudentT.of(degrees, SINGLE) if degrees < np.inf else Gaussian(),
        regimes=regimes,
        jumps=JumpSources(np.zeros((3, 0)), np.zeros(0), np.zeros(0), np.zeros(0)),
        dt=1 / HOURS_PER_YEAR,
        dtype=SINGLE,
    )
    returns = np.asarray(_returns(prices, paths, steps, seed), np.float64)
    return [panel(returns[:, :, path].T) for path in range(paths)]


@eqx.filter_jit
def _returns(prices: Prices, paths: int, steps: int, seed: int) -> jax.Array:
    """Log-returns [step asset path]."""
    path = jnp.arange(paths, dtype=jnp.uint32)
    start = prices.init(paths)

    def body(
        state: tuple[jax.Array, ...], step: jax.Array
    ) -> tuple[tuple[jax.Array, ...], jax.Array]:
        draw = Draw(seed=seed_words(seed), path=path, step=step)
        # From zero each step: a long sum in float32 would round the returns.
        here = eqx.tree_at(
            lambda to: (to.position, to.regime), start, (start.position, state[0])
        )
        after = prices.step(here, draw)
        return (after.regime,), after.position

    _, moves = lax.scan(body, (start.regime,), jnp.arange(steps, dtype=jnp.uint32))
    return moves


def panel(returns: np.ndarray) -> Panel:
    """Hourly returns under letters."""
    names = tuple("ABCDEFGH"[: len(returns)])
    ends = START + (1 + np.arange(returns.shape[1])) * HOUR
    return Panel(names, ends, returns, 3600.0)


def price_series(
    asset: str, time: np.ndarray, price: np.ndarray, stamp: Stamp = Stamp.INSTANT
) -> PriceSeries:
    """A series as a file would give it."""
    none = np.zeros(0, np.int64)
    column = Column("price", np.arange(time.size) + 2)
    return PriceSeries(
        asset=asset,
        quote="USD",
        source=Source(Path(f"{asset}.csv"), "plain", stamp),
        time=time.astype("datetime64[ns]"),
        price=np.asarray(price, np.float64),
        column=column,
        repeats=Repeats(
            column=Column("price", none),
            time=none.view("datetime64[ns]"),
            price=np.zeros(0),
            differs=np.zeros(0, bool),
        ),
        blanks=0,
    )


def regimes_truth(degrees: float, rates: tuple[float, float]) -> dict[str, float]:
    """What `fit_regimes` should find in `engine_market`."""
    truth = {f"volatility.{name}": value for name, value in VOLATILITY.items()}
    truth |= {"volatility_multiplier": MULTIPLIER}
    truth |= correlation_truth(CALM) | correlation_truth(STRESS, "stress.correlation")
    if np.isfinite(degrees):
        truth |= {"degrees_of_freedom": degrees}
    return truth | {
        "enter_stress_per_year": rates[0],
        "leave_stress_per_year": rates[1],
    }


def correlation_truth(
    matrix: np.ndarray, prefix: str = "correlation"
) -> dict[str, float]:
    """Pairs of a matrix under the names of a fit."""
    return {
        f"{prefix}.{'ABC'[i]}.{'ABC'[j]}": float(matrix[i, j])
        for i in range(3)
        for j in range(i + 1, 3)
    }


def z_scores(fit: Fit, truth: dict[str, float]) -> list[float]:
    """Misses in standard errors, of the logarithm where the interval is of it."""
    scores = []
    for name, true in truth.items():
        found = fit.parameters[name]
        of_log = np.isclose(found.low * found.high, found.value**2)
        miss = (
            np.log(found.value / true) * found.value if of_log else found.value - true
        )
        scores.append(float(miss / found.error))
    return scores

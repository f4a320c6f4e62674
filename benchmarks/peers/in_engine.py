"""The core step in this engine: its general step, on a config like any other."""

import jax
import jax.numpy as jnp
import numpy as np
from core import ASSETS, STEPS, Core
from core_config import model
from core_prices import prices
from jax import lax
from jaxtyping import Array, Float, UInt32

from jaxrisk._random import Draw
from jaxrisk.config import build_system, parameters, shifted
from jaxrisk.engine import BLOCK, Layout, Outcome, System, simulate, slopes, workers
from jaxrisk.engine._launch import launches, stream
from jaxrisk.process import Prices
from jaxrisk.sensitivity._pathwise import direction, moving


class CoreStep:
    """The workload."""

    def __init__(self, core: Core) -> None:
        """Build the system once."""
        self._system = model(core).system

    def __call__(self, paths: int, seed: int) -> np.ndarray:
        """Bad debt, repaid debt and the drawdowns: [2 + asset, path]."""
        launches = simulate(self._system, paths=paths, seed=seed)
        return np.concatenate([_rows(each) for each in launches], axis=1)


def _rows(outcome: Outcome) -> np.ndarray:
    bad = (outcome.realized + outcome.unrealized).sum(axis=0)
    return np.concatenate(
        [bad[None], outcome.repaid.sum(axis=0)[None], outcome.drawdown[:ASSETS]]
    )


class Slopes:
    """Of mean bad debt in the volatilities over a year."""

    def __init__(self, core: Core) -> None:
        """Build the system once, and in float64 for how it moves."""
        whole = model(core)
        asked = parameters(whole.config, "volatility")[:ASSETS]

        def build(parameter: object, shift: float) -> System:
            moved = shifted(whole.config, parameter, shift)
            return build_system(moved, whole.book, dtype=np.dtype(np.float64))

        with jax.enable_x64(True):
            ways = [direction(each, build) for each in asked]
        self._split, self._ways = moving(whole.system, ways)

    def __call__(self, paths: int, seed: int) -> np.ndarray:
        """The slopes."""
        one, path = np.ones(paths), np.arange(paths)
        given = {"path": path, "bad_debt": one, "repaid": 0 * one, "seed": seed}
        parts = list(slopes(self._split, self._ways, **given))
        return np.concatenate(parts, axis=1).mean(axis=1) / BLOCK


def paths_alone(core: Core, paths: int, seed: int) -> np.ndarray:
    """Terminal and least log price: [2 x asset, path]."""
    places = workers()
    shape = Layout.fitting(paths, ASSETS, places)
    chunks = launches(range(paths), shape)
    return np.concatenate(
        list(stream(_alone, prices(core), chunks, seed, shape, places)), axis=1
    )


def _alone(
    process: Prices, words: UInt32[Array, " 2"], path: UInt32[Array, " path"]
) -> Float[Array, "row path"]:
    state = process.init(path.shape[0])

    def body(carry: tuple, index: Array) -> tuple[tuple, None]:
        state, low = carry
        state = process.step(state, Draw(seed=words, path=path, step=index))
        return (state, jnp.minimum(low, state.position)), None

    steps = jnp.arange(STEPS, dtype=jnp.uint32)
    (state, low), _ = lax.scan(body, (state, state.position), steps)
    return jnp.concatenate([state.position, low])

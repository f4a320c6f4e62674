"""V3: one position, liquidated in full, too late."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float

from .._random import Draw, seed_words
from ..engine import Layout, State, System, initial_state, step
from ..process import AssetModel
from ._closed_forms import CONTINUITY, YEAR, late_liquidation_loss
from ._position import FULL, single_market_book
from ._row import Check
from ._scene import Scene, outcome


START, COLLATERAL, DEBT, THRESHOLD, BONUS = 2000.0, 1.0, 1620.0, 0.9, 0.05
TRIGGER = DEBT / (COLLATERAL * THRESHOLD)
VOLATILITY, HORIZON = 2.0, 7 / YEAR
FLOAT32 = np.dtype(np.float32)
SEED = 1

OVERSHOOT_VARIANCE = 0.25
"""Of the price at the first step at or below a barrier, in steps' worth of variance.

Siegmund (1985), Sequential analysis, chapter X: limiting overshoot of a normal random
walk; its mean is `CONTINUITY`."""


@dataclass(frozen=True)
class Delay:
    """One row of the table.

    Attributes:
        hours: From the trigger to the liquidation.
        literal: Expected bad debt [USD], as printed in the source.
        steps: Of the engine in a delay.
        bias: Relative excess that stepping leaves, by quadrature of the stepped law.
        paths: Simulated.
        copies: Continuations of every path from its trigger; 1 is a plain run.
    """

    hours: int
    literal: float
    steps: int
    bias: float
    paths: int
    copies: int = 1

    @property
    def years(self) -> float:
        """The delay [year]."""
        return self.hours / (24 * YEAR)

    @property
    def dt(self) -> float:
        """Length of a step [year], with the overshoot as a part of the delay."""
        return self.years / (self.steps + OVERSHOOT_VARIANCE)

    @property
    def watched(self) -> int:
        """Steps in which the trigger can be hit."""
        return round(HORIZON / self.dt)


@dataclass(frozen=True)
class Position:
    """What a slope is taken in; as in the table if nothing is said.

    Attributes:
        threshold: Liquidation threshold [ratio].
        bonus: Liquidation bonus [ratio].
        volatility: Of the collateral [a year].
    """

    threshold: float = THRESHOLD
    bonus: float = BONUS
    volatility: float = VOLATILITY


DELAYS = (
    Delay(1, 0.033139, steps=12, bias=0.0184, paths=8192, copies=64),
    Delay(3, 1.252905, steps=8, bias=0.0085, paths=8192, copies=16),
    Delay(6, 4.598510, steps=8, bias=0.0041, paths=40_000),
    Delay(24, 23.942196, steps=8, bias=0.0025, paths=40_000),
)


def late_liquidation() -> Iterator[Check]:
    """Expected bad debt of a position liquidated in full, hours after its trigger.

    The engine watches in steps. Two corrections make that a continuous watch, up to the
    bias stated: the trigger is set nearer by the continuity correction, so that the
    price where it is seen is the trigger on average; and a step is a little shorter
    than delay/steps, for the variance of that price. The short delays, where one path
    in 300 makes the loss, continue every path from its trigger several times.
    """
    for delay in DELAYS:
        formula = late_liquidation_loss(
            START,
            trigger=TRIGGER,
            collateral=COLLATERAL,
            debt=DEBT,
            bonus=BONUS,
            volatility=VOLATILITY,
            years=HORIZON,
            delay=delay.years,
        )
        yield Check(f"closed form: {delay.hours} h [USD]", delay.literal, formula, 1e-6)
        losses = losses_of(delay, Position())
        yield Check(
            f"bad debt, {delay.hours} h late [USD]",
            delay.literal,
            float(losses.mean()),
            delay.bias * formula,
            standard_error=float(losses.std(ddof=1) / math.sqrt(losses.size)),
            note="tolerance is the bias of stepping, by quadrature",
        )


def losses_of(delay: Delay, position: Position) -> np.ndarray:
    """Bad debt by path [USD]."""
    system = _system(delay, position)
    return _plain(delay, system) if delay.copies == 1 else _split(delay, system)


def _system(delay: Delay, position: Position) -> System:
    volatility = position.volatility
    nearer = math.exp(CONTINUITY * volatility * math.sqrt(delay.dt))
    return Scene(
        asset=AssetModel(price=START, volatility=volatility),
        book=single_market_book(np.array([COLLATERAL]), np.array([[DEBT]])),
        steps=delay.watched + delay.steps,
        dt=delay.dt,
        threshold=position.threshold / nearer,
        bonus=position.bonus,
        rules=FULL,
        latency=delay.steps,
    ).build(FLOAT32)


def _plain(delay: Delay, system: System) -> np.ndarray:
    """Bad debt by path; what triggers after the horizon is not executed any more."""
    layout = Layout(block=2048, launch=16_384)
    paths = outcome(system, paths=delay.paths, seed=SEED, layout=layout)
    return np.asarray(paths.realized, np.float64).sum(axis=0)


def _split(delay: Delay, system: System) -> np.ndarray:
    """Mean bad debt of every path's continuations from its trigger."""
    at_trigger, seen = _until_trigger(system, delay.watched, delay.paths)
    losses = np.zeros((delay.copies, delay.paths))
    for copy in range(delay.copies):
        first = delay.paths * (copy + 1)
        losses[copy] = _from_trigger(system, at_trigger, delay.steps, jnp.uint32(first))
    return np.where(np.asarray(seen), losses.mean(axis=0), 0.0)


@eqx.filter_jit
def _until_trigger(
    system: System, steps: int, paths: int
) -> tuple[State, Bool[Array, " path"]]:
    """Every path's state at the step that saw its trigger, and whether one did."""
    path = jnp.arange(paths, dtype=jnp.uint32)
    start = initial_state(system, paths)

    def body(carry: tuple, index: Array) -> tuple[tuple, None]:
        state, held, seen = carry
        state, _ = step(system, state, draw=_draw(path, index))
        breached = state.clock[0] >= 0
        held = _where(breached & ~seen, state, held)
        return (state, held, seen | breached), None

    nobody = jnp.zeros(paths, bool)
    (_, held, seen), _ = lax.scan(
        body, (start, start, nobody), jnp.arange(steps, dtype=jnp.uint32)
    )
    return held, seen


@eqx.filter_jit
def _from_trigger(
    system: System, state: State, steps: int, first: Array
) -> Float[Array, " path"]:
    """Bad debt written off in the steps after, under draws of other paths."""
    path = first + jnp.arange(state.capital.shape[0], dtype=jnp.uint32)

    def body(state: State, index: Array) -> tuple[State, Float[Array, " path"]]:
        state, info = step(system, state, draw=_draw(path, index))
        return state, info.realized.sum(axis=0)

    _, written = lax.scan(body, state, jnp.arange(steps, dtype=jnp.uint32))
    return written.sum(axis=0)


def _draw(path: Array, index: Array) -> Draw:
    return Draw(seed=seed_words(SEED), path=path, step=index)


def _where(flag: Bool[Array, " path"], new: State, old: State) -> State:
    """Path by path; what has no path axis is the same for all of them."""

    def choose(first: Array, second: Array) -> Array:
        return jnp.where(flag, first, second) if first.ndim else first

    return jax.tree.map(choose, new, old)

"""V24 of perpetuals: what one side of an exchange loses, another has."""

from collections.abc import Iterator
from typing import TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array

from .._random import Draw, seed_words
from .._typing import PerPath
from ..engine import State, StepInfo, System, initial_state, step
from ..oracle import InstantOracle
from ..perps import AutoDeleveraging, Perps, PerpState, PerpTerms, Rung, build_perps
from ..process import AssetModel
from ..venue import PowerLawVenue
from ._closed_forms import YEAR
from ._position import AAVE_V3, single_market_book
from ._row import Check
from ._scene import Scene


PATHS, SEED, STEPS = 128, 9, 72
PRICE, OPEN_INTEREST, FUND = 2000.0, 6e7, 2e5
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)

Ended: TypeAlias = tuple[State, StepInfo]


def exchange_identities() -> Iterator[Check]:
    """Perpetuals sum to zero, with funding, insurance and auto-deleveraging.

    A violent market around an exchange of high leverage and a thin fund, so that most
    paths deleverage. Value is what traders and makers have, positions at one price,
    and the fund; the gap is relative to open interest.
    """
    for dtype, tolerance in ((FLOAT64, 1e-9), (FLOAT32, 1e-4)):
        with jax.enable_x64(dtype == FLOAT64):
            system = exchange_scene(dtype).build(dtype)
            state, info = ended(system)
            start = initial_state(system, PATHS)
            gap = jnp.abs(_value(system, state) - _value(system, start))
            worst = float(gap.max()) / OPEN_INTEREST
            yield Check(f"{dtype}: perpetuals sum to zero", 0.0, worst, tolerance)
            perps = state.perps
            lowest = min(0.0, float(perps.insurance.min()), float(perps.open.min()))
            yield Check(f"{dtype}: lowest fund and position", 0.0, lowest, 0.0)
            deficit = float(jnp.abs(perps.deficit).max())
            yield Check(f"{dtype}: loss that nobody bears [USD]", 0.0, deficit, 0.0)
            some = float((info.perps.deleveraged.sum(axis=(0, 1)) > 0).mean())
            yield Check(f"{dtype}: paths without deleveraging", 0.0, 1 - some, 0.75)


def exchange_scene(dtype: np.dtype) -> Scene:
    """Accounts, and longs and shorts of three to thirty times their margin."""
    rungs = [
        Rung(0, "long", leverage, OPEN_INTEREST / 4, parts=2, entry_spread=0.005)
        for leverage in (3.0, 8.0, 15.0, 30.0)
    ]
    rungs += [
        Rung(0, "short", 10.0, OPEN_INTEREST / 2, delta_neutral=0.5),
        Rung(0, "short", 3.0, OPEN_INTEREST / 4),
    ]
    perps = build_perps(
        rungs,
        terms=[PerpTerms(0, maintenance=0.01, liquidation_fee=0.005, arbitrage=0.5)],
        book=_law(2e7, dtype),
        oracle=InstantOracle(),
        spot=np.array([PRICE, 1.0]),
        insurance=FUND,
        losses=AutoDeleveraging(),
        dtype=dtype,
    )
    collateral = np.array([900.0, 350, 40])
    debt = collateral * PRICE * 0.8 / np.array([1.02, 1.10, 1.3])
    return Scene(
        asset=AssetModel(price=PRICE, volatility=2.0),
        book=single_market_book(collateral, debt[:, None]),
        steps=STEPS,
        dt=1 / (24 * YEAR),
        rules=AAVE_V3,
        venue=_law(4e7, dtype),
        permanent_share=0.3,
        rounds=8,
        perps=perps,
    )


@eqx.filter_jit
def ended(system: System) -> Ended:
    """The state at the horizon, and what every step reports."""

    def body(state: State, index: Array) -> Ended:
        path = jnp.arange(PATHS, dtype=jnp.uint32)
        return step(system, state, draw=Draw(seed_words(SEED), path, index))

    steps = jnp.arange(system.steps, dtype=jnp.uint32)
    return lax.scan(body, initial_state(system, PATHS), steps)


def _value(system: System, state: State) -> PerPath:
    """What traders, makers and the fund have together [USD]."""
    perps, at = system.perps, state.perps
    if not isinstance(perps, Perps) or not isinstance(at, PerpState):
        raise TypeError("The scene has no perpetuals.")
    # At this price as at every other: positions sum to zero.
    tokens = perps.accounts.tokens(at)
    gains = (tokens * (PRICE - perps.accounts.entry[:, None])).sum(axis=0)
    makers = at.cash + PRICE * perps.makers_position(at).sum(axis=0)
    return at.balance.sum(axis=0) + gains + makers + at.insurance - at.deficit


def _law(depth: float, dtype: np.dtype) -> PowerLawVenue:
    return PowerLawVenue(
        depth=jnp.array([depth], dtype),
        move_at_depth=jnp.array([0.02], dtype),
        exponent=jnp.array([1.0], dtype),
    )

"""The minimal config with options dealers and a perpetual on its asset."""

import dataclasses
import functools

import jax.numpy as jnp
import numpy as np
import xarray as xr

from jaxrisk.config import load
from jaxrisk.options import (
    Dealers,
    DeltaTable,
    FlatSurface,
    ImplicitHedging,
    OptionBook,
    StickyStrike,
)
from jaxrisk.oracle import InstantOracle
from jaxrisk.output import Result
from jaxrisk.perps import AutoDeleveraging, Perps, PerpTerms, Rung, build_perps
from jaxrisk.run import Model, OptionMarket, prepare, simulate
from jaxrisk.venue import PowerLawVenue
from tests.cli.conftest import MINIMAL


KIND = np.dtype(np.float32)
PATHS = 64
SPOT = 2000.0
CHANGES = (
    "horizon_days=0.5",
    "assets.WETH.volatility=6",
    f"run.paths={PATHS}",
    "run.feedback_paths=0",
    "run.cohort_check_paths=0",
)
BOOK = OptionBook(
    strike=SPOT * np.linspace(0.7, 1.2, 11),
    expiry=np.full(11, 20 / 365),
    is_call=np.repeat([False, True], [6, 5]),
    position=np.repeat([-2000.0, 1000.0], [6, 5]),
)
"""Dealers short of puts and long of calls: gamma turns between them."""


def dealers(steps: int) -> Dealers:
    """Dealers of the book, who hedge at once."""

    def one(value: float) -> jnp.ndarray:
        return jnp.array([value], KIND)

    return Dealers(
        table=DeltaTable.of(
            [BOOK],
            [FlatSurface(0.9)],
            [StickyStrike()],
            spot=np.array([SPOT]),
            steps=steps,
            dt=1 / 8760,
            levels=np.ones(1),
        ),
        hedging=ImplicitHedging(),
        price=one(SPOT),
        variance=one(0.9**2),
        memory=one(0.9),
        weight=one(0.0),
        assets=(0,),
    )


def perps() -> Perps:
    """One perpetual on the asset, with leveraged longs and a small insurance fund."""
    rungs = [
        Rung(perp=0, side=side, leverage=leverage, open_interest=4e7)
        for side in ("long", "short")
        for leverage in (4.0, 10.0)
    ]
    return build_perps(
        rungs,
        terms=[
            PerpTerms(
                asset=0,
                maintenance=0.01,
                liquidation_fee=0.005,
                arbitrage=0.3,
                arbitrage_decay=0.7,
            )
        ],
        book=PowerLawVenue(
            depth=jnp.array([4e7], KIND),
            move_at_depth=jnp.array([0.02], KIND),
            exponent=jnp.array([1.0], KIND),
        ),
        oracle=InstantOracle(),
        spot=np.array([SPOT, 1.0]),
        insurance=1e6,
        losses=AutoDeleveraging(),
        dtype=KIND,
    )


@functools.cache
def plain_model() -> Model:
    """Nobody but keepers trades."""
    return prepare(load(MINIMAL, list(CHANGES)))


@functools.cache
def model() -> Model:
    """With dealers and perpetuals on the volatile asset."""
    plain = plain_model()
    return dataclasses.replace(
        plain,
        system=dataclasses.replace(
            plain.system, dealers=dealers(plain.config.steps), perps=perps()
        ),
        axes=dataclasses.replace(plain.axes, dealers=("WETH",), perps=("WETH",)),
        options=(
            OptionMarket(
                book=BOOK, surface=FlatSurface(0.9), move=StickyStrike(), start=SPOT
            ),
        ),
    )


@functools.cache
def result() -> Result:
    """A run of it."""
    return simulate(model().config, model=model())


@functools.cache
def plain_result() -> Result:
    """A run without dealers and perpetuals."""
    return simulate(plain_model().config, model=plain_model())


def dataset() -> xr.Dataset:
    """The estimates of the run."""
    return result().to_xarray()

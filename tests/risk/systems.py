"""Small systems with everybody in them: borrowers, options dealers, perpetuals."""

import dataclasses

import jax.numpy as jnp
import numpy as np

from jaxrisk.engine import System
from jaxrisk.lending._book import Book
from jaxrisk.options import (
    AbstractDealers,
    Dealers,
    DeltaTable,
    FlatSurface,
    ImplicitHedging,
    NoDealers,
    OptionBook,
    StickyStrike,
)
from jaxrisk.oracle import InstantOracle
from jaxrisk.perps import (
    AbstractPerps,
    NoPerps,
    PerpTerms,
    Rung,
    SocialisedLoss,
    build_perps,
)
from jaxrisk.process import AssetModel
from jaxrisk.validate._position import single_market_book
from jaxrisk.validate._scene import Scene
from jaxrisk.venue import PowerLawVenue


KIND = np.dtype(np.float32)
PRICE, VOLATILITY, HOUR = 2000.0, 0.9, 1 / 8760
THRESHOLD, BONUS, MAINTENANCE = 0.8, 0.05, 0.01
HEALTH = np.array([1.02, 1.10, 1.05, 1.30, 1.08, 1.15])
COLLATERAL = np.array([900.0, 350, 400, 1200, 550, 770])
RUNGS = ((20.0, 4e5), (10.0, 6e5), (5.0, 8e5))
"""Leverage and open interest [USD] of longs."""


def accounts() -> Book:
    """Six single accounts that fail one after the other."""
    debt = COLLATERAL * PRICE * THRESHOLD / HEALTH
    return single_market_book(COLLATERAL, debt[:, None])


def cohort(width: float) -> Book:
    """The same as one account that stands for many, of a spread health."""
    book = accounts()
    return Book(
        account=book.account[:1],
        market=book.market[:1],
        category=book.category[:1],
        members=np.array([1000.0]),
        collateral=book.collateral.sum(axis=0, keepdims=True),
        debt=book.debt.sum(axis=0, keepdims=True),
        spread=np.array([width]),
    )


def dealers(size: float, *, steps: int, dtype: str = "float32") -> Dealers:
    """Dealers of straddles around the money; a size [token] below zero is short."""
    strike = np.repeat(PRICE * np.linspace(0.8, 1.2, 9), 2)
    book = OptionBook(
        strike=strike,
        expiry=np.full(strike.size, 30 / 365),
        is_call=np.tile([True, False], 9),
        position=np.full(strike.size, size),
    )
    one = jnp.ones(1, KIND)
    return Dealers(
        table=DeltaTable.of(
            [book],
            [FlatSurface(VOLATILITY)],
            [StickyStrike()],
            spot=np.array([PRICE]),
            steps=steps,
            dt=HOUR,
            levels=np.ones(1),
            dtype=dtype,
        ),
        hedging=ImplicitHedging(),
        price=PRICE * one,
        variance=VOLATILITY**2 * one,
        memory=0.9 * one,
        weight=0.0 * one,
        assets=(0,),
    )


def ladder(*, spot_share: float = 0.0) -> AbstractPerps:
    """Longs at three leverages in a deep book, and shorts who may hold the spot."""
    longs = [Rung(0, "long", leverage, interest) for leverage, interest in RUNGS]
    short = Rung(0, "short", 8.0, 5e5, delta_neutral=spot_share)
    return build_perps(
        [*longs, short],
        terms=[PerpTerms(asset=0, maintenance=MAINTENANCE, liquidation_fee=0.0)],
        book=PowerLawVenue(
            depth=jnp.array([1e12], KIND),
            move_at_depth=jnp.array([0.01], KIND),
            exponent=jnp.array([1.0], KIND),
        ),
        oracle=InstantOracle(),
        spot=np.array([PRICE, 1.0]),
        insurance=1e9,
        losses=SocialisedLoss(),
        dtype=KIND,
    )


def system(
    *,
    book: Book | None = None,
    who: AbstractDealers | None = None,
    perps: AbstractPerps | None = None,
    exponent: float = 1.0,
    steps: int = 48,
) -> System:
    """Leveraged accounts in a violent market of some depth."""
    scene = Scene(
        asset=AssetModel(price=PRICE, volatility=VOLATILITY),
        book=book or accounts(),
        steps=steps,
        dt=HOUR,
        threshold=THRESHOLD,
        bonus=BONUS,
        venue=PowerLawVenue(
            depth=jnp.array([2e7], KIND),
            move_at_depth=jnp.array([0.02], KIND),
            exponent=jnp.array([exponent], KIND),
        ),
        permanent_share=0.4,
        rounds=6,
    )
    return dataclasses.replace(
        scene, dealers=who or NoDealers(), perps=perps or NoPerps()
    ).build(KIND)

"""Around the expiry of options: who is long of gamma pins, who is short repels."""

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Float64

from jaxrisk.engine import record
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
from jaxrisk.process import AssetModel
from jaxrisk.validate._position import single_market_book
from jaxrisk.validate._scene import Scene
from jaxrisk.venue import PowerLawVenue


KIND = np.dtype(np.float32)
PATHS, STEPS, EXPIRY, HOUR = 1024, 27, 24, 1 / 8760
PRICE, VOLATILITY = 2000.0, 0.6
SIZE = 5_000.0
"""Tokens of calls and of puts, all at the price of the start: at expiry the delta goes
from minus to plus so many, which move the price by 1.5 %; a day's deviation is
3.1 %."""

Distance = Float64[np.ndarray, "step path"]


def straddle(size: float) -> Dealers:
    """Dealers of one strike and expiry, hedged at once."""

    def one(value: float) -> jnp.ndarray:
        return jnp.array([value], KIND)

    book = OptionBook(
        strike=np.full(2, PRICE),
        expiry=np.full(2, EXPIRY * HOUR),
        is_call=np.array([True, False]),
        position=np.full(2, size),
    )
    return Dealers(
        table=DeltaTable.of(
            [book],
            [FlatSurface(VOLATILITY)],
            [StickyStrike()],
            spot=np.array([PRICE]),
            steps=STEPS,
            dt=HOUR,
            levels=np.ones(1),
        ),
        hedging=ImplicitHedging(),
        price=one(PRICE),
        variance=one(VOLATILITY**2),
        memory=one(0.9),
        weight=one(0.0),
        assets=(0,),
    )


def distance(who: AbstractDealers) -> Distance:
    """Log distance of the price from the strike after every step.

    All impact stays: what was sold and bought back leaves no trace.
    """
    scene = Scene(
        asset=AssetModel(price=PRICE, volatility=VOLATILITY),
        # An account that is never liquidated: a market has at least one.
        book=single_market_book(np.array([1.0, 0.0]), np.array([[0.0], [0.01]])),
        steps=STEPS,
        dt=HOUR,
        venue=PowerLawVenue(
            depth=jnp.array([2.7e7], KIND),
            move_at_depth=jnp.array([0.02], KIND),
            exponent=jnp.array([1.0], KIND),
        ),
        permanent_share=1.0,
        dealers=who,
    )
    found = record(scene.build(KIND), seed=11, paths=np.arange(PATHS))
    return np.log(found.info.price[:, 0].astype(np.float64) / PRICE)


@pytest.fixture(scope="module")
def laws() -> dict[str, Distance]:
    """Without dealers, and with both kinds, on the same draws."""
    return {
        "none": distance(NoDealers()),
        "long": distance(straddle(SIZE)),
        "short": distance(straddle(-SIZE)),
    }


def test_the_price_at_expiry_is_drawn_to_the_strike_or_driven_off(
    laws: dict[str, Distance],
) -> None:
    """After the last hedge before it.

    A median of 1,024 distances is off by 4 % of itself, and a share of 0.14 by 0.011:
    bounds are four of these from no effect, and common draws narrow it further.
    """
    last = {name: np.abs(found[EXPIRY - 2]) for name, found in laws.items()}
    half = {name: float(np.median(found)) for name, found in last.items()}
    assert half["long"] < 0.8 * half["none"]
    assert half["short"] > 1.2 * half["none"]
    near = {name: float((found < 0.005).mean()) for name, found in last.items()}
    assert near["long"] > near["none"] + 0.05
    assert near["short"] < near["none"] - 0.05


def test_the_pull_grows_as_expiry_comes(laws: dict[str, Distance]) -> None:
    """Gamma of an option at the money rises as the time left falls."""
    spread = {name: np.median(np.abs(found), axis=1) for name, found in laws.items()}
    pinned, driven = (spread[name] / spread["none"] for name in ("long", "short"))
    assert pinned[EXPIRY - 2] < pinned[EXPIRY // 2] < pinned[2] < 1
    assert driven[EXPIRY - 2] > driven[EXPIRY // 2] > driven[2] > 1


def test_after_expiry_the_hedge_is_gone_and_so_is_what_it_did(
    laws: dict[str, Distance],
) -> None:
    """Path by path the price is where it would have been but for the first hedge."""
    for name in ("long", "short"):
        apart = np.median(np.abs(laws[name] - laws["none"]), axis=1)
        assert apart[EXPIRY - 2] > 0.005
        assert apart[EXPIRY - 1] < 0.05 * apart[EXPIRY - 2]
        # Nothing is left to hedge: moves are those of everybody else.
        moves = np.diff(laws[name][EXPIRY - 1 :], axis=0)
        still = np.diff(laws["none"][EXPIRY - 1 :], axis=0)
        np.testing.assert_allclose(moves, still, atol=1e-6)

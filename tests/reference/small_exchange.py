"""Small exchanges of perpetuals, for small systems."""

import numpy as np

from .oracles import HeartbeatOracle, InstantOracle
from .perps import Exchange, Leg, Perp, Trader, no_exchange
from .venues import PowerLaw


UNDERLYING = (0, 2)
SPOT = (2000.0, 15.0)
"""Prices of the first and the third asset of a small system at the start."""


def small_exchange(kind: str) -> Exchange:
    """None, one with an instant index, or one with a late index and a poor fund."""
    if kind == "none":
        return no_exchange()
    is_late = kind == "late"
    deviation, heartbeat = np.full(2, 0.03), np.full(2, 2 / 365)
    oracle = HeartbeatOracle(deviation, heartbeat) if is_late else InstantOracle()
    return Exchange(
        perps=tuple(_perp(asset) for asset in UNDERLYING),
        traders=(*_isolated(), *_neutral(), _crossed()),
        oracle=oracle,
        insurance=2e3 if is_late else 1e5,
        loss_rule="socialise" if kind == "socialise" else "deleverage",
    )


def _perp(asset: int) -> Perp:
    return Perp(
        asset=asset,
        book=PowerLaw(2e6, 0.05, 1.0),
        maintenance=0.01,
        liquidation_fee=0.005,
        premium_cap=0.05,
        arbitrage=0.6,
        arbitrage_decay=0.5,
        interval=8 / 8760,
        interest=1e-4,
        clamp=5e-4,
        funding_cap=0.0075,
    )


def _isolated() -> list[Trader]:
    """Longs and shorts from twice to twenty-five times their margin."""
    traders = []
    for p, spot in enumerate(SPOT):
        for leverage in (2.0, 5.0, 12.0, 25.0):
            for side, worth in ((1.0, 1.5e5), (-1.0, 0.9e5)):
                leg = Leg(p, side * worth / spot, spot)
                traders.append(Trader((leg,), balance=worth / leverage))
    return traders


def _neutral() -> list[Trader]:
    """Shorts with as much spot, who leave when funding turns against them."""
    leg = Leg(0, -1e5 / SPOT[0], SPOT[0], spot_leg=1.0)
    return [Trader((leg,), balance=3e4, unwind_below=-1e-3, unwind_speed=0.3)]


def _crossed() -> Trader:
    """Long of both under one margin."""
    legs = tuple(Leg(p, 1e5 / spot, spot) for p, spot in enumerate(SPOT))
    return Trader(legs, balance=3e4)

"""Small systems in which two reserves list instruments in place of tokens."""

import dataclasses
import math

import numpy as np

from .instruments import Instrument, Portfolio
from .option import Option
from .oracles import HeartbeatOracle, Oracle
from .system import Asset, ReferenceSystem
from .venues import PowerLaw


EXPIRY = 40 / 365
FLOOR = Option(0.9, EXPIRY, is_call=False, position=1.0)
CAP = Option(1.2, EXPIRY, is_call=True, position=-1.0)


def with_instruments(system: ReferenceSystem) -> ReferenceSystem:
    """A collar on the first asset, a token and a put on the third.

    They are listed by the reserves that list these assets in the first market.
    """
    collar = Portfolio(1.0, (FLOOR, CAP), volatility=0.9, dt=system.dt)
    put = Portfolio(1.0, (FLOOR,), volatility=1.2, dt=system.dt)
    strict = dataclasses.replace(
        collar, moves=(-0.1, 0.0, 0.1), factors=(0.8, 1.0, 1.25), haircut=0.01
    )
    chosen = ((0, collar, strict), (2, put, put))
    first = len(system.assets)
    instruments = tuple(
        Instrument(first + i, underlying, fair, stressed, weight=0.5)
        for i, (underlying, fair, stressed) in enumerate(chosen)
    )
    still = (0.0,) * len(system.cholesky)
    assets = tuple(
        Asset(
            system.assets[one.underlying].initial_price * one.fair.value(0, 0.0, 0.0),
            PowerLaw(depth=5e6, exponent=1.0),
            scale=still,
            compensation=still,
            resilience=100.0,
            permanent_share=0.2,
        )
        for one in instruments
    )
    home = {(one.underlying, 0): one.asset for one in instruments}
    return dataclasses.replace(
        system,
        assets=system.assets + assets,
        instruments=instruments,
        reserves=tuple(
            dataclasses.replace(one, asset=home.get((one.asset, one.market), one.asset))
            for one in system.reserves
        ),
        cholesky=tuple(_wider(factor, len(assets)) for factor in system.cholesky),
        jumps=tuple(
            dataclasses.replace(jump, loading=jump.loading + (0.0,) * len(assets))
            for jump in system.jumps
        ),
        oracle=_feeds(system.oracle, len(assets)),
    )


def _wider(factor: np.ndarray, more: int) -> np.ndarray:
    whole = np.eye(len(factor) + more)
    whole[: len(factor), : len(factor)] = factor
    return whole


def _feeds(oracle: Oracle, more: int) -> Oracle:
    if not isinstance(oracle, HeartbeatOracle):
        return oracle
    return HeartbeatOracle(
        np.append(oracle.deviation, np.full(more, 0.02)),
        np.append(oracle.heartbeat, np.full(more, math.inf)),
    )

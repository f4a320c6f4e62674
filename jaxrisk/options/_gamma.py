"""Gamma profile: what dealers have to trade as the spot moves, against the spot."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64
from scipy.optimize import brentq
from scipy.special import ndtr

from ._book import OptionBook
from ._move import AbstractMove
from ._surface import AbstractSurface


Spots = Float64[np.ndarray, " spot"]

_DENSITY_AT_ZERO = 0.3989422804014327


@dataclass(frozen=True)
class GammaProfile:
    """Greeks of a whole book by spot, with the volatilities that each spot brings.

    Attributes:
        spot: Prices of the asset [USD].
        delta: Sum of position times Black-76 delta [token].
        gamma: Slope of that sum in the spot, the volatilities' move included
            [token/USD].
        gamma_per_percent: Worth of the tokens by which delta rises when the spot rises
            by 1 % [USD]: gamma S^2 / 100. Dealers short of it buy what rises.
        vanna: Slope of delta in all volatilities together [token per 1.00].
        charm: What delta changes by as a year passes [token/year].
        zero_gamma: Spots between the lowest and the highest given where gamma changes
            its sign, increasing [USD].
    """

    spot: Spots
    delta: Spots
    gamma: Spots
    gamma_per_percent: Spots
    vanna: Spots
    charm: Spots
    zero_gamma: Float64[np.ndarray, " level"]


def gamma_profile(
    book: OptionBook,
    surface: AbstractSurface,
    move: AbstractMove,
    *,
    start: float,
    spot: Spots,
    elapsed: float = 0.0,
    level: float = 1.0,
) -> GammaProfile:
    """Profile of a book, of the options that are not expired.

    Args:
        book: The options, with the dealers' position.
        surface: Volatilities at the start.
        move: How they move.
        start: Spot at the start, to which the surface belongs [USD].
        spot: Spots to look at, above zero, increasing [USD].
        elapsed: Time since the start [year].
        level: Multiple of all volatilities.

    Raises:
        ValueError: If spots are not above zero and increasing.
    """
    if not ((spot > 0).all() and (np.diff(spot) > 0).all() and start > 0):
        raise ValueError(
            f"spot runs from {spot.min()} to {spot.max()} and start is {start}: prices "
            "must be above zero and spots increase. Give them in order, in USD."
        )

    def greeks(log_price: Spots) -> Float64[np.ndarray, "greek spot"]:
        return _greeks(book, surface, move, start, log_price, elapsed, level)

    log_price = np.log(spot / start)
    delta, slope, vanna, charm = greeks(log_price)
    turns = np.flatnonzero(np.sign(slope[1:]) * np.sign(slope[:-1]) < 0)
    zeros = [
        brentq(lambda x: greeks(np.array([x]))[1, 0], log_price[k], log_price[k + 1])
        for k in turns
    ]
    return GammaProfile(
        spot=spot,
        delta=delta,
        gamma=slope / spot,
        gamma_per_percent=slope * spot / 100,
        vanna=vanna,
        charm=charm,
        zero_gamma=start * np.exp(np.array(zeros, float)),
    )


def _greeks(
    book: OptionBook,
    surface: AbstractSurface,
    move: AbstractMove,
    start: float,
    log_price: Spots,
    elapsed: float,
    level: float,
) -> Float64[np.ndarray, "greek spot"]:
    """Delta, its slope in log price, vanna and charm of the sum."""
    live = book.expiry > elapsed
    expiry, position = book.expiry[live], book.position[live]
    moneyness = np.log(book.strike[live] / start)
    moved = move.volatility(surface, moneyness, expiry, log_price, elapsed)
    left = (expiry - elapsed)[:, None]
    root = np.sqrt(left)
    volatility = level * moved.value
    deviation = volatility * root
    ratio = (log_price - moneyness[:, None]) / deviation
    d1, d2 = ratio + deviation / 2, ratio - deviation / 2
    density = _DENSITY_AT_ZERO * np.exp(-(d1**2) / 2)
    widening = level * moved.by_log_price * root
    passing = level * moved.by_time * root - deviation / (2 * left)
    return np.stack(
        [
            position @ ndtr(d1) - position[~book.is_call[live]].sum(),
            position @ (density * (1 - d2 * widening) / deviation),
            position @ (-density * d2 / volatility),
            position @ (-density * d2 * passing / deviation),
        ]
    )

"""Portfolios with options as collateral, and the stresses of their value."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ._book import OptionBook


@dataclass(frozen=True)
class Instrument:
    """One unit of a collateral: some of the underlying, and options on it.

    Attributes:
        units: Of the underlying [token].
        legs: Options, with what the holder has of each: above zero what is long.
    """

    units: float
    legs: OptionBook

    @classmethod
    def protective_put(cls, strike: float, expiry: float) -> "Instrument":
        """The underlying and a put on it: worth the strike at least, at expiry."""
        return cls(1.0, _one(strike, expiry, is_call=False, position=1.0))

    @classmethod
    def covered_call(cls, strike: float, expiry: float) -> "Instrument":
        """The underlying less a call on it: worth the strike at most, at expiry."""
        return cls(1.0, _one(strike, expiry, is_call=True, position=-1.0))


@dataclass(frozen=True)
class Stress:
    """What a portfolio is valued under: the least of all its values counts.

    Every move of the spot is taken with every factor of volatility. The smile moves
    with the spot as it does in the simulation.

    Attributes:
        moves: Relative moves of the spot, above -1 [ratio].
        factors: Multiples of all volatilities, above zero.
        haircut: Taken off the least value, from 0 to below 1 [ratio].

    Raises:
        ValueError: If a move, a factor or the haircut is outside of its range, or
            there is none.
    """

    moves: Float64[np.ndarray, " move"]
    factors: Float64[np.ndarray, " factor"]
    haircut: float = 0.0

    def __post_init__(self) -> None:
        if self.moves.size == 0 or not (self.moves > -1).all():
            raise ValueError(
                f"moves are {self.moves.tolist()}: one is needed, and none may take "
                "all of the price. Give ratios: -0.15 for a fall by 15 %."
            )
        if self.factors.size == 0 or not (self.factors > 0).all():
            raise ValueError(
                f"factors are {self.factors.tolist()}: at least one is needed, and all "
                "must be above zero. Give 1 for volatilities as they are."
            )
        if not 0 <= self.haircut < 1:
            raise ValueError(
                f"haircut is {self.haircut}: it must be from 0 to below 1. Give a "
                "ratio: 0.1 for 10 %."
            )

    @classmethod
    def none(cls) -> "Stress":
        """The value as it is."""
        return cls(np.zeros(1), np.ones(1))


def _one(strike: float, expiry: float, *, is_call: bool, position: float) -> OptionBook:
    return OptionBook(
        np.array([strike]),
        np.array([expiry]),
        np.array([is_call]),
        np.array([position]),
    )

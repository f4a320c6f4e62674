"""The options market at the start: what dealers have to trade as the spot moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..options import AbstractMove, AbstractSurface, OptionBook, gamma_profile


SPOT_MOVES = np.linspace(-0.5, 0.5, 101)
"""Moves of the spot from the start at which greeks are kept [ratio]."""


@dataclass(frozen=True)
class OptionMarket:
    """The options on one asset, as their dealers have them.

    Attributes:
        book: The options, with the dealers' position.
        surface: Volatilities at the start.
        move: How they move.
        start: Spot at the start [USD].
    """

    book: OptionBook
    surface: AbstractSurface
    move: AbstractMove
    start: float


def gamma_facts(markets: Sequence[OptionMarket]) -> dict[str, np.ndarray]:
    """Delta and gamma by spot, one row a dealer; nothing without any.

    Deltas are worth what their tokens cost at the spot they belong to. Where gamma does
    not turn between the lowest and the highest spot its level is NaN.
    """
    if not markets:
        return {}
    profiles = [
        gamma_profile(
            one.book,
            one.surface,
            one.move,
            start=one.start,
            spot=one.start * (1 + SPOT_MOVES),
        )
        for one in markets
    ]
    nearest = [
        min(profile.zero_gamma, key=lambda spot, at=one.start: abs(spot - at))
        if profile.zero_gamma.size
        else np.nan
        for one, profile in zip(markets, profiles, strict=True)
    ]
    return {
        "dealer_spot": np.array([one.start for one in markets], float),
        "dealer_delta": np.stack([each.delta * each.spot for each in profiles]),
        "dealer_gamma": np.stack([each.gamma_per_percent for each in profiles]),
        "zero_gamma": np.array(nearest, float),
    }


def gamma_coordinates(markets: Sequence[OptionMarket]) -> dict[str, np.ndarray]:
    """The moves of the spot; nothing without options."""
    return {"spot_move": SPOT_MOVES} if markets else {}

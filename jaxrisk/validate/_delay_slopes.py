"""V5: how the loss of a late liquidation answers to threshold, bonus and volatility."""

import dataclasses
import math
from collections.abc import Iterator

import numpy as np

from ._closed_forms import late_liquidation_loss
from ._delay import (
    COLLATERAL,
    DEBT,
    DELAYS,
    HORIZON,
    START,
    VOLATILITY,
    Delay,
    Position,
    losses_of,
)
from ._row import Check


SLOPES = {
    1: {"threshold": 5.41594, "bonus": 4.74727, "volatility": 0.16463},
    3: {"threshold": 81.24679, "bonus": 73.61101, "volatility": 3.07980},
    6: {"threshold": 172.06742, "bonus": 162.06071, "volatility": 8.09238},
    24: {"threshold": 301.40033, "bonus": 334.22470, "volatility": 26.98808},
}
"""By hours of delay, as printed in the source [USD for a shift of one]."""

NARROW = 0.1
"""Half width of a bump of threshold or bonus, in standard deviations of the log price
over the delay: the loss curves on that scale. Of the volatility: a twentieth of it."""

MORE = 8
"""Times as many paths as for the loss itself, a slope being noisier; a quarter of that
where a path is continued several times."""

TOLERANCE = 0.02
"""Relative, beside three standard errors; 189.07, what automatic differentiation
through the trigger gives at six hours, is off by .10."""


def late_liquidation_slopes() -> Iterator[Check]:
    """Slopes by central differences on common draws, where the path's own slope lies.

    A shift of the threshold moves the trigger and the loss after it: differentiating a
    path through its hard trigger sees only the second (189.07 at six hours).
    """
    for delay in DELAYS:
        more = MORE if delay.copies == 1 else MORE // 4
        many = dataclasses.replace(delay, paths=more * delay.paths)
        for name, expected in SLOPES[delay.hours].items():
            yield Check(
                f"closed form: d/d {name}, {delay.hours} h [USD]",
                expected,
                _closed_slope(delay, name),
                1e-4 * abs(expected),
            )
            slope = _slope(many, name, _half_width(delay, name))
            yield Check(
                f"d bad debt/d {name}, {delay.hours} h late [USD]",
                expected,
                float(slope.mean()),
                TOLERANCE * abs(expected),
                standard_error=float(slope.std(ddof=1) / math.sqrt(slope.size)),
            )


def _half_width(delay: Delay, name: str) -> float:
    if name == "volatility":
        return VOLATILITY / 20
    return NARROW * VOLATILITY * math.sqrt(delay.years)


def _slope(delay: Delay, name: str, half: float) -> np.ndarray:
    """By path; both positions see the same draws."""
    down, up = (losses_of(delay, _shifted(name, sign * half)) for sign in (-1, 1))
    return (up - down) / (2 * half)


def _shifted(name: str, shift: float) -> Position:
    usual = Position()
    return dataclasses.replace(usual, **{name: getattr(usual, name) + shift})


def _closed_slope(delay: Delay, name: str, half: float = 1e-5) -> float:
    """Of the closed form, by a difference that is exact to seven digits."""
    down, up = (_formula(delay, _shifted(name, sign * half)) for sign in (-1, 1))
    return (up - down) / (2 * half)


def _formula(delay: Delay, position: Position) -> float:
    return late_liquidation_loss(
        START,
        trigger=DEBT / (COLLATERAL * position.threshold),
        collateral=COLLATERAL,
        debt=DEBT,
        bonus=position.bonus,
        volatility=position.volatility,
        years=HORIZON,
        delay=delay.years,
    )

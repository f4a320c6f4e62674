"""How a path ended: failures inside `jit` are data."""

import enum

import jax.numpy as jnp

from ._typing import Counter, Flag


class Status(enum.IntEnum):
    """First event of a path that a reader must know about; zero is none."""

    OK = 0
    PRICE_NOT_FINITE = 1
    CASCADE_STILL_RUNNING = 2
    HEDGE_RAN_AWAY = 3


FATAL = frozenset({Status.PRICE_NOT_FINITE})
"""Paths with these codes are counted and left out of every estimate."""

EXPLANATION = {
    Status.OK: "No event.",
    Status.PRICE_NOT_FINITE: (
        "A price or a loss was not finite; the path is left out of every estimate. "
        "Lower the volatility or the jumps, or run with precision float64."
    ),
    Status.CASCADE_STILL_RUNNING: (
        "Liquidations were still triggering each other when the rounds of a step "
        "ran out; the next step went on with them. Raise `engine.rounds`."
    ),
    Status.HEDGE_RAN_AWAY: (
        "Dealers' hedging moved the price by more than it hedged, and they chased it "
        "until their gamma was used up: where such a path ends is a choice of the "
        "solver. Options on less of the underlying's depth would hold."
    ),
}


def first(status: Counter, happened: Flag, code: Status) -> Counter:
    """Keep an earlier event, unless this one is fatal; otherwise record `code`."""
    open_to_change = (status == Status.OK) | (code in FATAL)
    return jnp.where(open_to_change & happened, int(code), status)

"""What moves along a path, and the prices seen from it."""

from typing import Any

import equinox as eqx

from .._typing import LegPath, PerPath, PerpPath, TraderPath


class PerpState(eqx.Module):
    """Carried from step to step.

    Makers hold the other side of all legs together: their position is no number of its
    own, and the sum of all positions is zero by construction.
    """

    open: LegPath  # share of the initial size
    balance: TraderPath  # [USD]
    cash: PerPath  # makers', of their trades in perpetuals and funding [USD]
    unhedged: PerpPath  # makers' tokens that no spot sale covers [token]
    insurance: PerPath  # [USD]
    deficit: PerPath  # what nobody could pay [USD]
    index: Any  # the memory of the index oracle


class Quotes(eqx.Module):
    """Prices of all perpetuals at one moment."""

    spot: PerpPath  # [USD]
    index: PerpPath  # [USD]
    price: PerpPath  # marginal, in the book [USD]
    mark: PerpPath  # what margin is reckoned at [USD]
    memory: Any  # of the index oracle, after it has seen the spot price

"""Who holds what: traders and the legs of their positions."""

import equinox as eqx
import jax.numpy as jnp

from .._typing import (
    LegFlag,
    LegPath,
    PerLeg,
    PerPerp,
    PerpPath,
    PerTrader,
    TraderFlag,
    TraderPath,
)
from ._grouping import Grouping
from ._state import PerpState


class Margin(eqx.Module):
    """Where every trader stands at the mark price."""

    equity: TraderPath  # balance and unrealized profit [USD]
    notional: TraderPath  # [USD]
    below: TraderFlag  # whether less than maintenance is left


class Accounts(eqx.Module):
    """Traders, and the legs of their positions as they were at the start.

    A trader with one leg is a rung of isolated positions; of several legs under one
    balance the fall of one takes the others with it (cross margin).
    """

    by_perp: Grouping  # legs
    by_trader: Grouping  # legs
    size: PerLeg  # at the start, longs positive, never zero [token]
    entry: PerLeg  # [USD]
    spot_leg: PerLeg  # spot held against a token of a short [ratio]
    balance: PerTrader  # at the start [USD]
    unwind_below: PerTrader  # funding rate at which spot legs are unwound [ratio]
    unwind_speed: PerTrader  # of the initial size in a step [ratio]

    def tokens(self, state: PerpState) -> LegPath:
        """What is open, longs positive [token]."""
        return state.open * self.size[:, None]

    def profit(self, tokens: LegPath, price: LegPath) -> LegPath:
        """What tokens have gained since they were bought, at a price [USD]."""
        return tokens * (price - self.entry[:, None])

    def margin(self, state: PerpState, mark: PerpPath, maintenance: PerPerp) -> Margin:
        """Equity, notional, and whether that is too little of it.

        Args:
            state: Positions and balances.
            mark: Mark prices [USD].
            maintenance: Least equity [ratio of notional].
        """
        tokens = self.tokens(state)
        mark_of_leg = self.by_perp.spread(mark)
        notional = jnp.abs(tokens) * mark_of_leg
        profit = self.profit(tokens, mark_of_leg)
        needed = notional * self.by_perp.spread(maintenance[:, None])
        equity = state.balance + self.by_trader.total(profit)
        held = self.by_trader.total(notional)
        return Margin(
            equity=equity,
            notional=held,
            below=(equity < self.by_trader.total(needed)) & (held > 0),
        )

    def is_long(self) -> LegFlag:
        """Sides of the legs, the same on every path."""
        return self.size[:, None] > 0

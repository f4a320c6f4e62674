"""Who bears what the insurance fund cannot pay."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._numerics import safe_divide
from .._typing import PerPath, PerpPath
from ._closing import Closing
from ._state import PerpState


class Covered(eqx.Module):
    """How a round ends where the fund did not go far enough."""

    state: PerpState
    deleveraged: PerpPath  # closed outside the book, at mark [USD]
    paid: PerPath  # by the insurance fund [USD]


class AbstractLossRule(eqx.Module):
    """Called in a round in which the fund falls short, on one path or on several."""

    @abc.abstractmethod
    def cover(
        self, closing: Closing, booked: PerpState, paid: PerPath, unpaid: PerPath
    ) -> Covered:
        """End a round; of no use on paths with nothing unpaid.

        Args:
            closing: Who fails, and the state before.
            booked: The state if the book takes all of it.
            paid: What the fund has then paid [USD].
            unpaid: What it could then not pay [USD].
        """


class SocialisedLoss(AbstractLossRule):
    """Everything goes to the book, and traders in profit give up a part of it.

    Their unrealized profits, traders net and never more than their equity, are cut pro
    rata in all perpetuals of the exchange (clawback). Makers give nothing. A loss above
    all profits is a deficit.
    """

    def cover(
        self, closing: Closing, booked: PerpState, paid: PerPath, unpaid: PerPath
    ) -> Covered:
        """Cut unrealized profits."""
        margin = closing.margin
        profit = jnp.minimum(margin.equity - closing.state.balance, margin.equity)
        profit = jnp.where(closing.failing, 0, jnp.maximum(profit, 0))
        whole = profit.sum(axis=0)
        cut = jnp.minimum(safe_divide(unpaid, whole, otherwise=0.0), 1)
        taken = cut[None] * profit
        rest = jnp.maximum(unpaid - whole, 0)
        state = eqx.tree_at(
            lambda at: (at.balance, at.deficit),
            booked,
            (booked.balance - taken, booked.deficit + rest),
        )
        return Covered(
            state=state, deleveraged=jnp.zeros_like(closing.quotes.mark), paid=paid
        )

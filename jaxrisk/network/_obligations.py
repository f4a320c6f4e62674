"""Treasuries, funds and market makers that owe each other, and what they hold."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import matmul
from .._random import Draw, Stream
from .._typing import AssetPath, EntityPath, MarketPath, PerEntity
from ._clearing import Recovery, clear
from ._settling import AbstractObligations, Settlement


class Obligations(AbstractObligations):
    r"""Entities with cash and tokens against nominal debts, cleared at the horizon.

    An entity owes the others what is agreed; to the rest of the world it owes a known
    amount, a hidden one h, and its share of the bad debt of markets:

    .. math:: h \, e^{\varsigma z} + \textstyle\sum_m b_m \, \text{bad debt}_m

    with z standard normal, one a path. All debts have one rank.
    """

    cash: PerEntity  # [USD]
    tokens: Float[Array, "entity asset"]  # [token]
    liabilities: Float[Array, "entity creditor"]  # to each other [USD]
    outside: PerEntity  # known debt to others [USD]
    hidden: PerEntity  # h, the median of a debt that nobody sees [USD]
    hidden_sd: PerEntity  # [log]
    bears: Float[Array, "entity market"]  # b, share of bad debt [ratio]
    recovery: Recovery

    def settle(self, price: AssetPath, lost: MarketPath, draw: Draw) -> Settlement:
        """Clear everything at the horizon, at these prices [USD]."""
        found = clear(
            self.liabilities,
            self.cash[:, None] + matmul(self.tokens, price),
            outside=self.outside[:, None]
            + self._hidden(draw)
            + matmul(self.bears, lost),
            recovery=self.recovery,
        )
        return Settlement(
            shortfall=found.shortfall, equity=found.equity, round=found.round
        )

    def _hidden(self, draw: Draw) -> EntityPath:
        """Hidden debts [USD]."""
        normal = draw.normal(Stream.OBLIGATION, self.hidden.shape[0])
        size = jnp.exp(self.hidden_sd[:, None] * normal.astype(self.hidden.dtype))
        return self.hidden[:, None] * size

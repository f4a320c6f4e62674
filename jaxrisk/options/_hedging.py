"""When dealers hedge, and how far: never, now and then, out of a band, or at once."""

import abc
from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Int

from .._numerics import any_of, any_row
from .._typing import DealerPath, Flag, PerDealer


DealerFlag = Bool[Array, "dealer path"]


class AbstractWant(eqx.Module):
    """What dealers still want to sell once they have sold some."""

    @abc.abstractmethod
    def __call__(self, sold: DealerPath) -> tuple[DealerPath, DealerPath]:
        """What is still to be sold [token], and the feedback k.

        The feedback is the slope of what they want to sell in what they sell: a sale
        lowers the price, and that price asks for k times as much again.
        """

    @abc.abstractmethod
    def grain(self) -> DealerPath:
        """What is no more than the rounding of a wish [token]."""


class Hedged(NamedTuple):
    """A trade of the dealers."""

    sold: DealerPath  # [token]; negative where bought
    ran_away: Flag  # the hedge chased its own price, or no end was found


class AbstractHedging(eqx.Module):
    """How dealers answer a price."""

    @abc.abstractmethod
    def in_step(
        self, want: AbstractWant, still: DealerPath, elapsed: Int[Array, ""]
    ) -> Hedged:
        """Their trade after the shock of a step.

        Args:
            want: What they want to sell.
            still: A trade of nothing, for its shape.
            elapsed: Steps since the start, this one included.
        """

    @abc.abstractmethod
    def in_round(self, want: AbstractWant, still: DealerPath) -> Hedged:
        """Their trade in a round of liquidations; arguments as above."""


class IntervalHedging(AbstractHedging):
    r"""Once in so many steps, at the price seen before the own trade.

    What the own trade does to the price is hedged the next time. With feedback k of
    one hedge in the next, returns u between hedges follow :math:`u' = z + k u`: their
    standard deviation is that of the shock z times :math:`1/\sqrt{1 - k^2}`, whoever
    is short, and in the long run :math:`1/(1 - k)`, k < 0 of a long gamma.
    """

    every: int = eqx.field(static=True)

    def in_step(
        self, want: AbstractWant, still: DealerPath, elapsed: Int[Array, ""]
    ) -> Hedged:
        """All of it, when it is time."""
        due = (elapsed % self.every) == 0
        return _seen(jnp.where(due, want(still)[0], 0))

    def in_round(self, want: AbstractWant, still: DealerPath) -> Hedged:  # noqa: ARG002
        """Nothing: it is not time."""
        return _seen(still)


class BandHedging(AbstractHedging):
    """Once a step, and only what is out of the band, at the price seen before.

    Source: Whalley and Wilmott (1997), An asymptotic analysis of an optimal hedging
    model for option pricing with transaction costs: trade to the edge of the band.
    """

    band: PerDealer  # [token], to either side

    def in_step(
        self,
        want: AbstractWant,
        still: DealerPath,
        elapsed: Int[Array, ""],  # noqa: ARG002
    ) -> Hedged:
        """To the edge of the band."""
        wanted, band = want(still)[0], self.band[:, None]
        return _seen(wanted - jnp.clip(wanted, -band, band))

    def in_round(self, want: AbstractWant, still: DealerPath) -> Hedged:  # noqa: ARG002
        """Nothing: once a step."""
        return _seen(still)


class ImplicitHedging(AbstractHedging):
    r"""At once, and at the price that the own trade leads to.

    Solved with the venue: with feedback k a move z of the others becomes
    :math:`z/(1 - k)`, k < 0 of a long gamma. Where k is one or more no price near by
    is the end of it: dealers chase the price until their gamma is used up, and the path
    says so.

    Source: Frey and Stremme (1997), Market volatility and feedback effects from dynamic
    hedging; Platen and Schweizer (1998), On feedback effects from hedging derivatives.
    """

    def in_step(
        self,
        want: AbstractWant,
        still: DealerPath,
        elapsed: Int[Array, ""],  # noqa: ARG002
    ) -> Hedged:
        """Until nothing is left to hedge."""
        return settled(want, still)

    def in_round(self, want: AbstractWant, still: DealerPath) -> Hedged:
        """The same."""
        return settled(want, still)


def _seen(sold: DealerPath) -> Hedged:
    return Hedged(sold=sold, ran_away=jnp.zeros(sold.shape[1], bool))


LEAST_DAMPING = 0.125
"""Of 1 - k in a step of the search: where k is nearer to one, or above it, the search
goes on by eight times what is still wanted."""
MOST_TURNS = 40
ACCURACY = 1000
"""Units in the last place of the first wish, within which a wish is fulfilled."""


class _Search(NamedTuple):
    """Where the search stands: the end is between `low` and `high` times the sign."""

    sold: DealerPath
    low: DealerPath  # still wanting more
    high: DealerPath  # wanting less; infinite until found
    done: DealerFlag
    steep: DealerFlag  # met a feedback of one or more on the way
    turns: Int[Array, ""]


def settled(want: AbstractWant, still: DealerPath) -> Hedged:
    """The nearest trade after which nothing is wanted, in the direction of the wish.

    A Newton search from no trade at all, kept in a bracket; some four looks at table
    and venue. A path's search ends when its own is done, whoever shares its block. The
    derivative is that of the last Newton step, which is exact.
    """
    end = lax.stop_gradient(_search(lax.stop_gradient(want), still))
    left, feedback = want(end.sold)
    slope = lax.stop_gradient(jnp.maximum(1 - feedback, LEAST_DAMPING))
    # Without a value: the search has found the end as well as it can be.
    sold = end.sold + (left - lax.stop_gradient(left)) / slope
    return Hedged(sold=sold, ran_away=any_row(end.steep | ~end.done))


def _search(want: AbstractWant, still: DealerPath) -> _Search:
    first = want(still)[0]
    sign = jnp.where(first < 0, -1, 1).astype(first.dtype)
    accuracy = ACCURACY * jnp.finfo(first.dtype).eps
    near = jnp.maximum(accuracy * jnp.abs(first), want.grain())

    def go_on(at: _Search) -> Array:
        return (at.turns < MOST_TURNS) & any_of(~at.done)

    def turn(at: _Search) -> _Search:
        left, feedback = want(at.sold)
        left = sign * left
        low = jnp.where(left > 0, sign * at.sold, at.low)
        high = jnp.where(left > 0, at.high, sign * at.sold)
        slope = jnp.maximum(1 - feedback, LEAST_DAMPING)
        aim = sign * at.sold + left / slope
        middle = low / 2 + jnp.where(jnp.isfinite(high), high, low) / 2
        inside = (aim > low) & (aim < high)
        aim = sign * jnp.where(inside, aim, middle)
        done = at.done | (jnp.abs(left) <= near) | (aim == at.sold)
        return _Search(
            sold=jnp.where(done, at.sold, aim),
            low=low,
            high=high,
            done=done,
            steep=at.steep | (~done & (left > 0) & (feedback >= 1)),
            turns=at.turns + 1,
        )

    start = _Search(
        sold=still,
        low=jnp.zeros_like(first),
        high=jnp.full_like(first, jnp.inf),
        done=first == 0,
        steep=jnp.zeros(first.shape, bool),
        turns=jnp.zeros((), jnp.int32),
    )
    return lax.while_loop(go_on, turn, start)

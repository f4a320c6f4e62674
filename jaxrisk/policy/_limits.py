"""Rate limits: how much a market, and a position, may be liquidated in a step."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numerics import safe_divide
from .._typing import MarketPath, PerMarket


LimitedPath = Float[Array, "limited path"]
"""By market, or without a row."""


class AbstractLimits(eqx.Module):
    """Bounds on liquidations in a step."""

    @property
    @abc.abstractmethod
    def throttles(self) -> bool:
        """Whether a market has a budget: known before a program is compiled."""

    @property
    @abc.abstractmethod
    def gradual(self) -> bool:
        """Whether a position has a largest share: known before as well."""

    @abc.abstractmethod
    def budget(self, debt: MarketPath) -> LimitedPath:
        """What may be repaid in a step [USD], of markets with so much debt [USD]."""

    @abc.abstractmethod
    def throttle(
        self, left: MarketPath, wanted: MarketPath
    ) -> tuple[MarketPath, MarketPath]:
        """Share of what is wanted that may be had [ratio], and what is left [USD]."""

    @property
    @abc.abstractmethod
    def closing_share(self) -> PerMarket:
        """Largest share of a position closed in a step [ratio]."""


class NoLimits(AbstractLimits):
    """Everything at once."""

    @property
    def throttles(self) -> bool:
        """Never."""
        return False

    @property
    def gradual(self) -> bool:
        """Never."""
        return False

    def budget(self, debt: MarketPath) -> LimitedPath:
        """No rows."""
        return debt[:0]

    def throttle(
        self, left: MarketPath, wanted: MarketPath
    ) -> tuple[MarketPath, MarketPath]:
        """All of it."""
        return jnp.ones_like(wanted), left

    @property
    def closing_share(self) -> PerMarket:
        """Of no markets."""
        return jnp.zeros(0)


class Limits(AbstractLimits):
    """A budget of repaid debt by market, and a largest share of a position.

    The budget is the lesser of `amount` and `share` of the market's debt at the start
    of the step. A round that wants more than is left takes of every liquidation the
    same share, so that the order of accounts does not count; then the market waits for
    the next step. `closing_share` bounds one liquidation, of which a position has at
    most one a step.
    """

    amount: PerMarket  # [USD a step]; infinite for no bound
    share: PerMarket  # [ratio of debt a step]; infinite for no bound
    closing: PerMarket  # [ratio of a position]; 1 for no bound
    by_market: bool = eqx.field(static=True)
    by_position: bool = eqx.field(static=True)

    @property
    def throttles(self) -> bool:
        """Whether a market has a bound."""
        return self.by_market

    @property
    def gradual(self) -> bool:
        """Whether a position has one."""
        return self.by_position

    def budget(self, debt: MarketPath) -> LimitedPath:
        """The lesser of both bounds [USD]."""
        bounded = jnp.isfinite(self.share)[:, None]
        of_debt = jnp.where(bounded, self.share[:, None], 0) * debt
        return jnp.minimum(self.amount[:, None], jnp.where(bounded, of_debt, jnp.inf))

    def throttle(
        self, left: MarketPath, wanted: MarketPath
    ) -> tuple[MarketPath, MarketPath]:
        """The same share for all; a budget that is spent is exactly zero."""
        short = left < wanted
        had = safe_divide(
            jnp.where(short, left, 0), jnp.where(short, wanted, 1), otherwise=0.0
        )
        return jnp.where(short, had, 1), jnp.where(short, 0, left - wanted)

    @property
    def closing_share(self) -> PerMarket:
        """As given [ratio]."""
        return self.closing

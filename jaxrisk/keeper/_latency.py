"""The time between an account's first breach and the first liquidation."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import RowFlag, RowPath, Scalar


Clock = Float[Array, "clock path"]
"""One row an account, or none at all where nobody looks at them."""

NEVER = -1.0
"""Clock of an account that was not seen below a health of one."""


class AbstractLatency(eqx.Module):
    """Keeps a clock for every account, if it needs one."""

    @abc.abstractmethod
    def init(self, kept: RowPath) -> Clock:
        """Clocks [step] before the first step; no rows if none are kept."""

    @abc.abstractmethod
    def tick(self, clock: Clock, breached: RowFlag) -> Clock:
        """Let one step pass; an account first seen below one starts at 0."""

    @abc.abstractmethod
    def ready(self, clock: Clock, breached: RowFlag) -> RowFlag:
        """Which of the breached accounts may be liquidated now."""

    @abc.abstractmethod
    def restart(self, clock: Clock, taken: RowFlag, breached: RowFlag) -> Clock:
        """Forget accounts that a liquidation has healed."""


class NoLatency(AbstractLatency):
    """Keepers act within the step. No clocks."""

    def init(self, kept: RowPath) -> Clock:
        """No rows."""
        return kept[:0]

    def tick(self, clock: Clock, breached: RowFlag) -> Clock:  # noqa: ARG002
        """Nothing."""
        return clock

    def ready(self, clock: Clock, breached: RowFlag) -> RowFlag:  # noqa: ARG002
        """All of them."""
        return breached

    def restart(
        self,
        clock: Clock,
        taken: RowFlag,  # noqa: ARG002
        breached: RowFlag,  # noqa: ARG002
    ) -> Clock:
        """Nothing."""
        return clock


class FixedLatency(AbstractLatency):
    """Liquidation from `steps` steps after the first breach on.

    The clock is not stopped by a recovery: keepers who know an account act at once when
    it is liquidatable again. It restarts once a liquidation has healed the account.
    """

    steps: Scalar  # [step]

    def init(self, kept: RowPath) -> Clock:
        """No account was seen yet."""
        return jnp.full_like(kept, NEVER)

    def tick(self, clock: Clock, breached: RowFlag) -> Clock:
        """Run the clocks; start those of new breaches."""
        return jnp.where(clock >= 0, clock + 1, jnp.where(breached, 0, NEVER))

    def ready(self, clock: Clock, breached: RowFlag) -> RowFlag:
        """Breached, and seen long enough ago."""
        return breached & (clock >= self.steps)

    def restart(self, clock: Clock, taken: RowFlag, breached: RowFlag) -> Clock:
        """Reset the clocks of accounts that were liquidated and are healthy."""
        return jnp.where(taken & ~breached, NEVER, clock)

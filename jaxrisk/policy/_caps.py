"""Caps: how much more of a reserve may be supplied, borrowed, or borrowed against."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._typing import PerReserve, ReservePath


class AbstractCaps(eqx.Module):
    """Bounds on what is added; what is there already may be above them, and stays."""

    @property
    @abc.abstractmethod
    def isolates(self) -> bool:
        """Whether a reserve has a debt ceiling: known before a program is compiled."""

    @abc.abstractmethod
    def room_to_supply(self, supplied: ReservePath) -> ReservePath:
        """What may still be supplied [token], of so much [token]."""

    @abc.abstractmethod
    def room_to_borrow(self, borrowed: ReservePath) -> ReservePath:
        """What may still be borrowed [token], of so much [token]."""

    @abc.abstractmethod
    def room_below_ceiling(self, backed: ReservePath) -> ReservePath:
        """What may still be borrowed against a reserve [USD].

        Args:
            backed: Debt of accounts with this reserve as collateral [USD].
        """


class NoCaps(AbstractCaps):
    """No bounds."""

    @property
    def isolates(self) -> bool:
        """None."""
        return False

    def room_to_supply(self, supplied: ReservePath) -> ReservePath:
        """Unlimited."""
        return jnp.full_like(supplied, jnp.inf)

    def room_to_borrow(self, borrowed: ReservePath) -> ReservePath:
        """Unlimited."""
        return jnp.full_like(borrowed, jnp.inf)

    def room_below_ceiling(self, backed: ReservePath) -> ReservePath:
        """Unlimited."""
        return jnp.full_like(backed, jnp.inf)


class Caps(AbstractCaps):
    """Supply and borrow caps of Aave v3, and debt ceilings of its isolation mode.

    A reserve with a ceiling is isolated: all debt of an account that has it as
    collateral counts against the ceiling.

    Source: Aave v3 technical paper (2022), supply and borrow caps, isolation mode.
    """

    supply: PerReserve  # [token]; infinite for no bound
    borrow: PerReserve  # [token]
    ceiling: PerReserve  # [USD]
    some_isolated: bool = eqx.field(static=True)

    @property
    def isolates(self) -> bool:
        """Whether a ceiling is finite."""
        return self.some_isolated

    def room_to_supply(self, supplied: ReservePath) -> ReservePath:
        """Up to the cap, and never below zero [token]."""
        return jnp.maximum(self.supply[:, None] - supplied, 0)

    def room_to_borrow(self, borrowed: ReservePath) -> ReservePath:
        """Up to the cap, and never below zero [token]."""
        return jnp.maximum(self.borrow[:, None] - borrowed, 0)

    def room_below_ceiling(self, backed: ReservePath) -> ReservePath:
        """Up to the ceiling, and never below zero [USD]."""
        return jnp.maximum(self.ceiling[:, None] - backed, 0)

"""No venue at all: the null object of this family."""

import jax.numpy as jnp

from .._typing import AssetPath
from ._base import AbstractVenue


class InfiniteVenue(AbstractVenue):
    """Takes any amount at the mid price."""

    def displacement(self, inventory: AssetPath, mid: AssetPath) -> AssetPath:  # noqa: ARG002
        """None."""
        return jnp.zeros_like(inventory)

    def proceeds(
        self,
        inventory: AssetPath,  # noqa: ARG002
        sold: AssetPath,
        mid: AssetPath,
    ) -> AssetPath:
        """At mid."""
        return sold * mid

    def room(self, inventory: AssetPath, move: AssetPath, mid: AssetPath) -> AssetPath:  # noqa: ARG002
        """Unlimited, either way."""
        return jnp.where(move < 0, jnp.inf, -jnp.inf).astype(move.dtype)

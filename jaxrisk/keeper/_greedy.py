"""The keeper that always liquidates."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._typing import PerPath, RowFlag, RowPath
from ._base import AbstractKeeper, AbstractRoom, Offers


class GreedyKeeper(AbstractKeeper):
    """Takes every offer, whatever it costs: unlimited capital, no gas, no patience."""

    def fill(
        self,
        offers: Offers,
        capital: PerPath,  # noqa: ARG002
        *,
        room: AbstractRoom,  # noqa: ARG002
    ) -> RowPath:
        """All of what is ready."""
        return offers.ready.astype(offers.seized.dtype)

    def gas(self, taken: RowFlag, members: Float[Array, "row #path"]) -> PerPath:
        """None."""
        return jnp.zeros(taken.shape[1], members.dtype)

    def with_gas(self, multiple: PerPath) -> "GreedyKeeper":  # noqa: ARG002
        """As they are: of nothing."""
        return self

    @property
    def initial_capital(self) -> Float[Array, ""]:
        """Unlimited."""
        return jnp.asarray(jnp.inf)

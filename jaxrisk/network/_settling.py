"""What mutual obligations are to the rest of the market."""

import abc

import equinox as eqx
import jax.numpy as jnp

from .._random import Draw
from .._typing import AssetPath, EntityCounter, EntityPath, MarketPath


class Settlement(eqx.Module):
    """How the obligations of a path end."""

    shortfall: EntityPath  # owed and not paid [USD]
    equity: EntityPath  # left to its owners [USD]
    round: EntityCounter  # in which it defaulted, counted from 1; 0: it did not


class AbstractObligations(eqx.Module):
    """Who owes whom beside the lending markets, and what it is settled with."""

    @abc.abstractmethod
    def settle(self, price: AssetPath, lost: MarketPath, draw: Draw) -> Settlement:
        """Clear everything at the horizon.

        Args:
            price: Market prices [USD].
            lost: Bad debt of every market [USD].
            draw: The random numbers of the path, whatever its steps.
        """


class NoObligations(AbstractObligations):
    """Nobody owes anybody: no entities."""

    def settle(
        self,
        price: AssetPath,
        lost: MarketPath,  # noqa: ARG002
        draw: Draw,  # noqa: ARG002
    ) -> Settlement:
        """Of no entities."""
        nobody = price[:0]
        return Settlement(
            shortfall=nobody, equity=nobody, round=nobody.astype(jnp.int32)
        )

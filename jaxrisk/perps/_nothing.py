"""No perpetuals at all: the null object of this family."""

import equinox as eqx
import jax.numpy as jnp

from .._typing import AssetPath, Flag, PerpPath, Scalar
from ._base import AbstractPerps, PerpReport


class NoPerpState(eqx.Module):
    """Nothing moves: no leaves."""


class NoPerps(AbstractPerps[NoPerpState]):
    """An exchange without contracts: nothing is sold, nobody is in trouble."""

    def init(self, spot: AssetPath) -> NoPerpState:  # noqa: ARG002
        """Nothing."""
        return NoPerpState()

    def blank(self, spot: AssetPath) -> PerpReport:
        """Of no perpetuals."""
        return PerpReport.blank(0, spot)

    def advance(
        self,
        state: NoPerpState,
        spot: AssetPath,
        dt: Scalar,  # noqa: ARG002
    ) -> tuple[NoPerpState, AssetPath, PerpReport]:
        """Nothing."""
        return state, jnp.zeros_like(spot), self.blank(spot)

    def in_trouble(self, state: NoPerpState, spot: AssetPath) -> Flag:  # noqa: ARG002
        """Never."""
        return jnp.zeros(spot.shape[1], bool)

    def liquidate(
        self, state: NoPerpState, spot: AssetPath
    ) -> tuple[NoPerpState, AssetPath, PerpReport]:
        """Nothing."""
        return state, jnp.zeros_like(spot), self.blank(spot)

    def basis(self, state: NoPerpState, spot: AssetPath) -> PerpPath:  # noqa: ARG002
        """Of no perpetuals."""
        return spot[:0]

    def funding_rate(
        self,
        state: NoPerpState,  # noqa: ARG002
        spot: AssetPath,
    ) -> PerpPath:
        """Of no perpetuals."""
        return spot[:0]

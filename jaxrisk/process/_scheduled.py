"""A shock at a known time, on top of whatever else prices do."""

import jax.numpy as jnp

from .._random import Draw
from .._typing import AssetPath, PerAsset, Scalar
from ._jumps import AbstractJumps


class ScheduledShock(AbstractJumps):
    """Every path's prices jump by the same, at one step; the other jumps go on.

    A base asset keeps the jump. A pegged one returns from it, and never goes below its
    floor. What is pegged to an asset follows it.
    """

    jumps: AbstractJumps
    size: PerAsset  # [log]
    step: Scalar  # the first is zero

    def add(self, move: AssetPath, draw: Draw) -> AssetPath:
        """The move with this step's jumps, and the shock at its time."""
        now = draw.step.astype(self.step.dtype) == self.step
        return self.jumps.add(move, draw) + jnp.where(now, self.size, 0)[:, None]

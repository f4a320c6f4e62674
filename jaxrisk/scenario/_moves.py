"""Moves at known times, on every path, on top of whatever else prices do."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from .._random import Draw
from .._typing import AssetPath
from ..process import AbstractJumps


class ScheduledMoves(AbstractJumps):
    """Every path's prices move by the same in each step; the other jumps go on.

    A base asset keeps a move. A pegged one returns from it, and never goes below its
    floor. What is pegged to an asset follows it.
    """

    jumps: AbstractJumps
    moves: Float[Array, "step asset"]  # [log], of each asset against what it follows

    def add(self, move: AssetPath, draw: Draw) -> AssetPath:
        """The move with this step's jumps, and what was scheduled for it."""
        now = jnp.take(self.moves, draw.step.astype(jnp.int32), axis=0)
        return self.jumps.add(move, draw) + now[:, None]

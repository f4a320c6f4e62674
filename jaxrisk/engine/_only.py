"""What happens to some paths of a block leaves the others as they are, to the bit."""

from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array

from .._typing import Flag


Carry = TypeVar("Carry")


def only(active: Flag, after: Carry, before: Carry) -> Carry:
    """The state after, on the active paths; before, on all others.

    A trade of nothing may be worth a rounding error: without this the last bits of a
    path would depend on who shares its block. What has no path axis is common to all.
    """

    def select(new: Array, old: Array) -> Array:
        if not new.ndim:
            return new
        return jnp.where(active.reshape((1,) * (new.ndim - 1) + (-1,)), new, old)

    return jax.tree.map(select, after, before)

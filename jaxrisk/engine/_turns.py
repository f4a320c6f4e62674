"""The busy paths of a block, so many at a time."""

from collections.abc import Callable
from typing import TypeVar

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Int

from .._typing import Flag


Carry = TypeVar("Carry")
Places = Int[Array, " place"]

CACHED = 4096
"""Paths of the largest block that is meant for a core's cache; see `Layout.fitting`."""


MANY = 2048
"""Paths of a turn in a larger block, which is an accelerator's."""


def turn_of(few: int, paths: int) -> int:
    """Paths of a turn in a block of so many paths.

    So few in a block for a core's cache, where a turn costs what is in it. On an
    accelerator a turn starts some 250 kernels, whatever is in it, and that costs more
    than the work of thousands of paths (derived in docs/performance.md, not measured).
    """
    return few if paths <= CACHED else MANY


def in_turns(
    work: Callable[[Places, Carry], Carry], carry: Carry, *, busy: Flag, size: int
) -> Carry:
    """Hand the busy paths to `work`, in order; the cost follows their number.

    Args:
        work: Takes the numbers of `size` paths (the number of paths, beyond the last
            one, where the place is empty) and the carry; returns the new one.
        carry: Before the first turn.
        busy: Paths to work on.
        size: Places of a turn.
    """
    # Ranks and not a sort.
    rank = jnp.where(busy, jnp.cumsum(busy, dtype=jnp.int32) - 1, -1)
    count = busy.sum(dtype=jnp.int32)

    def turn(now: tuple[Array, Carry]) -> tuple[Array, Carry]:
        start, carry = now
        return start + size, work(_places(rank, start, size), carry)

    return lax.while_loop(
        lambda now: now[0] < count, turn, (jnp.zeros_like(count), carry)
    )[1]


def _places(rank: Int[Array, " path"], start: Array, size: int) -> Places:
    """Paths of so many ranks."""
    wanted = start + jnp.arange(size, dtype=rank.dtype)
    here: Bool[Array, "place path"] = rank[None] == wanted[:, None]
    found = here.argmax(axis=1).astype(rank.dtype)
    return jnp.where(here.any(axis=1), found, rank.shape[0])

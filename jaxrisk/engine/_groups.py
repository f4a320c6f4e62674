"""Work on the few paths of a block that need it, brought together in small groups."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Int

from .._typing import Flag


GROUP = 8
"""Paths of a group: two AVX registers of floats, and few empty places."""

Carry = TypeVar("Carry")
Given = TypeVar("Given")


def on_groups(
    work: Callable[[Carry, Given], Carry], carry: Carry, given: Given, *, busy: Flag
) -> Carry:
    """Apply `work` to the busy paths; the others stay as they are.

    Busy paths are gathered `GROUP` at a time, worked on, and put back. `work` must
    treat every path alone. A group of 16 moves 16 columns out and selects a block back
    in: two passes over the carry, against about thirty that a round of liquidation
    makes.

    Args:
        work: From the state of some paths, and what is given, to their new state.
        carry: Arrays whose last axis is the path; scalars are common to all.
        given: The same, only read.
        busy: Paths to work on.
    """
    # Ranks and not a sort: busy paths in order; no group has the others.
    rank = jnp.where(busy, jnp.cumsum(busy) - 1, -1)
    count = busy.sum()

    def body(now: tuple[Array, Carry]) -> tuple[Array, Carry]:
        start, whole = now
        slot = rank - start
        member = (slot >= 0) & (slot < GROUP)
        part = work(_gather(whole, slot, member), _gather(given, slot, member))
        return start + GROUP, _put_back(whole, part, slot, member)

    return lax.while_loop(
        lambda now: now[0] < count, body, (jnp.zeros_like(count), carry)
    )[1]


def _gather(whole: Given, slot: Int[Array, " path"], member: Flag) -> Given:
    """The group's columns; places without a path repeat the group's first path."""
    places = jnp.arange(GROUP, dtype=slot.dtype)[:, None]
    here: Bool[Array, "place path"] = (slot[None] == places) & member[None]
    path = jnp.where(here.any(axis=1), here.argmax(axis=1), here[0].argmax())
    return jax.tree.map(lambda leaf: leaf[..., path] if leaf.ndim else leaf, whole)


def _put_back(
    whole: Carry, part: Carry, slot: Int[Array, " path"], member: Flag
) -> Carry:
    """Columns back in their places, by selects: XLA's CPU scatter is a loop."""
    place = jnp.where(member, slot, -1)

    def select(old: Array, new: Array) -> Array:
        for column in range(GROUP if old.ndim else 0):
            here = (place == column).reshape((1,) * (old.ndim - 1) + (-1,))
            old = jnp.where(here, new[..., column, None], old)
        return old

    return jax.tree.map(select, whole, part)

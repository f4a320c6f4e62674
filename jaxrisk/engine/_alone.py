"""Work on the few paths of a block that need it, one after the other."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from .._typing import Flag


Carry = TypeVar("Carry")
Given = TypeVar("Given")
Leaves = TypeVar("Leaves")


def one_by_one(
    work: Callable[[Carry, Given], Carry], carry: Carry, given: Given, *, busy: Flag
) -> Carry:
    """Apply `work` to the busy paths; the others stay as they are.

    One path in six hundred needs it in a step: a group of several is mostly empty.
    Moves a column of the carry out and in for every path.

    Args:
        work: From the state of a path, and what is given, to its new state.
        carry: Arrays whose last axis is the path; scalars are common to all.
        given: The same, only read.
        busy: Paths to work on.
    """
    # Ranks and not a sort: busy paths in order.
    rank = jnp.where(busy, jnp.cumsum(busy, dtype=jnp.int32) - 1, -1)
    count = busy.sum(dtype=jnp.int32)

    def body(now: tuple[Array, Carry]) -> tuple[Array, Carry]:
        turn, whole = now
        path = (rank == turn).argmax()
        part = work(column(whole, path), column(given, path))
        return turn + 1, put_back(whole, part, path)

    return lax.while_loop(
        lambda now: now[0] < count, body, (jnp.zeros_like(count), carry)
    )[1]


def column(whole: Leaves, path: Array) -> Leaves:
    """One path, as a block of its own."""

    def of(leaf: Array) -> Array:
        if not leaf.ndim:
            return leaf
        return lax.dynamic_slice_in_dim(leaf, path, 1, axis=leaf.ndim - 1)

    return jax.tree.map(of, whole)


def put_back(whole: Carry, part: Carry, path: Array) -> Carry:
    """The whole, with one path replaced."""

    def of(old: Array, new: Array) -> Array:
        if not old.ndim:
            return old
        return lax.dynamic_update_slice_in_dim(old, new, path, axis=old.ndim - 1)

    return jax.tree.map(of, whole, part)

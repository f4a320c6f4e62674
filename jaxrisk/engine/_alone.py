"""Work on the few paths of a block that need it, one after the other."""

from collections.abc import Callable
from typing import TypeVar

import jax
from jax import lax
from jaxtyping import Array

from .._typing import Flag
from ._turns import Places, in_turns


Carry = TypeVar("Carry")
Leaves = TypeVar("Leaves")


def one_by_one(work: Callable[[Carry], Carry], carry: Carry, *, busy: Flag) -> Carry:
    """Apply `work` to the busy paths; the others stay as they are.

    One path in six hundred needs it in a step: a group of several is mostly empty.
    Moves a column of the carry out and in for every path.

    Args:
        work: From the carry of a path to its new one.
        carry: Arrays whose last axis is the path; scalars are common to all.
        busy: Paths to work on.
    """

    def of(places: Places, whole: Carry) -> Carry:
        path = places[0]
        return put_back(whole, work(column(whole, path)), path)

    return in_turns(of, carry, busy=busy, size=1)


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

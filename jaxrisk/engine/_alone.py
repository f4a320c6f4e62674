"""Work on the few paths of a block that need every account, one after the other."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from .._typing import Flag
from ._nearest import columns
from ._turns import Places, in_turns, turn_of


Carry = TypeVar("Carry")
Leaves = TypeVar("Leaves")


def one_by_one(work: Callable[[Carry], Carry], carry: Carry, *, busy: Flag) -> Carry:
    """Apply `work` to the busy paths; the others stay as they are.

    One path in six hundred needs it in a step: of a block that fits a core's cache a
    group of several is mostly empty. Of an accelerator's block many go together
    (`turn_of`). Moves a column of the carry out and in for every path.

    Args:
        work: From the carry of a path to its new one.
        carry: Arrays whose last axis is the path; scalars are common to all.
        busy: Paths to work on.
    """

    def one(places: Places, whole: Carry) -> Carry:
        path = places[0]
        return put_back(whole, work(column(whole, path)), path)

    def several(places: Places, whole: Carry) -> Carry:
        return _put_several_back(whole, work(columns(places, whole)), places)

    size = turn_of(1, busy.shape[0])
    return in_turns(one if size == 1 else several, carry, busy=busy, size=size)


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


def _put_several_back(whole: Carry, part: Carry, places: Places) -> Carry:
    """The whole, with the places' paths replaced; nothing from empty places."""

    def of(old: Array, new: Array) -> Array:
        if not old.ndim:
            return old
        paths = old.shape[-1]
        beyond = paths + jnp.arange(places.size, dtype=places.dtype)
        home = jnp.where(places < paths, places, beyond)
        return old.at[..., home].set(new, mode="drop", unique_indices=True)

    return jax.tree.map(of, whole, part)

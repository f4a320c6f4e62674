"""The few accounts of a path that are near liquidation, brought together.

In most steps a path liquidates one or two accounts of hundreds. The rounds look only at
the accounts of least health, unless a price has moved so far that another one might be
liquidated too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from .._typing import AccountPath, Flag, PerPath, RowPath
from ..keeper import NEVER
from ._brakes import no_health_if_paused
from ._market import contract_prices
from ._state import State, StepInfo
from ._system import System
from ._turns import Places, in_turns, turn_of


class Reach(NamedTuple):
    """How many accounts of how many paths, at least, are brought together."""

    accounts: int
    paths: int


def reaches(accounts: int) -> tuple[Reach, ...]:
    """The near ones first, and more where the first were too few.

    Small books: eight accounts, as more are liquidated in one step of a thousand, of 16
    paths, which are two AVX registers of floats with few empty places. Of a large book
    hundreds are within the reach of a cascade, and all of them cost milliseconds: each
    reach is four times the last, so that no path pays for four times what it needs. A
    book of 29,000 takes 0.7 of the time that it took without 512 and 8192.
    """
    many = [Reach(32, 16), Reach(128, 4), *(Reach(few, 1) for few in (512, 2048, 8192))]
    every = [Reach(8, 16)] if accounts <= LARGE else many
    return tuple(each for each in every if each.accounts < accounts)


LARGE = 2048
"""Accounts of a book on which a look at all of them costs more than the rounds."""

PathAccount: TypeAlias = Float[Array, "path account"]
"""A path's numbers side by side: read in order by who looks at one path."""

Leaves = TypeVar("Leaves")
Work = Callable[[System, State, StepInfo], tuple[State, StepInfo, PerPath]]


class Nearest(eqx.Module):
    """Which accounts of which paths are brought together."""

    path: Int[Array, " place"]  # beyond the last one where the place is empty
    account: Int[Array, "slot place"]
    row: Int[Array, "row place"]  # -1: an account that is no cohort has one row less
    outside: Float[Array, " place"]  # least health of the accounts left out

    def rows(self, whole: RowPath, missing: float) -> Float[Array, "few place"]:
        """The rows of the places' accounts."""
        values = whole.at[self.row, self.path[None]].get(mode="clip")
        return jnp.where(self.row >= 0, values, missing)

    def accounts(self, whole: AccountPath) -> Float[Array, "slot place"]:
        """The places' accounts."""
        return whole.at[self.account, self.path[None]].get(mode="clip")


def on_nearest(
    system: System,
    state: State,
    info: StepInfo,
    health: PathAccount,
    reach: Reach,
    *,
    busy: Flag,
    work: Work,
) -> tuple[State, StepInfo, Flag]:
    """Apply `work` to the nearest accounts of busy paths.

    A group moves about 20 numbers an account and place, in and out; the work on it is
    that of a book of so few accounts.

    Args:
        system: What is fixed.
        state: Of all paths.
        info: Of all paths.
        health: `least_health` of all paths, path by path.
        reach: How many come together.
        busy: Paths to work on.
        work: Takes a system of few accounts, state and info of some paths; returns them
            and the least factor by which an account's health may have changed.

    Returns:
        State, info, and busy paths that are as they were: there an account that was
        left out might have been liquidated too.
    """

    def of(
        path: Places, now: tuple[State, StepInfo, Flag]
    ) -> tuple[State, StepInfo, Flag]:
        state, info, undone = now
        rows = jnp.take(health, path, axis=0, mode="clip")
        near = nearest(system, rows, path, reach.accounts)
        few, part, part_info = taken(system, state, info, near)
        part, part_info, change = work(few, part, part_info)
        done = near.outside * change >= 1
        home = Home.of(near, done, state)
        state = home.state(state, part, near)
        info = home.columns(info, part_info)
        settled = jnp.where(done, near.path, busy.shape[0])
        return state, info, undone.at[settled].set(False, mode="drop")

    size = turn_of(reach.paths, busy.shape[0])
    return in_turns(of, (state, info, busy), busy=busy, size=size)


def least_health(system: System, state: State) -> AccountPath:
    """Health of the weakest member of every account, at oracle prices [ratio].

    Infinite where a pause keeps the account from being liquidated.
    """
    prices = contract_prices(system, state)
    health = system.accounts.least_health(state.edge, *prices)
    return no_health_if_paused(system, state, health)


def columns(path: Int[Array, " place"], whole: Leaves) -> Leaves:
    """The places' columns; empty places show the last path."""

    def of(leaf: Array) -> Array:
        return jnp.take(leaf, path, axis=-1, mode="clip") if leaf.ndim else leaf

    return jax.tree.map(of, whole)


def nearest(
    system: System,
    health: Float[Array, "place account"],
    path: Int[Array, " place"],
    accounts: int,
) -> Nearest:
    """The so many accounts of least health; the first of equals.

    Behind a barrier: XLA has fast CPU code for `top_k`, and sorts if it is sliced.
    """
    found, account = lax.optimization_barrier(lax.top_k(-health, accounts + 1))
    chosen = account[:, :accounts].T
    return Nearest(
        path=path,
        account=chosen,
        row=system.accounts.rows_of(chosen),
        outside=-found[:, accounts],
    )


def taken(
    system: System, state: State, info: StepInfo, near: Nearest
) -> tuple[System, State, StepInfo]:
    """System, state and info of the places and their accounts."""
    part = taken_state(state, near, nothing=(0.0, 0.0, jnp.inf, NEVER))
    return taken_system(system, near), part, columns(near.path, info)


def taken_system(system: System, near: Nearest) -> System:
    """The system with the places' accounts alone."""
    accounts = lax.optimization_barrier(system.accounts.take(near.account))
    return eqx.tree_at(lambda at: at.accounts, system, accounts)


def taken_state(
    state: State, near: Nearest, *, nothing: tuple[float, float, float, float]
) -> State:
    """The state of the places and their accounts.

    Args:
        state: Of all paths and accounts; or anything that is shaped like one.
        near: The places.
        nothing: What `kept`, `owed`, `edge` and `clock` are where there is no row.
    """
    kept, owed, edge, clock = nothing
    bare = columns(near.path, without_book(state))
    return eqx.tree_at(
        of_book,
        bare,
        (
            near.rows(state.kept, kept),
            near.rows(state.owed, owed),
            near.rows(state.edge, edge),
            near.accounts(state.lost),
            near.rows(state.clock, clock) if state.clock.shape[0] else bare.clock,
        ),
    )


class Home(eqx.Module):
    """Where the places' columns belong; a path that is not done stays as it was."""

    path: Int[Array, " place"]  # beyond the last one where nothing is put back
    row: Int[Array, "row place"]  # beyond the last one where there is none
    place: Int[Array, " path"]  # place that a path went to
    came: Bool[Array, " path"]  # whether it went to any

    @classmethod
    def of(cls, near: Nearest, done: Bool[Array, " place"], whole: State) -> "Home":
        """The places' homes in this state.

        What is not put back goes beyond the end, and is dropped there, each at a place
        of its own: XLA's CPU scatter is a slow loop unless it is told that no two
        indices are equal.
        """
        rows, paths = whole.kept.shape
        below = rows + jnp.arange(near.row.shape[0], dtype=jnp.int32)
        beyond = paths + jnp.arange(done.size, dtype=jnp.int32)
        path = jnp.where(done & (near.path < paths), near.path, beyond)
        # By comparing: XLA's CPU scatter of columns is a slow loop.
        came = path[:, None] == jnp.arange(paths, dtype=jnp.int32)[None]
        return cls(
            path=path,
            row=jnp.where(near.row >= 0, near.row, below[:, None]),
            place=came.argmax(axis=0),
            came=came.any(axis=0),
        )

    def columns(self, whole: Leaves, part: Leaves) -> Leaves:
        """The places' columns, back in their paths."""

        def of(old: Array, new: Array) -> Array:
            if not old.ndim:
                return old
            return jnp.where(self.came, jnp.take(new, self.place, axis=-1), old)

        return jax.tree.map(of, whole, part)

    def state(self, whole: State, part: State, near: Nearest) -> State:
        """The state of the places, back in its rows and paths."""

        def rows(old: RowPath, new: Float[Array, "few place"]) -> RowPath:
            if not old.shape[0]:
                return old
            return old.at[self.row, self.path[None]].set(
                new, mode="drop", unique_indices=True
            )

        small = self.columns(without_book(whole), without_book(part))
        lost = whole.lost.at[near.account, self.path[None]].set(
            part.lost, mode="drop", unique_indices=True
        )
        book = (
            rows(whole.kept, part.kept),
            rows(whole.owed, part.owed),
            rows(whole.edge, part.edge),
            lost,
            rows(whole.clock, part.clock),
        )
        return eqx.tree_at(of_book, small, book)


def of_book(state: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """What has a row an account; `tree_at` calls it on something like a state."""
    return state.kept, state.owed, state.edge, state.lost, state.clock


def without_book(state: Any) -> Any:  # noqa: ANN401
    """A state, or something like one, without what has a row an account."""
    return eqx.tree_at(of_book, state, (state.kept[:0],) * 5)

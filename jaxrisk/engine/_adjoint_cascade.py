"""The cascade told backwards, group by group."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool

from .._numerics import any_of
from .._typing import ReservePath
from ..keeper import NEVER
from ._alone import column, put_back
from ._cascade import Busy
from ._market import Quotes
from ._nearest import (
    Home,
    Reach,
    columns,
    least_health,
    nearest,
    reaches,
    taken_state,
    taken_system,
)
from ._round import Round, begin, next_round
from ._state import State, StepInfo
from ._system import System
from ._turns import Places, in_turns


Slopes: TypeAlias = Any
"""Shaped as what is differentiated, or its cotangent; None where nothing is."""

BACK = 2
"""So many times the paths of a group forward are told backwards together: about 450
small operations, whose number and not their size is what they cost."""


class Split(eqx.Module):
    """A system, parted into the numbers to differentiate in and the others."""

    moved: Slopes
    fixed: Any

    def system(self, moved: Slopes) -> System:
        """With these numbers in their places."""
        return eqx.combine(moved, self.fixed)


class Ends(NamedTuple):
    """A cascade before its first round, and what is told of it after its last."""

    split: Split
    state: State
    info: StepInfo
    told: tuple[ReservePath, ReservePath]  # slopes in unpaid and repaid debt


def pull_cascade(
    split: Split,
    state: State,
    info: StepInfo,
    busy: Busy,
    slopes: tuple[Slopes, Slopes],
    told: tuple[ReservePath, ReservePath],
) -> tuple[Slopes, Slopes]:
    """Back through the rounds: paths never share a group, so in any order.

    Args:
        split: The numbers to differentiate in.
        state: Before the cascade.
        info: The same.
        busy: On which paths it ran, and how.
        slopes: In the numbers so far, and in the state after it.
        told: In unpaid and repaid debt, which rounds add to.

    Returns:
        Slopes in the numbers, and in the state before.
    """
    ends = Ends(split, state, info, told)
    for reach, near in zip(reaches(state.lost.shape[0]), busy.near, strict=True):
        slopes = _pull_near(ends, reach, near, slopes)
    return _pull_alone(ends, busy.alone, slopes)


def _pull_near(
    ends: Ends,
    reach: Reach,
    busy: Bool[Array, " path"],
    slopes: tuple[Slopes, Slopes],
) -> tuple[Slopes, Slopes]:
    """Back through `on_nearest`: the same groups, and the same accounts."""
    split, state, info, told = ends
    system = split.system(split.moved)

    def of(path: Places, late: tuple[Slopes, Slopes]) -> tuple[Slopes, Slopes]:
        on_moved, on_state = late
        here = columns(path, state)
        near = nearest(system, least_health(system, here).T, path, reach.accounts)
        part = taken_state(state, near, nothing=(0.0, 0.0, jnp.inf, NEVER))
        real = path < busy.shape[0]
        of_end = taken_state(on_state, near, nothing=(0.0, 0.0, 0.0, 0.0))
        more, early = _pull_rounds(
            split,
            lambda moved: taken_system(split.system(moved), near),
            part,
            columns(path, info),
            *_only(real, (of_end, columns(path, told))),
        )
        home = Home.of(near, real, state)
        whole = _common(home.state(on_state, early, near), early)
        return plus(on_moved, more), whole

    return in_turns(of, slopes, busy=busy, size=BACK * reach.paths)


def _pull_alone(
    ends: Ends, busy: Bool[Array, " path"], slopes: tuple[Slopes, Slopes]
) -> tuple[Slopes, Slopes]:
    """Back through `one_by_one`."""
    split, state, info, told = ends

    def of(places: Places, late: tuple[Slopes, Slopes]) -> tuple[Slopes, Slopes]:
        on_moved, on_state = late
        path = places[0]
        more, early = _pull_rounds(
            split,
            split.system,
            column(state, path),
            column(info, path),
            column(on_state, path),
            column(told, path),
        )
        whole = _common(put_back(on_state, early, path), early)
        return plus(on_moved, more), whole

    return in_turns(of, slopes, busy=busy, size=1)


def _pull_rounds(
    split: Split,
    system: Callable[[Slopes], System],
    state: State,
    info: StepInfo,
    late: Slopes,
    told: tuple[ReservePath, ReservePath],
) -> tuple[Slopes, Slopes]:
    """Back through the rounds of some paths.

    Args:
        split: The numbers to differentiate in.
        system: The system of the rounds, from those numbers.
        state: Before the first round.
        info: The same.
        late: Slopes in the state after the last round.
        told: Slopes in unpaid and repaid debt, which rounds add to.

    Returns:
        Slopes in the numbers and in `state`.
    """
    whole = system(split.moved)
    start = begin(whole, state, info)

    def through(slopes: tuple[Slopes, Slopes], begun: Round) -> tuple[Slopes, Slopes]:
        def of(moved: Slopes, at: Slopes) -> tuple[Slopes, tuple[ReservePath, ...]]:
            here, state = system(moved), eqx.combine(at, begun.state)
            # Prices at the start of a round follow from the state, and carry slopes.
            quotes = Quotes.of(here, state)
            now = eqx.tree_at(lambda at: (at.state, at.quotes), begun, (state, quotes))
            end = next_round(here, now)
            return floats(end.state), (end.info.unpaid, end.info.repaid)

        pull = jax.vjp(of, split.moved, floats(begun.state))[1]
        more, early = pull((slopes[1], told))
        return plus(slopes[0], more), early

    def if_ready(
        slopes: tuple[Slopes, Slopes], begun: Round
    ) -> tuple[tuple[Slopes, Slopes], None]:
        some = any_of(begun.going)
        return lax.cond(some, through, lambda now, _: now, slopes, begun), None

    nothing = jax.tree.map(jnp.zeros_like, split.moved)
    begun = _begun_rounds(whole, start)
    return lax.scan(if_ready, (nothing, late), begun, reverse=True)[0]


def _begun_rounds(system: System, start: Round) -> Round:
    """Where each of the rounds begins: `more_rounds`, remembered."""

    def if_ready(now: Round, _: None) -> tuple[Round, Round]:
        some = any_of(now.going)
        end = lax.cond(some, lambda at: next_round(system, at), lambda at: at, now)
        return end, now

    return lax.scan(if_ready, start, None, length=system.rounds)[1]


def floats(tree: Any) -> Slopes:  # noqa: ANN401
    """What can be differentiated."""
    return eqx.filter(tree, eqx.is_inexact_array)


def _only(here: Bool[Array, " place"], values: Slopes) -> Slopes:
    """Nothing from empty places."""
    return jax.tree.map(
        lambda each: jnp.where(here, each, 0) if each.ndim else each, values
    )


def _common(whole: Slopes, part: Slopes) -> Slopes:
    """With the part's scalars: they are common to all paths, and passed through it."""
    return jax.tree.map(lambda old, new: old if old.ndim else new, whole, part)


def plus(one: Slopes, other: Slopes) -> Slopes:
    """Leaf by leaf."""
    return jax.tree.map(jnp.add, one, other)

r"""The rollout told backwards: slopes of a score in numbers of the system.

A step is a chain of parts; each hands back the cotangent of what it returned as that of
what it was given, and adds what the system's own numbers had to do with it. The book
changes in the cascade alone, and there only on the accounts that took part: cotangents
go to those, and come back, by the roads on which their states went. Triggers are taken
as they fell: this is the slope of every path where it is, and no path's jump.

Source: Giles and Glasserman (2006), Smoking adjoints: fast Monte Carlo Greeks.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, UInt32

from .._numerics import any_of
from .._random import Draw
from .._typing import AssetPath, Flag, PerPath, ReservePath, Scalar
from ._absorb import absorb
from ._adjoint_cascade import Slopes, Split, floats, plus, pull_cascade
from ._behave import behave
from ._cascade import Busy, cascade
from ._default import default
from ._hedge import hedge
from ._market import market_price
from ._nearest import of_book, without_book
from ._react import react
from ._redeem import redeem
from ._rollout import Outcome, Running, add, outcome_of, start_of
from ._round import notice
from ._state import State, StepInfo, blank_info, initial_state
from ._step import accrue, observe, report, shock
from ._system import System


TRACE_BYTES = 2**28
"""What a block may remember of its steps; more is computed again, by segments."""


class Weights(eqx.Module):
    """What is differentiated: a weighted sum over paths of what they lose and repay."""

    bad_debt: PerPath
    repaid: PerPath

    def score(self, outcome: Outcome) -> Scalar:
        """The sum [USD]."""
        lost = (outcome.realized + outcome.unrealized).sum(axis=0)
        repaid = outcome.repaid.sum(axis=0)
        return (self.bad_debt * lost + self.repaid * repaid).sum()

    @property
    def some(self) -> Flag:
        """Paths that count."""
        return (self.bad_debt != 0) | (self.repaid != 0)


class Trace(eqx.Module):
    """What going back through a step needs to know of it."""

    start: State
    after: State  # after the cascade, without the book
    unpaid: ReservePath  # by the cascade
    busy: Busy


class Back(eqx.Module):
    """Cotangents on their way to the start."""

    state: Slopes
    realized: ReservePath  # of every step
    repaid: ReservePath  # of every step
    moved: Slopes  # added up so far


Carry = tuple[State, Running]


def gradient(
    split: Split,
    seed: UInt32[Array, " 2"],
    path: UInt32[Array, " path"],
    weights: Weights,
) -> tuple[Outcome, Slopes]:
    """Outcomes of some paths, and the slopes of their weighted sum.

    Runs forward, once more through all but the last of several segments, and back,
    where only accounts that were liquidated cost more than a forward step. Moves the
    state of every step out to memory and in again, and is bound by that and by the
    rounds of groups.

    Args:
        split: The system.
        seed: Words of the seed.
        path: Global path numbers.
        weights: What is differentiated. Paths without a weight cost no rounds.

    Returns:
        The outcomes, and the slopes in `split.moved`.
    """
    system = split.system(split.moved)
    state = initial_state(system, path.shape[0])
    initial = market_price(system, state)
    steps = jnp.arange(system.steps, dtype=jnp.uint32)
    length = _segment(state, system.steps)
    head = steps[: (system.steps - 1) // length * length].reshape(-1, length)
    last = steps[head.size :]

    def draw(index: Array) -> Draw:
        return Draw(seed=seed, path=path, step=index)

    def along(carry: Carry, index: Array) -> tuple[Carry, Trace]:
        return _forward(system, carry, draw(index), weights.some)

    def through(carry: Carry, segment: Array) -> tuple[Carry, Carry]:
        return lax.scan(lambda *at: (along(*at)[0], None), carry, segment)[0], carry

    def back(late: Back, at: tuple[Array, Trace]) -> tuple[Back, None]:
        index, trace = at
        return _pull(split, trace, draw(index), late), None

    def again(late: Back, at: tuple[Carry, Array]) -> tuple[Back, None]:
        begin, segment = at
        traces = lax.scan(along, begin, segment)[1]
        return lax.scan(back, late, (segment, traces), reverse=True)[0], None

    carry = (state, start_of(system, state, initial))
    carry, begins = lax.scan(through, carry, head)
    (state, running), traces = lax.scan(along, carry, last)
    first = draw(steps[0])
    slopes = _at_the_horizon(split, (state, running), initial, first, weights)
    slopes, _ = lax.scan(back, slopes, (last, traces), reverse=True)
    slopes, _ = lax.scan(again, slopes, (begins, head), reverse=True)
    outcome = outcome_of(system, state, running, initial, first)
    return outcome, _at_the_start(split, slopes)


def _segment(state: State, steps: int) -> int:
    """Steps that are remembered at a time: all of them, or about a root."""
    step = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(state))
    return min(steps, max(TRACE_BYTES // step, int(steps**0.5), 1))


def _forward(
    system: System, carry: Carry, draw: Draw, watched: Flag
) -> tuple[Carry, Trace]:
    """A step, as in `step`, with the trace of the watched paths."""
    start, running = carry
    state, info = _until_cascade(system, start, draw)
    after, info, busy = cascade(system, state, info)
    busy = jax.tree.map(lambda flag: flag & watched, busy)
    trace = Trace(start=start, after=without_book(after), unpaid=info.unpaid, busy=busy)
    state, info = absorb(system, after, info)
    info = report(system, state, info)
    return (state, add(system, running, info, draw.step)), trace


def _until_cascade(system: System, state: State, draw: Draw) -> tuple[State, StepInfo]:
    state = react(system, shock(system, state, draw))
    state, info = hedge(system, state, blank_info(system, state, draw))
    state, info = redeem(system, state, info)
    state = accrue(system, observe(system, state))
    state, info = behave(system, state, info)
    state, info = default(system, state, info, draw)
    return notice(system, state), info


def _at_the_horizon(
    split: Split, carry: Carry, initial: AssetPath, draw: Draw, weights: Weights
) -> Back:
    state, running = carry

    def of(moved: Slopes, at: Slopes, sums: Slopes) -> Scalar:
        whole, told = eqx.combine(at, state), eqx.combine(sums, running)
        outcome = outcome_of(split.system(moved), whole, told, initial, draw)
        return weights.score(outcome)

    pull = jax.vjp(of, split.moved, floats(state), floats(running))[1]
    moved, at, sums = pull(jnp.ones_like(split.system(split.moved).dt))
    return Back(at, sums.realized, sums.repaid, moved)


def _at_the_start(split: Split, late: Back) -> Slopes:
    def start(moved: Slopes) -> Slopes:
        return floats(initial_state(split.system(moved), late.realized.shape[-1]))

    return plus(late.moved, jax.vjp(start, split.moved)[1](late.state)[0])


def _pull(split: Split, trace: Trace, draw: Draw, late: Back) -> Back:
    """Back through a step: absorb, cascade, and what came before them."""

    def before(moved: Slopes, start: Slopes) -> tuple[Slopes, tuple[State, StepInfo]]:
        whole = eqx.combine(start, trace.start)
        state, info = _until_cascade(split.system(moved), whole, draw)
        return (floats(state), info.unpaid, info.repaid), (state, info)

    pull, known = jax.vjp(before, split.moved, floats(trace.start), has_aux=True)[1:]
    state, info = known
    late, unpaid = _pull_absorb(split, trace, info, late)
    slopes, told = (late.moved, late.state), (unpaid, late.repaid)
    moved, on_state = pull_cascade(split, state, info, trace.busy, slopes, told)
    more, start = pull((on_state, *told))
    return Back(start, late.realized, late.repaid, plus(moved, more))


def _pull_absorb(
    split: Split, trace: Trace, info: StepInfo, late: Back
) -> tuple[Back, ReservePath]:
    """Back through the write-off, where there was one; with the slopes in `unpaid`."""

    def of(
        moved: Slopes, after: Slopes, unpaid: ReservePath
    ) -> tuple[Slopes, ReservePath]:
        state = eqx.combine(after, trace.after)
        told = eqx.tree_at(lambda at: at.unpaid, info, unpaid)
        state, told = absorb(split.system(moved), state, told)
        return floats(state), told.realized

    def through(bare: Slopes) -> tuple[Slopes, Slopes, ReservePath]:
        pull = jax.vjp(of, split.moved, floats(trace.after), trace.unpaid)[1]
        moved, bare, unpaid = pull((bare, late.realized))
        return plus(late.moved, moved), bare, unpaid

    def past(bare: Slopes) -> tuple[Slopes, Slopes, ReservePath]:
        return late.moved, bare, jnp.zeros_like(late.realized)

    some = any_of(trace.unpaid > 0)
    moved, bare, unpaid = lax.cond(some, through, past, without_book(late.state))
    state = eqx.tree_at(of_book, bare, of_book(late.state))
    return Back(state, late.realized, late.repaid, moved), unpaid

r"""The search: Adam on an augmented Lagrangian, moved back into the domain.

.. math:: L = -F + \frac{1}{2\rho} \sum_j \left[ \max(0, \lambda_j + \rho g_j)^2
    - \lambda_j^2 \right]

with the objective F, the excess g of each limit at the asked confidence, multipliers
:math:`\lambda` and a penalty :math:`\rho` (Nocedal and Wright 2006, Numerical
optimization, section 17.4). Multipliers come from the balance of the slopes: what is
left then leads to the limits, and does not swing about them. A move also ends where
the limits would, were they linear. All runs of an iteration see the same draws, those
of another iteration others. A limit that is far needs no slope: where all are, an
iteration is a single run.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ._domain import Point
from ._multipliers import balance
from ._problem import Problem
from ._state import PerLimit, SearchState, Step
from ._view import NEAR, View, look


Kept = Callable[[SearchState], None]

NOISY = 0.5
"""Error over size of a slope, above which paths are doubled."""
PATIENCE = 3
"""Iterations in a row that must be within the noise."""
TRUST = 0.5
"""Weight of a new estimate of the multipliers over the old one."""
SMALL = 1e-3
"""Moves below this share of a span are none."""
STIFF = 8.0
"""The penalty at first: an excess of 1/8 weighs as much as the objective's slope."""
_ADAM = jax.jit(optax.scale_by_adam(b1=0.6, b2=0.9).update)

ROOM = 0.02
"""Distance below a limit, in limits, that counts as being at it."""
LEFT = 0.1
"""Excess over a limit, in limits, that a retreat can mend."""


@dataclass(frozen=True)
class Effort:
    """How much a search may do.

    Attributes:
        first_paths: Of each run at first.
        most_paths: Of each run at the end.
        iterations: At most.
        step: Largest first move, in spans.
        seed: Of the draws; iteration k has its own.
    """

    first_paths: int
    most_paths: int
    iterations: int = 60
    step: float = 0.1
    seed: int = 0


def search(
    problem: Problem,
    effort: Effort,
    state: SearchState,
    *,
    kept: Kept = lambda _: None,
) -> SearchState:
    """Go on from a state until the search ends, and tell every state on the way."""
    while not state.sentence:
        state = _advanced(problem, effort, state)
        kept(state)
    return state


def started(problem: Problem, effort: Effort, point: Point) -> SearchState:
    """A search that starts at the point inside the domain nearest to one."""
    return SearchState.at(
        problem.domain.nearest(point),
        len(problem.limits),
        step=effort.step,
        paths=effort.first_paths,
    )


def _advanced(problem: Problem, effort: Effort, state: SearchState) -> SearchState:
    """One iteration: look, weigh, move."""
    view = look(
        problem,
        state.point,
        paths=state.paths,
        seed=effort.seed + len(state.steps),
        wanted=state.felt or bool(problem.drawn_terms[0]),
    )
    if not view.finite:
        return _recovered(effort, state, view.runs)
    seen = Step(
        state.point.tolist(),
        view.reading.value.tolist(),
        view.reading.error.tolist(),
        state.paths,
        state.step,
    )
    state = dataclasses.replace(
        state,
        steps=(*state.steps, seen),
        runs=state.runs + view.runs,
        felt=bool((view.excess > -NEAR).any()),
    )
    state = _weighted(problem, state, view)
    return _moved(problem, effort, state, view)


def _weighted(problem: Problem, state: SearchState, view: View) -> SearchState:
    """Units, as soon as slopes are known; multipliers moved to those that balance."""
    span = problem.domain.span
    free = problem.domain.high > problem.domain.low
    sizes = np.linalg.norm(view.slopes.value * np.where(free, span, 0), axis=1)
    scale = state.scale or float(sizes[0])
    steepest = float((sizes[1:] * view.turn).max(initial=0.0))
    penalty = state.penalty or (STIFF / steepest if steepest > 0 else 0.0)
    found = np.zeros_like(view.excess)
    if view.near.any() and scale > 0:
        balanced = balance(problem, state.point, view.slopes, view.turn) / scale
        found = np.where(view.near, balanced, 0.0)
    share = np.where(view.near, TRUST, 1.0)
    multipliers = state.multipliers + share * (found - state.multipliers)
    return dataclasses.replace(
        state, scale=scale, penalty=penalty, multipliers=multipliers
    )


def _sloped(
    problem: Problem, state: SearchState, view: View, weight: PerLimit
) -> tuple[Point, Point]:
    """Slope of the objective less weighted limits over a span, and its error."""
    objective = -1 / state.scale if state.scale > 0 else 0.0
    weights = np.concatenate([[objective], weight * view.turn])
    slope, noise = view.slopes.combined(weights)
    return slope * problem.domain.span, noise * problem.domain.span


def _moved(
    problem: Problem, effort: Effort, state: SearchState, view: View
) -> SearchState:
    """The next point, and how far the one after it may be."""
    domain, excess = problem.domain, view.excess
    weight = np.maximum(state.multipliers + state.penalty * excess, 0)
    direction, state = _adam(state, _sloped(problem, state, view, weight)[0])
    aim = state.point - state.step * domain.span * direction
    point = domain.nearest(aim, view.as_linear(state.point))
    # What is left where the limits are weighed as they balance, and the domain lets
    # move: at an optimum nothing.
    slope, noise = _sloped(problem, state, view, state.multipliers)
    probe = domain.nearest(state.point - SMALL * domain.span * slope)
    free = (state.point - probe) / (SMALL * domain.span)
    size = float(np.linalg.norm(free))
    error = float(np.linalg.norm(noise * (free != 0)))
    unsure = np.maximum(ROOM, 3 * view.reading.error[1:] * view.turn)
    closed = bool((excess > -unsure)[state.multipliers > 0].all())
    quiet = state.quiet + 1 if size <= max(2 * error, SMALL) and closed else 0
    paths, step = state.paths, state.step
    random = bool((view.reading.error > 0).any())
    wanting = random and (error > NOISY * size or step < 10 * SMALL or quiet > 0)
    if wanting and paths < effort.most_paths:
        paths, quiet = min(2 * paths, effort.most_paths), 0
    elif float(free @ state.heading) < 0:
        step *= 0.6
    moved = float(np.abs((point - state.point) / domain.span).max())
    state = dataclasses.replace(
        state,
        point=point,
        heading=free,
        quiet=quiet,
        paths=paths,
        step=min(step * 1.05, effort.step),
    )
    sure = not random or paths >= effort.most_paths
    met = bool((excess <= LEFT).all())
    found = _ending(state, (size, error), moved, met=met) if sure else ""
    over = f"{effort.iterations} iterations are over; it was still moving."
    if not found and len(state.steps) >= effort.iterations:
        found = over
    return dataclasses.replace(state, sentence=found)


def _adam(state: SearchState, slope: Point) -> tuple[Point, SearchState]:
    """Direction of Adam, and its moments after this slope."""
    # Optax leaves the types of its own counts to the usual promotion.
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        before = optax.ScaleByAdamState(
            jnp.asarray(state.count, jnp.int32),
            jnp.asarray(state.first),
            jnp.asarray(state.second),
        )
        update, after = _ADAM(jnp.asarray(slope), before)
    assert isinstance(after, optax.ScaleByAdamState)
    state = dataclasses.replace(
        state,
        first=np.asarray(after.mu),
        second=np.asarray(after.nu),
        count=state.count + 1,
    )
    return np.asarray(update), state


def _ending(
    state: SearchState,
    slope: tuple[float, float],
    moved: float,
    *,
    met: bool,
) -> str:
    """Why it ends here; empty if it goes on. `slope`: its size, and its error."""
    size, error = slope
    still = moved < SMALL and state.step < 10 * SMALL
    if not met:
        return "a limit is exceeded, and no move lessens it." if still else ""
    if size == 0 and error == 0 and state.scale == 0:
        return "the objective moves with no parameter, and every limit holds."
    if state.quiet >= PATIENCE and error == 0:
        return "no move that bounds and rules allow gains anything."
    if state.quiet >= PATIENCE:
        return (
            f"what a further move would gain is within the noise of {state.paths:,}"
            f" paths (slope {size:.2g}, its error {error:.2g})."
        )
    if still or size == 0:
        return f"moves have become smaller than {SMALL:g} of a span."
    return ""


def _recovered(effort: Effort, state: SearchState, runs: int) -> SearchState:
    """After numbers that are not finite: more paths, or half way back."""
    state = dataclasses.replace(state, runs=state.runs + runs)
    if state.paths < effort.most_paths:
        # A tail of too few paths is not known: that is no fault of the point.
        paths = min(2 * state.paths, effort.most_paths)
        return dataclasses.replace(state, paths=paths)
    if not state.steps:
        return dataclasses.replace(state, sentence="no number at the start is finite.")
    good = np.array(state.steps[-1].point)
    if np.abs((state.point - good) / SMALL).max() < np.abs(good).max():
        return dataclasses.replace(
            state,
            point=good,
            sentence="next to the last good point no number is finite: it stays there.",
        )
    point = (good + state.point) / 2
    return dataclasses.replace(state, point=point, step=state.step / 2)

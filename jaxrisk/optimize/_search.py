r"""The search: Adam on an augmented Lagrangian, moved back into the domain.

.. math:: L = -F + \frac{1}{2\rho} \sum_j \left[ \max(0, \lambda_j + \rho g_j)^2
    - \lambda_j^2 \right]

with the objective F, the excess g of each limit at the asked confidence, multipliers
:math:`\lambda` and a penalty :math:`\rho` (Nocedal and Wright 2006, Numerical
optimization, section 17.4). Multipliers come from the balance of the slopes: what is
left then leads to the limits, and does not swing about them. All runs of an iteration
see the same draws, those of another iteration others. A limit that is not felt, as
:math:`\lambda_j + \rho g_j < 0`, needs no slope: where none is, an iteration is a
single run.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ._domain import Point
from ._multipliers import balance, excess_slopes
from ._problem import PerTerm, Problem, Reading, Slopes
from ._state import PerLimit, SearchState, Step


Kept = Callable[[SearchState], None]

NOISY = 0.5
"""Error over size of a slope, above which paths are doubled."""
PATIENCE = 3
"""Iterations in a row that must be within the noise."""
NEAR = 0.3
"""Distance below a limit, in limits, from which its multiplier is estimated."""
TRUST = 0.5
"""Weight of a new estimate of the multipliers over the old one."""
SMALL = 1e-3
"""Moves below this share of a span are none."""
STIFF = 8.0
"""The penalty at first: an excess of 1/8 weighs as much as the objective's slope."""
_ADAM = jax.jit(optax.scale_by_adam(b1=0.6, b2=0.9).update)

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
    seed = effort.seed + len(state.steps)
    drawn = _feels(problem, state)
    reading, slopes = problem.read_with_slopes(
        state.point, paths=state.paths, seed=seed, drawn=drawn
    )
    runs = state.paths * (1 + 2 * state.point.size * drawn)
    if not (np.isfinite(reading.value).all() and np.isfinite(slopes.value).all()):
        return _recovered(state, runs)
    excess = problem.excess(reading)
    excess = np.where(np.isfinite(excess), excess, 1.0)
    if not drawn and (state.multipliers + (state.penalty or 1) * excess > 0).any():
        # A limit is felt for the first time: its slope on the same draws.
        reading, slopes = problem.read_with_slopes(
            state.point, paths=state.paths, seed=seed, drawn=True
        )
        runs += state.paths * (1 + 2 * state.point.size)
        if not np.isfinite(slopes.value).all():
            return _recovered(state, runs)
    state = _scaled(problem, state, slopes)
    seen = Step(
        state.point.tolist(),
        reading.value.tolist(),
        reading.error.tolist(),
        state.paths,
        state.step,
    )
    state = dataclasses.replace(
        state, steps=(*state.steps, seen), runs=state.runs + runs
    )
    turn = excess_slopes(problem, reading)
    state = _balanced(problem, state, slopes, turn, excess)
    slope, noise = _lagrangian(problem, state, slopes, turn, excess)
    return _moved(problem, effort, state, slope, noise, excess)


def _feels(problem: Problem, state: SearchState) -> bool:
    """Whether slopes of what is drawn are wanted before this iteration has looked."""
    if problem.drawn_terms[0]:
        return True
    if not state.steps or not problem.limits:
        return False
    last = state.steps[-1]
    excess = problem.excess(Reading(np.array(last.value), np.array(last.error)))
    return bool((state.multipliers + (state.penalty or 1) * excess > 0).any())


def _scaled(problem: Problem, state: SearchState, slopes: Slopes) -> SearchState:
    """Units of objective and penalty, as soon as their slopes are known."""
    span = problem.domain.span
    free = problem.domain.high > problem.domain.low
    sizes = np.linalg.norm(slopes.value * np.where(free, span, 0), axis=1)
    scale = state.scale or float(sizes[0])
    most = np.array([each.most for each in problem.limits])
    felt = sizes[1:] / most if problem.limits else np.zeros(0)
    steepest = float(felt.max(initial=0.0))
    penalty = state.penalty or (STIFF / steepest if steepest > 0 else 0.0)
    return dataclasses.replace(state, scale=scale, penalty=penalty)


def _balanced(
    problem: Problem,
    state: SearchState,
    slopes: Slopes,
    turn: PerTerm,
    excess: PerLimit,
) -> SearchState:
    """The multipliers, moved towards those that balance the slopes."""
    if state.scale == 0:
        return state
    near = (excess > -NEAR) & (np.abs(slopes.value[1:]).max(axis=1) > 0)
    found = np.zeros_like(excess)
    if near.any():
        found[near] = balance(problem, state.point, slopes, turn)[near]
    share = np.where(near, TRUST, 1.0)
    moved = state.multipliers + share * (found / state.scale - state.multipliers)
    return dataclasses.replace(state, multipliers=moved)


def _lagrangian(
    problem: Problem,
    state: SearchState,
    slopes: Slopes,
    turn: PerTerm,
    excess: PerLimit,
) -> tuple[Point, Point]:
    """Slope of the Lagrangian over a span, and its standard error."""
    weight = np.maximum(state.multipliers + state.penalty * excess, 0)
    objective = -1 / state.scale if state.scale > 0 else 0.0
    slope, noise = slopes.combined(np.concatenate([[objective], weight * turn]))
    return slope * problem.domain.span, noise * problem.domain.span


def _moved(
    problem: Problem,
    effort: Effort,
    state: SearchState,
    slope: Point,
    noise: Point,
    excess: PerLimit,
) -> SearchState:
    """The next point, and how far the one after it may be."""
    direction, state = _adam(state, slope)
    domain = problem.domain
    point = domain.nearest(state.point - state.step * domain.span * direction)
    # Only what the domain lets move counts as slope, and only its noise as noise.
    probe = domain.nearest(state.point - SMALL * domain.span * slope)
    free = (state.point - probe) / (SMALL * domain.span)
    size = float(np.linalg.norm(free))
    error = float(np.linalg.norm(noise * (free != 0)))
    quiet = state.quiet + 1 if size <= 2 * error else 0
    paths, step = state.paths, state.step
    random = any(each > 0 for each in state.steps[-1].error)
    wanting = error > NOISY * size or (random and step < 10 * SMALL)
    if wanting and paths < effort.most_paths:
        paths, quiet = min(2 * paths, effort.most_paths), 0
    turned = float(free @ state.heading) < 0
    moved = float(np.abs((point - state.point) / domain.span).max())
    state = dataclasses.replace(
        state,
        point=point,
        heading=free,
        quiet=quiet,
        paths=paths,
        step=min(step * (0.6 if turned else 1.05), effort.step),
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
    if state.quiet >= PATIENCE:
        return (
            f"what a further move would gain is within the noise of {state.paths:,}"
            f" paths (slope {size:.2g}, its error {error:.2g})."
        )
    if still or size == 0:
        return f"moves have become smaller than {SMALL:g} of a span."
    return ""


def _recovered(state: SearchState, runs: int) -> SearchState:
    """After a candidate without a finite number: half way back to the last good."""
    if not state.steps:
        return dataclasses.replace(
            state, runs=runs, sentence="no number at the start is finite."
        )
    good = np.array(state.steps[-1].point)
    if np.abs((state.point - good) / SMALL).max() < np.abs(good).max():
        return dataclasses.replace(
            state,
            point=good,
            sentence="next to the last good point no number is finite: it stays there.",
        )
    return dataclasses.replace(
        state,
        point=(good + state.point) / 2,
        step=state.step / 2,
        runs=state.runs + runs,
    )

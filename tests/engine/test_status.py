"""What goes wrong on a path is said on that path, and stays on it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from jaxrisk._random import Draw, seed_words
from jaxrisk._status import Status
from jaxrisk.engine import State, StepInfo, System, initial_state, step
from tests.engine.systems import build


PATHS, BROKEN, HUGE = 16, 5, 1e30
STEPS = 3
ENOUGH = 30
"""Rounds that no cascade of these small books needs."""


@eqx.filter_jit
def one_step(system: System, state: State, index: jax.Array) -> tuple[State, StepInfo]:
    """A step of a block of paths."""
    path = jnp.arange(PATHS, dtype=jnp.uint32)
    return step(system, state, draw=Draw(seed=seed_words(1), path=path, step=index))


def steps(system: System, state: State) -> tuple[State, list[StepInfo]]:
    """Some steps, and what each reports."""
    infos = []
    for index in range(STEPS):
        state, info = one_step(system, state, jnp.uint32(index))
        infos.append(info)
    return state, infos


def test_a_broken_price_is_reported_and_stays_on_its_path() -> None:
    """An infinite price; a neighbor in the block keeps every bit."""
    system = build(rounds=ENOUGH)
    state = initial_state(system, PATHS)
    clean = steps(system, state)
    position = state.prices.position.at[0, BROKEN].set(HUGE)
    bad = eqx.tree_at(lambda at: at.prices.position, state, position)
    broken = steps(system, bad)
    others = np.arange(PATHS) != BROKEN
    assert all(info.status[BROKEN] == Status.PRICE_NOT_FINITE for info in broken[1])
    traded = sum(np.asarray(info.repaid)[:, others].sum() for info in clean[1])
    assert traded > 0
    for left, right in zip(
        jax.tree.leaves(clean), jax.tree.leaves(broken), strict=True
    ):
        if left.ndim:
            assert np.array_equal(left[..., others], right[..., others])


def running(rounds: int) -> np.ndarray:
    """Paths on which a cascade was cut, [step, path]."""
    system = build(rounds=rounds)
    _, infos = steps(system, initial_state(system, PATHS))
    status = np.array([info.status for info in infos])
    return status == Status.CASCADE_STILL_RUNNING


def test_a_cascade_that_was_cut_is_reported() -> None:
    assert running(1).sum() >= 2
    assert not running(ENOUGH).any()

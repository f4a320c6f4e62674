"""How many accounts are brought together changes the cost, and not what happens."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import seed_words
from jaxrisk.engine import Layout, Outcome, _cascade, _nearest
from jaxrisk.engine._nearest import Reach, nearest, reaches
from jaxrisk.engine._rollout import rollout
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


PATHS = 64


def outcome(monkeypatch: pytest.MonkeyPatch, chosen: tuple[Reach, ...]) -> Outcome:
    """Of forty accounts, with these reaches."""
    monkeypatch.setattr(_cascade, "reaches", lambda _: chosen)
    with jax.enable_x64(True):
        twin = small_system(3, accounts=40, steps=6, cohorts=6, keeper="rational")
        path = jnp.arange(PATHS, dtype=jnp.uint32)
        run = jax.jit(lambda system: rollout(system, seed_words(1), path)[1])
        return jax.tree.map(np.asarray, run(fast_twin(twin)))


def test_outcomes_do_not_depend_on_the_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    every = outcome(monkeypatch, ())
    assert every.repaid.sum() > 0
    near = outcome(monkeypatch, (Reach(3, 8), Reach(12, 1)))
    for name, value in vars(every).items():
        np.testing.assert_allclose(
            getattr(near, name), value, rtol=1e-9, atol=1e-6, err_msg=name
        )


def test_the_nearest_are_those_of_least_health() -> None:
    with jax.enable_x64(True):
        system = fast_twin(small_system(3, accounts=40, steps=6, cohorts=6))
        health = jnp.asarray(np.random.default_rng(1).uniform(0.5, 3, (40, 16)))
        found = nearest(system, health.T, jnp.arange(16), 5)
        ranked = np.sort(np.asarray(health), axis=0)
        chosen = np.take_along_axis(np.asarray(health), np.asarray(found.account), 0)
    assert np.array_equal(chosen, ranked[:5])
    assert np.array_equal(found.outside, ranked[5])


def test_no_reach_is_as_wide_as_the_book() -> None:
    assert reaches(8) == ()
    assert reaches(9) == (Reach(8, 16),)
    assert [each.accounts for each in reaches(_nearest.LARGE)] == [8]
    assert [each.accounts for each in reaches(3000)] == [32, 128, 512, 2048]
    assert reaches(10_000)[-1] == Reach(8192, 1)


def test_a_short_run_is_cut_in_equal_parts_and_not_filled_up() -> None:
    cpu = jax.devices("cpu")[0]
    assert Layout.fitting(4096, 5, (cpu, cpu)) == Layout(block=2048, launch=4096)
    assert Layout.fitting(100, 5, (cpu, cpu)) == Layout(block=64, launch=128)
    assert Layout.fitting(10**6, 5, (cpu, cpu)).block == 4096

"""Collateral counts towards health at one price, and is seized at another."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import seed_words
from jaxrisk._typing import ReservePath
from jaxrisk.engine import Outcome, State, System, _cascade, _market
from jaxrisk.engine._nearest import Reach
from jaxrisk.engine._rollout import rollout
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


Counting = Callable[[System, State, ReservePath], ReservePath]


PATHS = 512


def book(cohorts: int) -> System:
    """Forty accounts, in the precision that is set."""
    return fast_twin(
        small_system(3, accounts=40, steps=6, cohorts=cohorts, keeper="rational")
    )


def program(
    monkeypatch: pytest.MonkeyPatch,
    counting: Counting,
    reaches: tuple[Reach, ...] = (Reach(8, 16),),
) -> Callable[[System], Outcome]:
    """What simulates some paths, in the precision that is set."""

    @jax.jit
    def run(system: System) -> Outcome:
        path = jnp.arange(PATHS, dtype=jnp.uint32)
        with monkeypatch.context() as patch:
            patch.setattr(_market, "counted_price", counting)
            patch.setattr(_cascade, "reaches", lambda _: reaches)
            return rollout(system, seed_words(1), path)[1]

    return lambda system: jax.tree.map(np.asarray, run(system))


def same(one: Outcome, other: Outcome) -> None:
    """Every number, but for rounding."""
    for name, value in vars(other).items():
        np.testing.assert_allclose(
            vars(one)[name], value, rtol=1e-9, atol=1e-6, err_msg=name
        )


def test_counting_less_is_a_lower_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    with jax.enable_x64(True):
        system = book(cohorts=6)
        weighted = 0.9 * system.accounts.weighted
        strict = eqx.tree_at(lambda at: at.accounts.weighted, system, weighted)
        whole = program(monkeypatch, lambda *at: at[2])
        lower = program(monkeypatch, lambda *at: 0.9 * at[2])(system)
        same(lower, whole(strict))
        assert lower.seized.sum() > 1.05 * whole(system).seized.sum()


@pytest.mark.slow
def test_who_is_near_may_be_decided_by_what_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What counts falls with a power of the price: farther than the price itself.

    Bounded by the fall of the price alone, a few paths in 512 differ.
    """

    def steep(system: System, state: State, seized: ReservePath) -> ReservePath:
        first = jnp.broadcast_to(
            jnp.exp(system.prices.anchor)[:, None], state.venues.inventory.shape
        )
        start = _market.collateral_price(system, state, first)
        return seized * jnp.minimum(seized / start, 1) ** 8

    with jax.enable_x64(True):
        system = book(cohorts=0)
        every = program(monkeypatch, steep, ())(system)
        near = program(monkeypatch, steep, (Reach(3, 8), Reach(12, 1)))(system)
    assert every.repaid.sum() > 0
    same(near, every)

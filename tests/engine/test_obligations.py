"""Obligations at the horizon: both engines settle the same, and nobody is nobody."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import Draw, Stream, seed_words
from jaxrisk.engine import Outcome, System
from jaxrisk.engine._rollout import rollout
from jaxrisk.network import Obligations, Recovery
from tests import reference as plain
from tests.engine.dealers_twin import of
from tests.engine.fast_twin import fast_twin, shared_draws, with_tabulated_weight
from tests.engine.systems import build, differences
from tests.reference.obligations import Entity, settle
from tests.reference.small_systems import small_system


SEED, STEPS, PATHS = 1, 6, (1, 3, 4, 9)

ENTITIES = (
    Entity(
        cash=2e5,
        tokens=np.array([100.0, 0.0, 0.0, 0.0]),
        owes=np.array([0.0, 1e5, 5e4]),
        outside=1.5e5,
        hidden=8e4,
        hidden_sd=1.5,
        recovery_assets=0.7,
        recovery_claims=0.9,
    ),
    Entity(
        cash=1e4,
        tokens=np.array([0.0, 20.0, 500.0, 3e4]),
        owes=np.array([2e4, 0.0, 9e4]),
        bears=(1.0, 0.3),
        recovery_assets=0.5,
        recovery_claims=0.8,
    ),
    Entity(cash=1e5, tokens=np.zeros(4), owes=np.zeros(3), outside=1.8e5),
)
"""A fund with a hidden debt, a treasury that bears bad debt, a market maker."""


def obligations(entities: tuple[Entity, ...]) -> Obligations:
    """The fast engine's twin; call it inside `jax.enable_x64`."""

    def column(name: str) -> jax.Array:
        return of([getattr(entity, name) for entity in entities])

    return Obligations(
        cash=column("cash"),
        tokens=column("tokens"),
        liabilities=column("owes"),
        outside=column("outside"),
        hidden=column("hidden"),
        hidden_sd=column("hidden_sd"),
        bears=column("bears"),
        recovery=Recovery(
            assets=column("recovery_assets"), claims=column("recovery_claims")
        ),
    )


@eqx.filter_jit
def outcomes(system: System, path: jax.Array) -> Outcome:
    return rollout(system, seed_words(SEED), path)[1]


def hidden_normals(path: int) -> np.ndarray:
    draw = Draw(
        seed=seed_words(SEED),
        path=jnp.array([path], jnp.uint32),
        step=jnp.uint32(0),
    )
    normal = draw.normal(Stream.OBLIGATION, len(ENTITIES))
    return np.asarray(normal, np.float64)[:, 0]


def test_both_engines_settle_the_same() -> None:
    ruined = saved = 0
    with jax.enable_x64(True):
        system = small_system(1, accounts=8, steps=STEPS)
        fast = eqx.tree_at(
            lambda at: at.obligations, fast_twin(system), obligations(ENTITIES)
        )
        found = outcomes(fast, jnp.array(PATHS, jnp.uint32))
        for column, path in enumerate(PATHS):
            draws = [
                shared_draws(system, seed=SEED, path=path, step=k) for k in range(STEPS)
            ]
            records = plain.simulate(with_tabulated_weight(system), draws)
            cleared, owed, rounds = settle(
                system, ENTITIES, records, hidden_normals(path)
            )
            short = np.asarray(found.entity_shortfall)[:, column]
            assert short == pytest.approx(owed - cleared.paid, rel=1e-9, abs=1e-4)
            equity = np.asarray(found.entity_equity)[:, column]
            assert equity == pytest.approx(cleared.equity, rel=1e-9, abs=1e-4)
            assert np.array_equal(found.entity_round[:, column], rounds)
            ruined += int((rounds > 0).sum())
            saved += int((rounds == 0).sum())
            failed = [record.flows.realized.sum() > 0 for record in records]
            first = (*failed, True).index(True)
            assert int(found.first_deficit[column]) == first
    assert ruined > 0
    assert saved > 0
    assert np.asarray(found.entity_round).max() > 1


def test_entities_change_nobody_else_s_numbers() -> None:
    """Not a bit of what the markets do; there the first deficit is the first of all."""
    system = build(accounts=20)
    with jax.enable_x64(True):
        host = jax.tree.map(
            lambda leaf: np.asarray(leaf, np.float32), obligations(ENTITIES)
        )
    known = eqx.tree_at(
        lambda at: at.obligations, system, jax.tree.map(jnp.asarray, host)
    )
    path = jnp.arange(64, dtype=jnp.uint32)
    without, found = (
        jax.tree.map(np.asarray, outcomes(each, path)) for each in (system, known)
    )
    entity = ("entity_shortfall", "entity_equity", "entity_round")
    for name in entity:
        assert getattr(without, name).shape == (0, 64)
        assert getattr(found, name).shape == (3, 64)
    same = eqx.tree_at(
        lambda at: tuple(getattr(at, name) for name in entity),
        found,
        tuple(getattr(without, name) for name in entity),
    )
    assert not differences(same, without)
    assert np.array_equal(found.first_deficit, found.market_first_deficit.min(axis=0))
    lost = found.realized[:4].sum(axis=0), found.realized[4:].sum(axis=0)
    for step, loss in zip(found.market_first_deficit, lost, strict=True):
        assert np.array_equal(step < STEPS, loss > 0)
    assert (found.first_deficit < STEPS).any()

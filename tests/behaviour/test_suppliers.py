"""Runs on a reserve, by hand and by law."""

import jax
import jax.numpy as jnp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.behaviour import (
    Liquidity,
    NoSuppliers,
    SupplierReport,
    Suppliers,
    SupplierState,
)


few = settings(max_examples=15)
DT = 1 / 365


@pytest.fixture(autouse=True)
def _double() -> object:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


def suppliers(
    deposits: float = 400.0, *, runs_at: float = 0.9, speed: float = 0.25
) -> Suppliers:
    """Of one reserve."""

    def one(value: float) -> jax.Array:
        return jnp.array([value])

    return Suppliers(
        deposits=one(deposits),
        runs_at=one(runs_at),
        speed=one(speed),
        returns_below=one(0.7),
        return_speed=one(0.5),
        memory=one(2 * DT),
    )


def reserve(supplied: float, borrowed: float, *, index: float = 1.0) -> Liquidity:
    """One reserve on one path, of a token of 2 USD."""

    def one(value: float) -> jax.Array:
        return jnp.full((1, 1), value, float)

    return Liquidity(
        supplied=one(supplied),
        borrowed=one(borrowed),
        supply_index=one(index),
        price=one(2.0),
    )


def act(
    rules: Suppliers, state: SupplierState, at: Liquidity
) -> tuple[SupplierState, float, SupplierReport]:
    """One step."""
    state, moved, told = rules.act(state, at, jnp.asarray(DT))
    return state, moved.item(), told


def test_a_run_takes_what_is_there_and_queues_for_the_rest() -> None:
    """A quarter of 400 wants out; of 1000 supplied and 950 lent, 50 are there."""
    rules = suppliers()
    state, moved, told = act(rules, rules.init(1), reserve(1000.0, 950.0))
    assert moved == pytest.approx(-50, rel=1e-12)
    assert state.queue.item() == pytest.approx(50, rel=1e-12)
    assert state.deposits.item() == pytest.approx(350, rel=1e-12)
    assert told.withdrawn.item() == pytest.approx(100, rel=1e-12)
    assert told.frozen.item() == 1


def test_at_a_utilization_of_one_withdrawals_are_frozen() -> None:
    rules = suppliers()
    state, moved, told = act(rules, rules.init(1), reserve(900.0, 900.0))
    assert moved == 0
    assert told.frozen.item() == 1
    state, moved, _ = act(rules, state, reserve(900.0, 900.0))
    assert state.queue.item() == pytest.approx(200, rel=1e-12)
    assert state.deposits.item() == 400


def test_a_calm_reserve_loses_nobody_and_gets_some_back() -> None:
    rules = suppliers()
    state, _, _ = act(rules, rules.init(1), reserve(1000.0, 950.0))
    between, moved, told = act(rules, state, reserve(950.0, 760.0))  # 0.8
    assert told.frozen.item() == 0
    assert moved == pytest.approx(-50, rel=1e-12)  # the queue is still served
    calm, moved, told = act(rules, between, reserve(900.0, 500.0))
    assert moved == pytest.approx(50, rel=1e-12)  # half of 100
    assert told.returned.item() == pytest.approx(100, rel=1e-12)
    assert calm.queue.item() == 0


def test_a_shortfall_alarms_for_a_time() -> None:
    rules = suppliers()
    low = reserve(1000.0, 100.0)
    state, moved, _ = act(rules, rules.init(1), low)
    assert moved == 0
    heard = rules.hear(state, jnp.full((1, 1), 30.0), jnp.ones((1, 1), bool))
    first, moved, _ = act(rules, heard, low)
    assert moved == pytest.approx(-100, rel=1e-12)
    second, moved, _ = act(rules, first, low)
    assert moved == pytest.approx(-75, rel=1e-12)
    _, moved, _ = act(rules, second, low)
    assert moved == pytest.approx(0.5 * 175, rel=1e-12)


def test_what_was_lost_cannot_be_withdrawn() -> None:
    """100 seem to be there, and 60 of them were written off."""
    rules = suppliers()
    state = rules.hear(rules.init(1), jnp.full((1, 1), 60.0), jnp.zeros((1, 1), bool))
    _, moved, told = act(rules, state, reserve(1000.0, 900.0))
    assert moved == pytest.approx(-40, rel=1e-12)
    assert told.frozen.item() == 1


@few
@given(
    deposits=st.floats(0.0, 1e6),
    steps=st.lists(
        st.tuples(st.floats(-0.2, 0.2), st.booleans()), min_size=1, max_size=8
    ),
    speed=st.floats(0.0, 1.0),
)
def test_tokens_are_in_the_pool_or_away(
    deposits: float, steps: list[tuple[float, bool]], speed: float
) -> None:
    """Whatever borrowers do; and nobody takes what is not there."""
    rules = suppliers(deposits, speed=speed)
    state, supplied, borrowed = rules.init(1), 1.2e6, 1e6
    for change, alarmed in steps:
        borrowed = min(borrowed * (1 + change), supplied)
        state = rules.hear(state, jnp.zeros((1, 1)), jnp.full((1, 1), alarmed))
        before = state
        state, moved, _ = act(rules, state, reserve(supplied, borrowed))
        supplied += moved
        assert supplied >= borrowed * (1 - 1e-12)
        assert moved == pytest.approx((before.away - state.away).item(), abs=1e-9)
        total = state.deposits.item() + state.away.item()
        assert total == pytest.approx(deposits, rel=1e-9)
        assert min(leaf.min() for leaf in jax.tree.leaves(state)) >= -1e-9


def test_nobody_runs_where_there_is_nobody() -> None:
    nobody, at = NoSuppliers(), reserve(1000.0, 1000.0)
    state, moved, told = nobody.act(nobody.init(1), at, jnp.asarray(DT))
    assert state == ()
    assert moved.item() == 0
    assert told.frozen.shape == (0, 1)
    assert nobody.cash((), at.supplied) is at.supplied

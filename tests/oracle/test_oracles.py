"""When each oracle publishes, against the rule said in a plain loop."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jaxrisk.oracle import (
    AbstractOracle,
    DelayedOracle,
    HeartbeatOracle,
    InstantOracle,
)


STEPS = 12
DT = np.float32(1 / 365)
DEVIATION = np.array([0.01, 0.05], np.float32)
HEARTBEAT = np.array([3, 5], np.float32) * DT

few = settings(max_examples=10)
markets = hnp.arrays(
    np.float32, (STEPS, 2, 3), elements=st.floats(-0.0625, 0.0625, width=32)
).map(lambda moves: np.exp(np.cumsum(moves, axis=0)).astype(np.float32))


@jax.jit
def published(oracle: AbstractOracle[Any], market: jax.Array) -> jax.Array:
    """Prices after every step; the first price of the market is the start."""
    memory, prices = oracle.init(market[0]), [market[0]]
    for price in market[1:]:
        memory = oracle.publish(oracle.advance(memory, jnp.float32(DT)), price)
        prices.append(oracle.price(memory))
    return jnp.stack(prices)


def heartbeat() -> HeartbeatOracle:
    """One asset that publishes often, one that does not."""
    return HeartbeatOracle(
        deviation=jnp.asarray(DEVIATION), heartbeat=jnp.asarray(HEARTBEAT)
    )


@few
@given(market=markets)
def test_an_instant_oracle_is_never_late(market: np.ndarray) -> None:
    assert np.array_equal(published(InstantOracle(), market), market)


@few
@given(market=markets, steps=st.sampled_from([0, 1, 4]))
def test_a_delayed_oracle_is_late_by_exactly_its_delay(
    market: np.ndarray, steps: int
) -> None:
    seen = np.asarray(published(DelayedOracle(steps=steps), market))
    assert np.array_equal(seen[steps:], market[: STEPS - steps])
    assert np.all(seen[:steps] == market[0])


@few
@given(market=markets)
def test_a_heartbeat_oracle_publishes_iff_the_price_moved_or_the_beat_is_due(
    market: np.ndarray,
) -> None:
    seen = np.asarray(published(heartbeat(), market))
    last, age = market[0].copy(), np.zeros((2, 3), int)
    for step in range(1, STEPS):
        age += 1
        moved = np.abs(market[step] / last - 1) >= DEVIATION[:, None]
        due = moved | (age >= np.array([[3], [5]]))
        last, age = np.where(due, market[step], last), np.where(due, 0, age)
        assert np.array_equal(seen[step], last)


@few
@given(market=markets)
def test_a_heartbeat_oracle_is_never_further_off_than_its_deviation(
    market: np.ndarray,
) -> None:
    seen = np.asarray(published(heartbeat(), market))
    assert np.all(np.abs(market / seen - 1) < DEVIATION[:, None] * (1 + 1e-5))


def test_a_still_market_is_published_at_every_beat() -> None:
    """Ages return to zero on the third day and on the fifth."""
    oracle, price = heartbeat(), jnp.ones((2, 1))
    memory = oracle.init(price)
    ages = []
    for _ in range(5):
        memory = oracle.publish(oracle.advance(memory, jnp.float32(DT)), price)
        ages.append(np.round(np.asarray(memory.age[:, 0]) / DT))
    assert np.array_equal(np.array(ages).T, [[1, 2, 0, 1, 2], [1, 2, 3, 4, 0]])


def test_rounds_of_one_step_take_no_time() -> None:
    """Asked again at once: a delay is not shortened, and only the last price stays."""
    for steps in (1, 2):
        oracle = DelayedOracle(steps=steps)
        memory = oracle.advance(oracle.init(jnp.ones((1, 1))), jnp.float32(DT))
        for price in (0.9, 0.8, 0.7):
            memory = oracle.publish(memory, jnp.full((1, 1), price))
        assert oracle.price(memory)[0, 0] == 1
        for _ in range(steps):
            assert oracle.price(memory)[0, 0] == 1
            memory = oracle.advance(memory, jnp.float32(DT))
        assert oracle.price(memory)[0, 0] == np.float32(0.7)

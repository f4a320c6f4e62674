"""A venue with part of its depth, an oracle that stands still, nearer correlations."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.oracle import (
    AbstractOracle,
    DelayedOracle,
    HeartbeatOracle,
    InstantOracle,
)
from jaxrisk.scenario._frozen import FrozenOracle
from jaxrisk.scenario._stressed import closer
from jaxrisk.scenario._thin import ThinVenue
from jaxrisk.venue import (
    AbstractVenue,
    ConstantProductVenue,
    InfiniteVenue,
    PowerLawVenue,
    StableSwapVenue,
)


MID = 20.0
DOUBLE = np.dtype(np.float64)
STEPS, DT = 10, 1 / 8760


def of(value: float) -> jax.Array:
    """The parameter of a single asset."""
    return jnp.asarray([value])


def power(depth: float) -> AbstractVenue:
    """An order book."""
    return PowerLawVenue(
        depth=of(1e6 * depth), move_at_depth=of(0.02), exponent=of(0.7)
    )


def product(depth: float) -> AbstractVenue:
    """A pool with a fee."""
    return ConstantProductVenue(
        quote_reserve=of(1e6 * depth), initial_price=of(MID), fee=of(0.003)
    )


def stable(depth: float) -> AbstractVenue:
    """An unequal pool with a fee."""
    balances = (np.array([5e4 * depth]), np.array([6e4 * depth]))
    return StableSwapVenue.of(
        np.array([30.0]), *balances, np.array([4e-4]), dtype=DOUBLE
    )


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("kind", [power, product, stable])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.1])
def test_a_thin_venue_is_one_of_less_depth(
    kind: Callable[[float], AbstractVenue], share: float
) -> None:
    thin, small = ThinVenue(venue=kind(1.0), share=of(share)), kind(share)
    inventory, sold = jnp.array([[-300.0, 0, 800]]), jnp.array([[500.0, -200, 40]])
    mid, move = jnp.full((1, 3), MID), jnp.array([[-0.01, 0.01, -0.02]])
    for one, other in (
        (thin.displacement(inventory, mid), small.displacement(inventory, mid)),
        (thin.proceeds(inventory, sold, mid), small.proceeds(inventory, sold, mid)),
        (thin.room(inventory, move, mid), small.room(inventory, move, mid)),
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_an_infinite_venue_has_no_depth_to_lose() -> None:
    whole, thin = InfiniteVenue(), ThinVenue(venue=InfiniteVenue(), share=of(0.01))
    sold, mid = jnp.array([[500.0, -200]]), jnp.full((1, 2), MID)
    for name in ("displacement", "proceeds"):
        given_, other = getattr(thin, name), getattr(whole, name)
        rest = (sold, mid) if name == "displacement" else (sold, sold, mid)
        np.testing.assert_allclose(given_(*rest), other(*rest), rtol=1e-15)
    assert np.isinf(thin.room(sold, -sold / 1e5, mid)).all()


def published(oracle: AbstractOracle[Any], market: np.ndarray) -> np.ndarray:
    """Prices after every step, those at the start first."""
    memory, prices = oracle.init(jnp.asarray(market[0])), [market[0]]
    for price in market[1:]:
        memory = oracle.publish(
            oracle.advance(memory, jnp.asarray(DT)), jnp.asarray(price)
        )
        prices.append(np.asarray(oracle.price(memory)))
    return np.stack(prices)


def heartbeat() -> AbstractOracle[Any]:
    """One asset that publishes often, one that does not."""
    return HeartbeatOracle(
        deviation=jnp.asarray([0.05, 0.02]), heartbeat=jnp.array([3.0, 5]) * DT
    )


def delayed() -> AbstractOracle[Any]:
    """Two steps late."""
    return DelayedOracle(steps=2)


@pytest.mark.parametrize("behind", [InstantOracle, delayed, heartbeat])
@pytest.mark.parametrize(("start", "count"), [(0, 3), (4, 2), (4, 100), (4, 0)])
def test_a_frozen_oracle_stands_still_for_a_while_and_is_then_the_one_behind(
    behind: Callable[[], AbstractOracle[Any]], start: int, count: int
) -> None:
    oracle, rng = behind(), np.random.default_rng(1)
    market = np.exp(np.cumsum(0.03 * rng.normal(size=(STEPS + 1, 2, 3)), axis=0))
    frozen = FrozenOracle(
        oracle=oracle,
        start=jnp.asarray(float(start)),
        steps=jnp.asarray(np.array([count, 0.0])),
    )
    free, found = published(oracle, market), published(frozen, market)
    # The price at the end of a step stands one place after it.
    stop = min(start + count, STEPS)
    assert np.array_equal(found[: start + 1], free[: start + 1])
    assert (found[start + 1 : stop + 1, 0] == free[start, 0]).all()
    assert np.array_equal(found[stop + 1 :], free[stop + 1 :])
    assert np.array_equal(found[:, 1], free[:, 1])


def test_part_of_a_step_is_a_whole_one() -> None:
    market = np.arange(1.0, 6.0)[:, None, None]
    frozen = FrozenOracle(
        oracle=InstantOracle(), start=jnp.asarray(1.0), steps=jnp.asarray([1.2])
    )
    assert published(frozen, market)[:, 0, 0].tolist() == [1, 2, 2, 2, 5]


@given(
    seed=st.integers(0, 1000),
    share=st.floats(0.0, 0.999),
    base=st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_nearer_correlations_are_correlations(
    seed: int, share: float, base: list[bool]
) -> None:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(4, 6))
    factors /= np.linalg.norm(factors, axis=1, keepdims=True)
    before = factors @ factors.T
    root, roams = np.linalg.cholesky(before), np.array(base)
    lower = closer(root, share, roams)
    after = lower @ lower.T
    assert np.diag(after) == pytest.approx(np.ones(4), abs=1e-12)
    assert np.linalg.eigvalsh(after).min() > 0
    both, neither = np.ix_(roams, roams), np.ix_(~roams, ~roams)
    expected = (1 - share) * before[both] + share
    assert after[both] == pytest.approx(expected, abs=1e-12)
    assert after[neither] == pytest.approx(before[neither], abs=1e-12)
    if not share:
        assert lower is root

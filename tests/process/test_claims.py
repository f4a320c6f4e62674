"""Laws of chains of claims: what an asset rests on, however deep."""

import itertools

import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.process import (
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    build_prices,
    closure,
    cycle_of,
    depths,
)


DOUBLE = np.dtype(np.float64)


def built(*assets: AssetModel) -> Prices:
    """A process that nothing correlates."""
    count = len(assets)
    return build_prices(
        assets,
        [np.eye(count)],
        volatility_multiplier=[1.0],
        innovation=Gaussian(),
        regimes=OneRegime(),
        jumps=JumpSources(np.zeros((count, 0)), np.zeros(0), np.zeros(0), np.zeros(0)),
        dt=1 / 365,
        dtype=DOUBLE,
    )


def drawn(seed: int, count: int) -> np.ndarray:
    """Weights of claims on earlier assets, of which about half are there."""
    chance = np.random.default_rng(seed)
    weights = chance.random((count, count)) * (chance.random((count, count)) < 0.5)
    order = chance.permutation(count)
    return np.tril(weights, -1)[np.ix_(order, order)]


@hypothesis.given(seed=st.integers(0, 10**6), count=st.integers(1, 8))
def test_the_closure_is_the_inverse_of_what_is_not_claimed(
    seed: int, count: int
) -> None:
    weights = drawn(seed, count)
    expected = np.linalg.inv(np.eye(count) - weights)
    np.testing.assert_allclose(closure(weights), expected, rtol=1e-12, atol=1e-12)
    assert cycle_of(weights) == ()


@hypothesis.given(seed=st.integers(0, 10**6), count=st.integers(1, 8))
def test_permuting_assets_permutes_the_closure(seed: int, count: int) -> None:
    weights = drawn(seed, count)
    order = np.random.default_rng(seed + 1).permutation(count)
    there = np.ix_(order, order)
    np.testing.assert_allclose(
        closure(weights[there]), closure(weights)[there], rtol=1e-14, atol=1e-14
    )
    assert np.array_equal(depths(weights[there]), depths(weights)[order])


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_is_named(length: int) -> None:
    weights = np.zeros((length + 1, length + 1))
    weights[0, 1] = 0.5
    for asset in range(length):
        weights[1 + asset, 1 + (asset + 1) % length] = 1.0
    ring = cycle_of(weights)
    assert ring[0] == ring[-1]
    assert sorted(ring[:-1]) == list(range(1, length + 1))
    assert all(weights[a, b] > 0 for a, b in itertools.pairwise(ring))
    with pytest.raises(ValueError, match=f"{ring[0]} -> .*{ring[-1]}"):
        closure(weights)


def test_a_chain_of_claims_has_its_depth() -> None:
    weights = np.zeros((4, 4))
    weights[1, 0] = weights[2, 1] = 1.0
    weights[3, 2] = weights[3, 0] = 0.5
    assert depths(weights).tolist() == [0, 1, 2, 3]
    assert closure(weights)[3].tolist() == [1.0, 0.5, 0.5, 1.0]


def test_a_pool_share_falls_as_the_fair_price_and_so_with_impermanent_loss() -> None:
    """V20: held against 2 sqrt(p0 p1), a doubling of one price costs 5.7191 %."""
    with jax.enable_x64(True):
        prices = built(
            AssetModel(price=2000.0, volatility=0.9),
            AssetModel(price=1.0, volatility=0.0),
            AssetModel(price=90.0, volatility=0.0, claims=((0, 0.5), (1, 0.5))),
        )
        move = jnp.zeros((3, 1)).at[0].set(np.log(2.0))
        state = prices.init(1)
        start = np.exp(np.asarray(prices.log_price(state, 0 * move)))
        after = np.exp(np.asarray(prices.log_price(state, move)))
    np.testing.assert_allclose(start[:, 0], [2000.0, 1.0, 90.0], rtol=1e-14)
    held = (after[0] / start[0] + after[1] / start[1]) / 2
    loss = after[2] / start[2] / held - 1
    np.testing.assert_allclose(loss, 2 * np.sqrt(2.0) / 3 - 1, rtol=1e-13)
    np.testing.assert_allclose(loss, -0.057191, atol=5e-7)


def test_a_claim_on_a_pegged_token_starts_at_its_price() -> None:
    """Its reference stands below its peg already: that is in the price given."""
    with jax.enable_x64(True):
        prices = built(
            AssetModel(price=2000.0, volatility=0.9),
            AssetModel(
                price=1900.0, volatility=0.1, speed=5.0, basis=-0.05, claims=((0, 1.0),)
            ),
            AssetModel(price=1905.0, volatility=0.0, claims=((1, 1.0),)),
        )
        found = prices.log_price(prices.init(1), jnp.zeros((3, 1)))
    np.testing.assert_allclose(np.exp(found[:, 0]), [2000, 1900, 1905], rtol=1e-14)

"""Claims and credit lines in the whole engine: hand numbers, and nothing is lost."""

import dataclasses

import equinox as eqx
import hypothesis
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import Draw, seed_words
from jaxrisk.behaviour import build_credit
from jaxrisk.engine import Outcome, State, StepInfo, System, initial_state, step
from jaxrisk.network import (
    ClaimsState,
    FailureSource,
    build_claims,
    build_failures,
    build_spirals,
)
from jaxrisk.process import (
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    build_prices,
)
from jaxrisk.validate._position import single_market_book
from jaxrisk.validate._scene import Scene, outcome
from jaxrisk.venue import AbstractVenue, ConstantProductVenue, InfiniteVenue
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


DOUBLE = np.dtype(np.float64)
DAY = 1 / 365


def chain_prices(losses: list[float], order: np.ndarray) -> np.ndarray:
    """Prices of a chain of claims, of which every link has failed, in some order."""
    count = len(losses)
    place = np.argsort(order)
    assets = [AssetModel(price=100.0, volatility=0.0)] + [
        AssetModel(price=100.0, volatility=0.0, claims=((int(place[link - 1]), 1.0),))
        for link in range(1, count)
    ]
    none = np.zeros(0)
    prices = build_prices(
        [assets[link] for link in order],
        [np.eye(count)],
        volatility_multiplier=[1.0],
        innovation=Gaussian(),
        regimes=OneRegime(),
        jumps=JumpSources(np.zeros((count, 0)), none, none, none),
        dt=DAY,
        dtype=DOUBLE,
    )
    network = build_claims(
        failures=build_failures(
            [
                FailureSource(losses=((int(place[link]), loss),), at=0)
                for link, loss in enumerate(losses)
            ],
            assets=count,
            dtype=DOUBLE,
        ),
        spirals=build_spirals((), dtype=DOUBLE),
        receipts=(),
        assets=count,
        reserves=1,
        dtype=DOUBLE,
    )
    draw = Draw(seed=seed_words(1), path=jnp.zeros(1, jnp.uint32), step=jnp.uint32(0))
    state = network.advance(network.init(1), draw, jnp.asarray(DAY))
    marked = network.marked(state, jnp.zeros((count, 1)))
    found = np.exp(np.asarray(prices.log_price(prices.init(1), marked)))[:, 0]
    return found[place]


@hypothesis.settings(deadline=None, max_examples=15)
@hypothesis.given(
    losses=st.lists(st.floats(0, 0.9), min_size=1, max_size=6),
    seed=st.integers(0, 1000),
)
def test_a_chain_of_any_depth_is_worth_the_product_of_what_backs_its_links(
    losses: list[float], seed: int
) -> None:
    """Whatever the order in which the assets are written."""
    order = np.random.default_rng(seed).permutation(len(losses))
    expected = 100 * np.cumprod(1 - np.array(losses))
    with jax.enable_x64(True):
        np.testing.assert_allclose(chain_prices(losses, order), expected, rtol=1e-12)


@eqx.filter_jit
def one_step(system: System, state: State, index: jax.Array) -> tuple[State, StepInfo]:
    """A step of 64 paths."""
    path = jnp.arange(64, dtype=jnp.uint32)
    return step(system, state, draw=Draw(seed=seed_words(1), path=path, step=index))


def test_what_suppliers_lose_is_what_their_receipts_are_marked_down_by() -> None:
    """Of the two reserves with a receipt, and to 1e-9 of what was supplied."""
    found = 0.0
    with jax.enable_x64(True):
        plain = small_system(11, accounts=8, steps=8, network="claims")
        system = fast_twin(plain)
        state = initial_state(system, 64)
        for index in range(system.steps):
            before = state.network
            state, info = one_step(system, state, jnp.uint32(index))
            assert isinstance(before, ClaimsState)
            gone = np.exp(before.marked) - np.exp(state.network.marked)
            for asset, reserve in plain.network.receipts.items():
                price = info.oracle_price[plain.reserves[reserve].asset]
                supplied = np.asarray(price * state.pool.supplied[reserve])
                lost = np.asarray(info.realized[reserve])
                np.testing.assert_allclose(
                    gone[asset] * supplied, lost, atol=1e-9 * supplied.max()
                )
                found += float(lost.sum())
    assert found > 1e3


def scene(
    *, debt: float, venue: AbstractVenue, hazard: float, limit: float = 1.5
) -> Outcome:
    """A hundred tokens at a dollar against a debt, for a day at still prices."""
    market = Scene(
        asset=AssetModel(price=1.0, volatility=0.0),
        book=single_market_book(np.array([100.0]), np.array([[debt]])),
        steps=1,
        dt=DAY,
        venue=venue,
        credit=build_credit([(0, hazard)], dtype=DOUBLE),
        limits={0: limit},
    )
    return outcome(market.build(DOUBLE), paths=1, seed=0)


def pool() -> ConstantProductVenue:
    """A pool of a thousand dollars and as many tokens."""
    return ConstantProductVenue(
        quote_reserve=jnp.array([1000.0]),
        initial_price=jnp.array([1.0]),
        fee=jnp.array([0.0]),
    )


@pytest.mark.parametrize(
    ("debt", "hazard", "deep", "expected"),
    [
        (130.0, 1e9, True, (130.0, 30.0, 100.0)),
        (130.0, 1e9, False, (130.0, 130.0 - 1000 / 11, 1000 / 11)),
        (130.0, 0.0, True, (0.0, 0.0, 0.0)),
        (99.0, 1e9, True, (0.0, 0.0, 0.0)),
    ],
)
def test_a_line_defaults_under_water_alone_and_the_rest_is_bad_debt_at_once(
    debt: float, hazard: float, deep: bool, expected: tuple[float, float, float]
) -> None:
    """By hand: 100 tokens bring 100, or from a pool of 1000 by 1000 a tenth less."""
    with jax.enable_x64(True):
        venue = InfiniteVenue() if deep else pool()
        end = scene(debt=debt, venue=venue, hazard=hazard)
        found = (end.defaulted, end.realized, end.repaid)
        np.testing.assert_allclose([x.sum() for x in found], expected, atol=1e-9)
        np.testing.assert_allclose(end.keeper_profit, 0.0, atol=1e-9)
        under = debt - 100 if hazard == 0 and debt > 100 else 0.0
        np.testing.assert_allclose(end.unrealized.sum(), under, atol=1e-9)


def test_a_default_moves_value_and_makes_none() -> None:
    """Collateral seized and sold is debt repaid, slippage of purchases, or loss."""
    with jax.enable_x64(True):
        end = scene(debt=130.0, venue=pool(), hazard=1e9)
        owed = end.repaid.sum() + end.realized.sum()
        np.testing.assert_allclose(owed, 130.0, rtol=1e-9)
        np.testing.assert_allclose(end.seized.sum(), 100.0, rtol=1e-9)
        # What the pool has paid out is what has been repaid.
        np.testing.assert_allclose(end.repaid.sum(), 1000 - 1000 / 1.1, rtol=1e-9)


def test_without_its_limit_the_line_is_liquidated() -> None:
    with jax.enable_x64(True):
        end = scene(debt=99.0, venue=InfiniteVenue(), hazard=0.0, limit=0.8)
        assert end.seized.sum() > 0
        assert not end.defaulted.any()


def test_a_system_without_claims_has_no_rows_of_theirs() -> None:
    with jax.enable_x64(True):
        plain = small_system(1, accounts=3, steps=1)
        state = initial_state(fast_twin(plain), 2)
        assert state.network == ()
        plain = dataclasses.replace(plain, lines=((0, 1.0),))
        assert fast_twin(plain).credit.accounts == (0,)

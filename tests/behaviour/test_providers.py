"""Depth that comes and goes; loops."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.behaviour import (
    NoProviders,
    Providers,
    ProviderState,
    drop_to_liquidation,
    impermanent_loss,
    loop,
    loop_multiple,
)
from jaxrisk.venue import (
    AbstractVenue,
    ConstantProductVenue,
    PowerLawVenue,
    StableSwapVenue,
)


few = settings(max_examples=15)
DT = 1 / 365


@pytest.fixture(autouse=True)
def _double() -> object:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


def providers(**changes: float) -> Providers:
    """Of one asset of a volatility of 0.8."""
    numbers = {
        "per_loss": 4.0,
        "per_volatility": 0.2,
        "most": 0.9,
        "leaving": 1.0,
        "returning": 0.5,
        "variance": 0.64,
        "memory": 0.5,
        "renewal": 0.0,
    }
    return Providers(**{k: jnp.array([v]) for k, v in (numbers | changes).items()})


def seen(rules: Providers, *moves: float) -> ProviderState:
    """After these log prices, step by step."""
    state = rules.init(jnp.zeros((1, 1)))
    for move in moves:
        state = rules.react(state, jnp.full((1, 1), move), jnp.asarray(DT))
    return state


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.25, 2.0, 7.0])
def test_impermanent_loss_is_that_of_a_constant_product(ratio: float) -> None:
    expected = 2 * math.sqrt(ratio) / (1 + ratio) - 1
    found = impermanent_loss(jnp.asarray(math.log(ratio))).item()
    assert found == pytest.approx(expected, abs=1e-15)
    if ratio == 2.0:
        assert found == pytest.approx(-0.057191, abs=5e-7)


def test_providers_leave_for_loss_and_volatility() -> None:
    """A fall to a half: 4 x 5.7191 % of loss, and 0.2 x (sigma/0.8 - 1)."""
    state = seen(providers(), -math.log(2))
    variance = 0.5 * 0.64 + 0.5 * math.log(2) ** 2 * 365
    away = 4 * 0.0571909584 + 0.2 * (math.sqrt(variance) / 0.8 - 1)
    assert state.depth.item() == pytest.approx(max(1 - away, 0.1), rel=1e-9)
    only_loss = seen(providers(per_volatility=0.0), -math.log(2))
    assert only_loss.depth.item() == pytest.approx(1 - 4 * 0.0571909584, rel=1e-9)


def test_some_always_stay() -> None:
    assert seen(providers(per_loss=1e3), 1.0).depth.item() == pytest.approx(0.1)


def test_they_return_as_calm_returns() -> None:
    rules = providers(renewal=0.2)
    depths = [seen(rules, *([-0.3] * steps)).depth.item() for steps in range(1, 40)]
    assert depths[0] < 0.95
    assert all(one < other for one, other in itertools.pairwise(depths[5:]))
    assert depths[-1] == pytest.approx(1, abs=1e-3)


def test_a_price_that_stands_still_keeps_every_one() -> None:
    assert seen(providers(), *([0.0] * 20)).depth.item() == 1


def venues() -> tuple[AbstractVenue, ...]:
    """One of each kind, of one asset."""
    return (
        ConstantProductVenue(
            quote_reserve=jnp.array([1e6]),
            initial_price=jnp.array([20.0]),
            fee=jnp.array([0.003]),
        ),
        PowerLawVenue(
            depth=jnp.array([1e6]),
            move_at_depth=jnp.array([0.02]),
            exponent=jnp.array([0.7]),
        ),
        StableSwapVenue.of(
            np.array([30.0]),
            np.array([6e4]),
            np.array([5e4]),
            np.array([4e-4]),
            dtype=np.dtype(np.float64),
        ),
    )


def with_depth(venue: AbstractVenue, share: float) -> AbstractVenue:
    """A venue that never had more than a share of the depth."""
    match venue:
        case ConstantProductVenue():
            return ConstantProductVenue(
                quote_reserve=share * venue.quote_reserve,
                initial_price=venue.initial_price,
                fee=venue.fee,
            )
        case PowerLawVenue():
            return PowerLawVenue(
                depth=share * venue.depth,
                move_at_depth=venue.move_at_depth,
                exponent=venue.exponent,
            )
        case StableSwapVenue():
            return StableSwapVenue(
                amplification=venue.amplification,
                token_balance=share * venue.token_balance,
                invariant=share * venue.invariant,
                fee=venue.fee,
            )
    raise AssertionError(venue)


@few
@given(
    kind=st.integers(0, 2),
    gone=st.floats(0.0, 0.95),
    before=st.floats(-2e4, 2e4),
    sold=st.floats(-2e4, 2e4),
)
def test_withdrawing_a_fraction_scales_depth_by_what_is_left(
    kind: int, gone: float, before: float, sold: float
) -> None:
    """As a venue of that depth, its inventory with it; the price does not move."""
    full, left, mid = venues()[kind], 1 - gone, jnp.full((1, 1), 20.0)
    rules = providers()
    state = rules.init(jnp.zeros((1, 1)))
    state = ProviderState(**(vars(state) | {"depth": jnp.full((1, 1), left)}))
    small = with_depth(full, left)
    inventory, order = jnp.full((1, 1), before), jnp.full((1, 1), sold)

    def close(one: jax.Array, other: jax.Array) -> None:
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-7)

    scaled = left * inventory
    close(full.displacement(inventory, mid), small.displacement(scaled, mid))
    asked = rules.onto_venue(state, order)
    paid = rules.from_venue(state, full.proceeds(inventory, asked, mid))
    close(paid, small.proceeds(scaled, order, mid))
    after = full.displacement(inventory + asked, mid)
    close(after, small.displacement(scaled + order, mid))
    room = full.room(inventory, jnp.full((1, 1), -0.01), mid)
    small_room = small.room(scaled, jnp.full((1, 1), -0.01), mid)
    np.testing.assert_allclose(
        rules.from_venue(state, room), small_room, rtol=1e-6, atol=1e-3
    )


def test_without_providers_the_order_is_the_order() -> None:
    order = jnp.ones((2, 3))
    assert NoProviders().onto_venue((), order) is order
    assert NoProviders().from_venue((), order) is order
    assert NoProviders().depth((), order).shape == (0, 3)


@pytest.mark.parametrize(
    ("loops", "expected"), [(0, 1.0), (1, 1.8), (3, 2.952), (5, 3.68928)]
)
def test_a_loop_is_a_geometric_sum(loops: int, expected: float) -> None:
    assert loop_multiple(0.8, loops) == pytest.approx(expected, rel=1e-12)
    position = loop(50.0, 0.8, loops)
    assert position.collateral == pytest.approx(50 * expected, rel=1e-12)
    assert position.collateral - position.debt == pytest.approx(50, rel=1e-12)
    assert position.multiple == pytest.approx(expected, rel=1e-12)


def test_a_twelvefold_loop_is_liquidated_after_a_small_fall() -> None:
    assert drop_to_liquidation(12.0, 0.95) == pytest.approx(0.035088, abs=5e-7)
    fall = drop_to_liquidation(5.0, 0.9)
    assert 5 * (1 - fall) * 0.9 == pytest.approx(4, rel=1e-12)

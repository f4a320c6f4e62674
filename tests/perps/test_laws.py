"""What is true of perpetuals whatever happens: value, signs, order, neighbors."""

import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.perps import PerpReport, PerpState
from tests.perps.exchanges import (
    ASSETS,
    DOUBLE,
    SINGLE,
    SPOT,
    Scene,
    history,
    in_trouble,
    liquidate,
    moves,
    scene,
    wealth_over_time,
)


STEPS, PATHS = 8, 64
few = settings(max_examples=8)
seeds = st.integers(0, 10_000)
funds = st.sampled_from([0.0, 0.001, 0.01, 1.0])
rules = pytest.mark.parametrize("rule", ["deleverage", "socialise"])
dtypes = pytest.mark.parametrize(("dtype", "close"), [(DOUBLE, 1e-9), (SINGLE, 1e-4)])


def run(
    drawn: Scene, seed: int, dtype: np.dtype = DOUBLE, wild: float = 1.0
) -> tuple[PerpState, PerpReport]:
    """A scene along a few random paths."""
    spots = moves(seed, steps=STEPS, paths=PATHS, wild=wild)
    return history(drawn.perps, jnp.asarray(spots, dtype))


@pytest.fixture(autouse=True)
def _double() -> object:
    """Both widths of numbers can be had."""
    with jax.enable_x64(True):
        yield


@rules
@dtypes
@few
@given(seed=seeds, insurance=funds, move=st.floats(-1, 1))
def test_value_is_conserved_at_any_common_price(
    rule: str, dtype: np.dtype, close: float, seed: int, insurance: float, move: float
) -> None:
    """By funding, liquidation, deleveraging, clawback and unwinding."""
    drawn = scene(seed, rule=rule, insurance=insurance, dtype=dtype)
    states, _ = run(drawn, seed, dtype)
    price = jnp.asarray(SPOT[np.array(ASSETS)] * np.exp(move), dtype)
    values = np.asarray(wealth_over_time(drawn.perps, states, price))
    change = np.abs(values - values[0])
    assert change.max() <= close * drawn.open_interest


@rules
@dtypes
@few
@given(seed=seeds, insurance=funds)
def test_nobody_has_less_than_nothing(
    rule: str, dtype: np.dtype, close: float, seed: int, insurance: float
) -> None:
    """Positions only shrink; the fund and traders without positions owe nothing."""
    drawn = scene(seed, rule=rule, insurance=insurance, dtype=dtype)
    states, report = run(drawn, seed, dtype)
    shares = np.asarray(states.open)
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert (np.diff(shares, axis=0) <= 0).all()
    assert (np.asarray(states.insurance) >= 0).all()
    assert (np.asarray(states.deficit) >= 0).all()
    spread = jax.vmap(drawn.perps.accounts.by_trader.total)
    idle = np.asarray(spread(states.open)) == 0
    balance = np.asarray(states.balance)
    assert balance[idle].min(initial=0) >= -close * drawn.open_interest
    assert (
        np.asarray(report.deleveraged) <= np.asarray(report.liquidated) * 1.001
    ).all()


@few
@given(seed=seeds, insurance=funds)
def test_deleveraging_leaves_no_deficit_at_all(seed: int, insurance: float) -> None:
    states, _ = run(scene(seed, insurance=insurance), seed)
    assert (np.asarray(states.deficit) == 0).all()


def test_a_socialised_loss_above_all_profits_is_a_deficit() -> None:
    """And the fund is empty then, and profits of others were cut."""
    states, report = run(scene(5, rule="socialise", insurance=0.0), 5, wild=4.0)
    assert (np.asarray(states.deficit)[-1] > 0).any()
    assert (np.asarray(report.deleveraged) == 0).all()


@few
@given(seed=seeds)
def test_the_order_of_traders_changes_nothing(seed: int) -> None:
    """Their legs move with them."""
    order = np.array([9, 3, 0, 8, 5, 1, 7, 2, 6, 4])
    one = scene(seed, insurance=0.001)
    two = scene(seed, insurance=0.001, order=order)
    (first, told), (second, told_too) = run(one, seed), run(two, seed)
    scale = 1e-9 * one.open_interest
    close = functools.partial(np.testing.assert_allclose, rtol=0, atol=scale)
    close(first.balance[:, order], second.balance)
    for name in ("cash", "insurance", "deficit"):
        close(getattr(first, name), getattr(second, name))
    for name in ("liquidated", "deleveraged", "flow", "funding", "insurance_paid"):
        close(getattr(told, name), getattr(told_too, name))


@rules
@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE])
def test_a_path_does_not_depend_on_its_neighbors(rule: str, dtype: np.dtype) -> None:
    """To the last bit: among others, and among copies of itself."""
    drawn = scene(1, rule=rule, insurance=0.002, dtype=dtype)
    spots = moves(1, steps=STEPS, paths=PATHS)
    among = history(drawn.perps, jnp.asarray(spots, dtype))
    assert (np.asarray(among[1].insurance_paid).sum(axis=0) > 0).sum() > 5
    for path in (0, 7, 63):
        alone = np.repeat(spots[..., path : path + 1], PATHS, axis=-1)
        found = history(drawn.perps, jnp.asarray(alone, dtype))
        for left, right in zip(
            jax.tree.leaves(found), jax.tree.leaves(among), strict=True
        ):
            assert np.array_equal(left[..., 5], right[..., path])


@pytest.mark.slow
def test_a_path_alone_is_the_path_of_a_block() -> None:
    """In a program of its own; to rounding, for other loops may fuse other sums."""
    drawn = scene(1, insurance=0.002)
    spots = jnp.asarray(moves(1, steps=STEPS, paths=PATHS))
    among, alone = history(drawn.perps, spots), history(drawn.perps, spots[..., 7:8])
    for left, right in zip(jax.tree.leaves(alone), jax.tree.leaves(among), strict=True):
        np.testing.assert_allclose(left[..., 0], right[..., 7], rtol=1e-9, atol=1e-3)


@few
@given(seed=seeds)
def test_paths_out_of_trouble_stay_exactly_as_they_are(seed: int) -> None:
    drawn = scene(seed)
    spots = jnp.asarray(moves(seed, steps=STEPS, paths=PATHS))
    state = jax.tree.map(lambda leaf: leaf[-1], history(drawn.perps, spots)[0])
    spot = spots[-1] * jnp.linspace(0.97, 1.03, PATHS)[None]
    calm = ~np.asarray(in_trouble(drawn.perps, state, spot))
    after, sold, report = liquidate(drawn.perps, state, spot)
    for left, right in zip(jax.tree.leaves(after), jax.tree.leaves(state), strict=True):
        assert np.array_equal(left[..., calm], right[..., calm])
    assert (np.asarray(sold)[:, calm] == 0).all()
    assert all(
        (np.asarray(leaf)[..., calm] == 0).all() for leaf in vars(report).values()
    )
    assert calm.any()


@pytest.mark.parametrize(
    ("rule", "book"),
    [
        ("deleverage", "power"),
        pytest.param("deleverage", "product", marks=pytest.mark.slow),
        ("socialise", "power"),
    ],
)
@few
@given(
    seed=seeds, depth=st.sampled_from([1e-4, 0.3]), wild=st.sampled_from([1.0, 20.0])
)
def test_single_precision_stays_finite(
    rule: str, book: str, seed: int, depth: float, wild: float
) -> None:
    """Also in books that an order is ten thousand times too large for."""
    drawn = scene(seed, rule=rule, book=book, depth=depth, dtype=SINGLE)
    states, report = run(drawn, seed, SINGLE, wild=wild)
    for leaf in jax.tree.leaves((states, report)):
        assert np.isfinite(leaf).all()


def test_everybody_in_trouble_is_out_of_it_after_a_round() -> None:
    """At the same spot price, unless the round has moved the mark price against others.

    With mark prices that ignore the book it cannot.
    """
    drawn = scene(2)
    spot = jnp.asarray(moves(2, steps=STEPS, paths=PATHS))[-1]
    at_index = jnp.zeros_like(drawn.perps.contracts.premium_cap)
    perps = eqx.tree_at(lambda at: at.contracts.premium_cap, drawn.perps, at_index)
    state = perps.init(spot)
    assert np.asarray(in_trouble(perps, state, spot)).any()
    after = liquidate(perps, state, spot)[0]
    assert not np.asarray(in_trouble(perps, after, spot)).any()

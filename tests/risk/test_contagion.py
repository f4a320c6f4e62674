"""Contagion: an example by hand, runs compared one by one, and who fails first."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.engine import Layout
from jaxrisk.process import AssetModel, ScheduledShock
from jaxrisk.risk import Axes, Contagion, contagion, without_impact
from jaxrisk.risk._failure_order import FailureTally, failure_times, sooner
from jaxrisk.validate._position import single_market_book
from jaxrisk.validate._scene import Scene, outcome
from tests.engine.systems import build
from tests.reference.small_systems import LISTED

from .outcomes import entities


KIND = np.dtype(np.float32)
PATHS, SEED, FALL = 512, 3, 0.15
ASSETS = ("WETH", "stETH", "LINK", "USDC")
AXES = Axes(
    markets=("first", "second"),
    reserves=tuple(f"{market}.{ASSETS[asset]}" for asset, market in LISTED),
    reserve_market=np.array([market for _, market in LISTED]),
    assets=ASSETS,
)
ALONE = Axes(("only",), ("only.A", "only.USD"), np.zeros(2, int), ("A", "USD"))
LATE, COLLATERAL, DEBT, BONUS = 3, 100.0, 75.0, 0.05


@pytest.fixture(scope="module")
def by_hand() -> Contagion:
    """One account at still prices, liquidated three steps after its first breach."""
    scene = Scene(
        asset=AssetModel(price=2.0, volatility=0.0),
        book=single_market_book(np.array([COLLATERAL / 2]), np.array([[DEBT]])),
        steps=6,
        dt=1 / 365,
        bonus=BONUS,
        latency=LATE,
    )
    return contagion(
        scene.build(KIND),
        ALONE,
        paths=4,
        seed=0,
        fall=0.3,
        level=0.5,
        devices=jax.local_devices()[:1],
    )


def test_a_shock_by_hand(by_hand: Contagion) -> None:
    lost = DEBT - COLLATERAL * (1 - 0.3) / (1 + BONUS)
    assert by_hand.mean == pytest.approx([0.0])
    assert by_hand.mean_response == pytest.approx(np.array([[lost, 0.0]]), rel=1e-5)
    assert by_hand.tail_response == pytest.approx(np.array([[lost, 0.0]]), rel=1e-5)
    assert by_hand.collateral == pytest.approx([COLLATERAL, 0.0])
    assert by_hand.coefficient[0, 0] == pytest.approx(lost / 30.0, rel=1e-5)
    # Nobody pledges dollars: there is nothing to compare a loss with.
    assert np.isnan(by_hand.coefficient[0, 1])
    assert by_hand.mean_response_error == pytest.approx(np.zeros((1, 2)), abs=1e-9)
    assert by_hand.changed.tolist() == [[4, 0]]


def test_it_shows_once_the_keepers_come(by_hand: Contagion) -> None:
    assert by_hand.delay[0, 0] == LATE
    assert by_hand.delay_error[0, 0] == 0
    assert np.isnan(by_hand.delay[0, 1])
    assert by_hand.brought_forward.tolist() == [[4, 0]]
    assert by_hand.order.nobody.value == 1


@pytest.mark.slow
def test_responses_are_those_of_runs_compared_path_by_path() -> None:
    system = build(accounts=20)
    place = jax.local_devices()[:1]
    found = contagion(
        system, AXES, paths=PATHS, seed=SEED, fall=FALL, level=0.9, devices=place
    )
    pieces = contagion(
        system,
        AXES,
        paths=PATHS,
        seed=SEED,
        fall=FALL,
        level=0.9,
        devices=place,
        layout=Layout(block=128, launch=128),
    )
    for field in dataclasses.fields(Contagion):
        if field.name != "order":
            np.testing.assert_array_equal(
                getattr(found, field.name), getattr(pieces, field.name)
            )
    shock = np.log1p(-FALL) * np.eye(4)
    calm, *fallen = (
        outcome(
            eqx.tree_at(
                lambda at: at.prices.jumps,
                system,
                ScheduledShock(
                    jumps=system.prices.jumps,
                    size=jnp.asarray(size, KIND),
                    step=jnp.zeros((), KIND),
                ),
            ),
            paths=PATHS,
            seed=SEED,
            devices=1,
        )
        for size in (np.zeros(4), *shock)
    )
    without = outcome(system, paths=PATHS, seed=SEED, devices=1)
    assert np.array_equal(without.realized, calm.realized)
    for asset, run in enumerate(fallen):
        for market, rows in enumerate((slice(0, 4), slice(4, 6))):
            losses = [
                (each.realized.astype(float) + each.unrealized)[rows].sum(axis=0)
                for each in (run, calm)
            ]
            gap = losses[0] - losses[1]
            assert found.mean_response[market, asset] == pytest.approx(gap.mean())
            error = gap.std(ddof=1) / np.sqrt(PATHS)
            assert found.mean_response_error[market, asset] == pytest.approx(error)
            early = run.market_first_deficit[market] < calm.market_first_deficit[market]
            assert found.brought_forward[market, asset] == early.sum()
            if early.any():
                steps = run.market_first_deficit[market][early]
                assert found.delay[market, asset] == pytest.approx(steps.mean())
    # ETH is collateral of both, and what the second asset is pegged to.
    assert (found.mean_response[:, 0] > 3 * found.mean_response_error[:, 0]).all()
    assert (found.coefficient[:, 0] > 0).all()
    # LINK is listed in the first market alone, and depth is not shared.
    assert found.tail_response[0, 2] > 0


@pytest.mark.slow
def test_what_a_market_does_not_list_reaches_it_through_prices_alone() -> None:
    """LINK is listed in the first market; what is sold there with it, in both."""
    place, link, second = jax.local_devices()[:1], 2, 1
    shaken, calm = (
        contagion(each, AXES, paths=PATHS, seed=SEED, fall=0.5, devices=place)
        for each in (build(accounts=20), without_impact(build(accounts=20)))
    )
    assert shaken.mean_response[second, link] > 1e-5 * shaken.mean[second]
    # In a block where more accounts fail, sums may be taken in another order.
    assert abs(calm.mean_response[second, link]) < 1e-7 * calm.mean[second]
    assert calm.brought_forward[second, link] == 0
    assert calm.mean_response[0, link] > 1e-3 * calm.mean[0]


@pytest.mark.parametrize("fall", [0.0, 1.0, 1.5])
def test_a_shock_that_is_none_is_refused(fall: float) -> None:
    with pytest.raises(ValueError, match="Give a share above 0 and below 1"):
        contagion(build(), AXES, paths=2, seed=0, fall=fall)


def test_failures_are_ordered_by_their_time() -> None:
    never = np.inf
    tally = FailureTally(("m", "n", "fund"))
    times = np.array(
        [
            [0.0, 3, never, 5, never],
            [2.0, 3, never, 1, never],
            [6.0, never, 6, 7, never],
        ]
    )
    tally.push(times[:, :2])
    tally.push(times[:, 2:])
    order = tally.order()
    assert order.failed.value == pytest.approx([0.6, 0.6, 0.6])
    assert order.first.value == pytest.approx([0.4, 0.4, 0.2])
    assert order.alone.value == pytest.approx([0.2, 0.2, 0.2])
    assert order.before.value == pytest.approx(
        np.array([[0, 0.2, 0.6], [0.2, 0, 0.6], [0.2, 0.2, 0]]) / np.ones((3, 3))
    )
    assert order.nobody.value == pytest.approx(0.2)
    both = np.array([[0.6, 0.6, 0.4], [0.6, 0.6, 0.4], [0.4, 0.4, 0.6]])
    assert order.together.value == pytest.approx(both)
    assert (order.first.low <= order.first.value).all()
    assert (order.first.high >= order.first.value).all()


def test_one_alone_has_nobody_to_fail_before() -> None:
    alone = FailureTally(("m",))
    alone.push(np.array([[1.0, np.inf]]))
    assert alone.estimates() == {}
    assert alone.coordinates() == {}


def test_entities_fail_after_markets_in_the_order_of_rounds() -> None:
    known = entities(100, count=2)
    deficit = np.tile(np.array([[4], [10]]), 100)
    times = failure_times(deficit, known["entity_round"], steps=10)
    assert (times[0] == 4).all()
    assert np.isinf(times[1]).all()
    fallen = known["entity_round"]
    assert np.array_equal(times[2:][fallen > 0], 9.0 + fallen[fallen > 0])
    assert np.isinf(times[2:][fallen == 0]).all()


def test_what_comes_sooner_is_counted_where_it_is_valid() -> None:
    calm = np.array([[np.inf, 4.0, 2.0, np.inf]])
    shocked = np.array([[3.0, 1.0, 2.0, 5.0]])
    valid = np.array([True, True, True, False])
    assert sooner(shocked, calm, valid).tolist() == [[2.0, 4.0, 10.0]]

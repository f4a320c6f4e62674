"""What those who act of their own accord do to a market, and what they leave alone."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import Draw, seed_words
from jaxrisk.behaviour import NoBorrowers
from jaxrisk.engine import System
from jaxrisk.engine._behave import behave
from jaxrisk.engine._state import blank_info, initial_state
from tests import reference as plain
from tests.engine.behaviour_scene import (
    ETHER,
    played,
    scene,
    shortfall,
    without_rules,
)
from tests.engine.fast_twin import fast_twin
from tests.engine.systems import differences, single, whole
from tests.reference.behaviour import Actor
from tests.reference.small_systems import small_system
from tests.reference.venues import Venue


LTV = (0.75, 0.0)


@pytest.fixture(autouse=True)
def _double() -> object:
    """Where rounding does not hide a law."""
    with jax.enable_x64(True):
        yield


def test_unwinding_early_lowers_bad_debt_in_deep_venues() -> None:
    """Ether falls by half, and nobody liquidates."""
    cautious = Actor(0, LTV, unwind_below=1.15, unwind_to=1.3)
    system = scene(cautious, change=-0.5)
    waits = shortfall(system, played(without_rules(system)))
    acts = shortfall(system, played(system))
    assert waits == pytest.approx(1.3e6 - 1e6, rel=1e-6)
    assert acts == 0


def test_unwinding_through_shallow_venues_makes_bad_debt() -> None:
    """Ether falls by 8 %: whoever waits is never below a health of one."""
    cautious = Actor(0, LTV, unwind_below=1.2, unwind_to=1.4)
    system = scene(cautious, change=-0.08, pool=3e5, keepers=True)
    assert shortfall(system, played(without_rules(system))) == 0
    assert shortfall(system, played(system)) > 1e4


def test_a_loop_inflates_on_the_way_up_and_deflates_on_the_way_down() -> None:
    loop = Actor(
        0, LTV, lever_above=1.25, lever_to=1.2, unwind_below=1.15, unwind_to=1.2
    )
    for change, sign in ((0.4, 1), (-0.25, -1)):
        records = played(scene(loop, change=change))
        tokens = np.array([float(state.kept[0, 0]) for state, _ in records])
        moves = sign * np.diff(np.concatenate([[1.0], tokens]))
        assert (moves >= -1e-12).all()
        assert moves.sum() > 0.1
        flows = np.array([float(info.flow[ETHER, 0]) for _, info in records])
        assert (sign * flows <= 0).all()


def test_a_loop_leaves_when_its_carry_turns() -> None:
    """Dollars for nothing, or for more than ether earns."""
    loop = Actor(0, LTV, tolerance=0.02, carry_speed=0.1)
    cheap = played(scene(loop, change=0.0))[-1][0]
    dear = played(scene(loop, change=0.0, rate=0.05))[-1][0]
    assert cheap.owed[0, 0] == 1
    assert 0.2 < dear.owed[0, 0] < 0.35  # nine tenths, twelve times


def test_a_top_up_comes_from_outside_until_there_is_nothing_left() -> None:
    rich = Actor(0, LTV, top_up_below=1.1, top_up_to=1.2, wealth=5e4)
    records = played(scene(rich, change=-0.3))
    wealth = float(records[-1][0].borrowers.wealth[0, 0])
    told = sum(float(info.borrowers.topped_up.sum()) for _, info in records)
    assert wealth == pytest.approx(0, abs=1e-6)
    assert told == pytest.approx(5e4, rel=1e-9)
    repaid = (1 - float(records[-1][0].owed[0, 0])) * 1.3e6
    assert repaid == pytest.approx(5e4, rel=1e-9)


@functools.cache
def acting() -> System:
    """Many accounts and everybody acts; impact that fades wholly, no fees."""
    system = small_system(11, accounts=12, steps=4, cohorts=3, behaviour="all")
    return fast_twin(system)


def test_what_borrowers_do_conserves_tokens_and_money() -> None:
    """What leaves a balance sheet arrives on another one."""
    with jax.enable_x64(True):
        system = small_system(11, accounts=12, behaviour="borrowers")
        assets = tuple(
            dataclasses.replace(
                asset, permanent_share=0.0, claims=(), venue=_free(asset.venue)
            )
            for asset in system.assets
        )
        fast = fast_twin(dataclasses.replace(system, assets=assets))
        draw = Draw(seed_words(1), jnp.arange(2, dtype=jnp.uint32), jnp.uint32(0))
        before = initial_state(fast, 2)
        told = blank_info(fast, before, draw)
        after, info = jax.jit(behave)(fast, before, told)
    assert (info.borrowers.unwound.sum(axis=0) > 0).all()
    assert (info.borrowers.topped_up.sum(axis=0) > 0).all()
    accounts, listing = fast.accounts, fast.listing
    kept, owed = after.kept - before.kept, after.owed - before.owed
    held = after.pool.supply_index * (accounts.collateral.T @ kept)
    debts = after.pool.debt_index * (accounts.debt.T @ owed)
    close = functools.partial(np.testing.assert_allclose, rtol=1e-9, atol=1e-9)
    close(after.pool.supplied - before.pool.supplied, held)
    close(after.pool.borrowed - before.pool.borrowed, debts)
    # Tokens that left the pools went to the venues, less those that came from outside.
    sold = after.venues.inventory - before.venues.inventory
    price = fast.oracle.price(before.oracle)
    left = listing.to_assets(debts - held)
    outside = (price * (left - sold)).sum(axis=0)
    close(-outside, info.borrowers.topped_up.sum(axis=0))
    mid = jnp.exp(fast.prices.log_price(before.prices, before.venues.permanent))
    money = fast.venues.proceeds(before.venues, sold, mid).sum(axis=0)
    gained = (after.borrowers.wealth - before.borrowers.wealth).sum(axis=0)
    close(gained + info.borrowers.topped_up.sum(axis=0), money, atol=1e-6)


def _free(venue: Venue) -> Venue:
    """One where two trades pay what both together do: no fee, and no mean price."""
    if isinstance(venue, plain.PowerLaw):
        return plain.ConstantProduct(quote_reserve=3e6, initial_mid=2000.0)
    if isinstance(venue, plain.ConstantProduct | plain.StableSwap):
        return dataclasses.replace(venue, fee=0.0)
    return venue


def test_borrowers_who_never_act_change_no_bit() -> None:
    """The whole machinery is there, and nobody uses it."""
    with jax.enable_x64(True):
        quiet = small_system(1, accounts=12, steps=4, cohorts=3, behaviour="borrowers")
        actors = tuple(Actor(a.account, a.loan_to_value) for a in quiet.actors)
        quiet = single(fast_twin(dataclasses.replace(quiet, actors=actors)))
        absent = dataclasses.replace(quiet, borrowers=NoBorrowers())
    with jax.enable_x64(False):
        runs = [
            whole(each, paths=128, block=64, launch=128) for each in (quiet, absent)
        ]
    assert (runs[0].repaid > 0).any()
    for name, value in vars(runs[1]).items():
        if value.shape[0]:
            assert np.array_equal(value, getattr(runs[0], name)), name
    assert not any(runs[0].unwound.ravel())


def test_the_size_of_a_block_changes_nothing() -> None:
    """A path on which nobody acts is not touched by one on which somebody does."""
    with jax.enable_x64(True):
        system = single(acting())
    with jax.enable_x64(False):
        one, other = (
            whole(system, paths=128, block=block, launch=128) for block in (64, 128)
        )
    assert (one.unwound > 0).any()
    assert not differences(one, other)

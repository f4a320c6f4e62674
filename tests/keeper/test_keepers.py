"""Which offers keepers take, and what it earns them."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk._listing import Listing
from jaxrisk._typing import AssetPath, PerPath
from jaxrisk.keeper import (
    AbstractKeeper,
    AbstractRoom,
    FixedLatency,
    GreedyKeeper,
    NoLatency,
    Offers,
    RationalKeeper,
)
from jaxrisk.venue import ConstantProductVenue


ACCOUNTS = 6
POOL = 2e5
"""USD in the pool of the collateral; offers add up to about as much."""
few = settings(max_examples=15)
bonuses = st.lists(st.floats(-0.05, 0.2), min_size=ACCOUNTS, max_size=ACCOUNTS)
sizes = st.lists(st.floats(100, 1e5), min_size=ACCOUNTS, max_size=ACCOUNTS)
depths = st.sampled_from([2e3, 2e4, 2e5, 2e7])


@pytest.fixture(autouse=True)
def _double() -> object:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


class PoolRoom(AbstractRoom):
    """Asset 0 trades in a pool at price one, asset 1 (dollars) without impact."""

    depth: jax.Array

    @property
    def venue(self) -> ConstantProductVenue:
        """Without a fee."""
        one = jnp.ones(1)
        return ConstantProductVenue(
            quote_reserve=self.depth * one, initial_price=one, fee=0 * one
        )

    def to_sell(self, fall: PerPath) -> AssetPath:
        """USD in the pool's room, and any amount of dollars."""
        room = self._room(-fall)
        return jnp.stack([room, jnp.full_like(room, jnp.inf)])

    def to_buy(self, rise: PerPath) -> AssetPath:
        """USD in the pool's room, and any amount of dollars."""
        room = -self._room(rise)
        return jnp.stack([room, jnp.full_like(room, jnp.inf)])

    def _room(self, move: PerPath) -> PerPath:
        still = jnp.zeros((1, 1))
        return self.venue.room(still, move[None], jnp.ones((1, 1)))[0]


def offers(bonus: np.ndarray, size: np.ndarray, *, members: float = 1.0) -> Offers:
    """Accounts that hold asset 0 and owe dollars; keepers get one plus the bonus."""
    nothing = np.zeros(ACCOUNTS)
    return Offers(
        ready=jnp.ones((ACCOUNTS, 1), bool),
        seized=jnp.ones((ACCOUNTS, 1)),
        repaid=jnp.ones((ACCOUNTS, 1)),
        collateral=jnp.asarray(np.stack([size * (1 + bonus), nothing], axis=1)),
        debt=jnp.asarray(np.stack([nothing, size], axis=1)),
        members=jnp.full((ACCOUNTS, 1), members),
        sale_price=jnp.ones((2, 1)),
        purchase_price=jnp.ones((2, 1)),
        listing=Listing.of(
            np.arange(2), np.zeros(2, int), assets=2, markets=1, dtype=np.dtype(float)
        ),
    )


def rational(
    *, gas: float = 0.0, capital: float = np.inf, tiers: int = 4
) -> RationalKeeper:
    """A keeper that counts."""
    return RationalKeeper(
        gas_cost=jnp.asarray(gas), capital=jnp.asarray(capital), tiers=tiers
    )


@eqx.filter_jit
def _fill(keeper: AbstractKeeper, offered: Offers, depth: jax.Array) -> jax.Array:
    capital = jnp.full(1, keeper.initial_capital)
    return keeper.fill(offered, capital, room=PoolRoom(depth=depth))


@eqx.filter_jit
def _profit(keeper: AbstractKeeper, offered: Offers, depth: jax.Array) -> jax.Array:
    fill = _fill(keeper, offered, depth)
    sold = offered.sales(fill)[:1]
    one = jnp.ones((1, 1))
    got = PoolRoom(depth=depth).venue.proceeds(0 * one, sold, one)
    gas = keeper.gas(fill > 0, offered.members)
    return (got[0] - offered.purchases(fill)[1] - gas)[0]


def filled(keeper: AbstractKeeper, offered: Offers, depth: float) -> np.ndarray:
    """Share of every offer that is taken."""
    return np.asarray(_fill(keeper, offered, jnp.asarray(depth)))[:, 0]


def profit(keeper: AbstractKeeper, offered: Offers, depth: float) -> float:
    """USD from the pool, less what was repaid and gas."""
    return float(_profit(keeper, offered, jnp.asarray(depth)))


@few
@given(bonus=bonuses, size=sizes)
def test_a_greedy_keeper_takes_all_that_is_ready_and_nothing_else(
    bonus: list[float], size: list[float]
) -> None:
    offered = offers(np.array(bonus), np.array(size))
    ready = jnp.arange(ACCOUNTS)[:, None] % 2 == 0
    offered = eqx.tree_at(lambda at: at.ready, offered, ready)
    assert np.array_equal(filled(GreedyKeeper(), offered, POOL), ready[:, 0])
    assert GreedyKeeper().gas(ready, offered.members)[0] == 0


@few
@given(bonus=bonuses, size=sizes, depth=depths, capital=st.sampled_from([1e3, np.inf]))
def test_fills_are_shares_of_offers_that_pay_and_that_capital_can_buy(
    bonus: list[float], size: list[float], depth: float, capital: float
) -> None:
    fill = filled(
        rational(capital=capital), offers(np.array(bonus), np.array(size)), depth
    )
    assert np.all((fill >= 0) & (fill <= 1))
    assert np.all(fill[np.array(bonus) <= 0] == 0)
    assert (fill * np.array(size)).sum() <= capital * (1 + 1e-9)


@few
@given(bonus=bonuses, size=sizes)
def test_without_impact_all_that_pays_after_gas_is_taken_at_a_profit(
    bonus: list[float], size: list[float]
) -> None:
    offered = offers(np.array(bonus), np.array(size))
    fill = filled(rational(gas=40.0), offered, 1e30)
    pays = np.array(bonus) * np.array(size) > 40.0
    assert np.array_equal(fill, pays)
    assert profit(rational(gas=40.0), offered, 1e15) >= -1e-3


@few
@given(bonus=st.floats(0.001, 0.2), size=sizes, depth=depths)
def test_a_sale_of_offers_alike_never_loses(
    bonus: float, size: list[float], depth: float
) -> None:
    """The last dollar sold has fallen by at most half of the margin."""
    offered = offers(np.full(ACCOUNTS, bonus), np.array(size))
    for tiers in (1, 4):
        assert profit(rational(tiers=tiers), offered, depth) >= -1e-6


@few
@given(bonus=bonuses, size=sizes, depth=depths)
def test_a_sale_loses_less_than_half_of_the_last_tier(
    bonus: list[float], size: list[float], depth: float
) -> None:
    """Only offers that pay less than half of a tier's width are sold below cost."""
    offered = offers(np.array(bonus), np.array(size))
    for tiers in (2, 8):
        fill = filled(rational(tiers=tiers), offered, depth)
        sold = fill * np.array(size) * (1 + np.array(bonus))
        margin = 1 - 1 / (1 + np.array(bonus))
        width = max(margin.max(), 0.0) / tiers
        bound = (sold * np.maximum(width / 2 - margin, 0)).sum()
        assert profit(rational(tiers=tiers), offered, depth) >= -bound - 1e-6


@few
@given(bonus=st.floats(0.001, 0.2), more=st.floats(0, 0.2), size=sizes, depth=depths)
def test_a_larger_bonus_never_lowers_what_is_sold(
    bonus: float, more: float, size: list[float], depth: float
) -> None:
    """Measured in what is sold: a larger bonus brings more for each dollar repaid."""
    low = filled(rational(), offers(np.full(ACCOUNTS, bonus), np.array(size)), depth)
    rich = offers(np.full(ACCOUNTS, bonus + more), np.array(size))
    high = filled(rational(), rich, depth)
    assert np.all(high * (1 + bonus + more) >= low * (1 + bonus) - 1e-9)


@few
@given(bonus=bonuses, size=sizes, depth=depths)
def test_better_tiers_are_served_first(
    bonus: list[float], size: list[float], depth: float
) -> None:
    """Where an offer of a better tier is left in part, no worse tier gets more."""
    tiers = 4
    offered = offers(np.array(bonus), np.array(size))
    fill = filled(rational(tiers=tiers), offered, depth)
    margin = 1 - 1 / (1 + np.array(bonus))
    best = margin.max()
    for one in range(ACCOUNTS):
        for two in range(ACCOUNTS):
            gap = margin[one] - margin[two]
            if margin[two] > 0 and gap < 1e-12 < best / tiers < gap and fill[one] == 0:
                assert fill[two] == 0


def test_capital_goes_to_the_best_offers() -> None:
    bonus = np.array([0.01, 0.02, 0.10, 0.10, 0.05, 0.0])
    size = np.full(ACCOUNTS, 1000.0)
    fill = filled(rational(capital=2500.0), offers(bonus, size), 1e15)
    assert np.allclose(fill, [0, 0, 1, 1, 0.5, 0])


def test_gas_is_paid_for_every_member_of_every_account_taken() -> None:
    taken = jnp.asarray(np.arange(ACCOUNTS)[:, None] < 2)
    assert rational(gas=7.0).gas(taken, jnp.full((ACCOUNTS, 1), 3.0))[0] == 2 * 3 * 7


def test_an_offer_that_gas_eats_is_left() -> None:
    """A bonus of 5 % on $1,000 pays $40 of gas for one member, and not for two."""
    bonus, size = np.full(ACCOUNTS, 0.05), np.full(ACCOUNTS, 1000.0)
    assert np.all(filled(rational(gas=40.0), offers(bonus, size), 1e15) == 1)
    many = offers(bonus, size, members=2.0)
    assert np.all(filled(rational(gas=40.0), many, 1e15) == 0)


def run_clocks(latency: FixedLatency, below: list[bool]) -> list[bool]:
    """Whether an account that keepers never take is ready, step by step."""
    clock, ready = latency.init(jnp.ones((1, 1))), []
    for flag in below:
        breached = jnp.full((1, 1), flag)
        clock = latency.tick(clock, breached)
        ready.append(bool(latency.ready(clock, breached)[0, 0]))
    return ready


def test_liquidation_starts_the_latency_after_the_first_breach() -> None:
    two = FixedLatency(steps=jnp.asarray(2.0))
    assert run_clocks(two, [False, True, True, True, True]) == [0, 0, 0, 1, 1]
    assert run_clocks(two, [True, False, False, True, False]) == [0, 0, 0, 1, 0]


def test_a_clock_restarts_once_a_liquidation_has_healed_the_account() -> None:
    latency, yes, no = FixedLatency(steps=jnp.asarray(1.0)), True, False
    clock = jnp.full((4, 1), 3.0)
    taken = jnp.array([[yes], [yes], [no], [no]])
    still = jnp.array([[yes], [no], [yes], [no]])
    after = latency.restart(clock, taken, still)
    assert np.array_equal(after[:, 0], [3, -1, 3, 3])


def test_without_latency_breached_is_ready_and_nothing_is_kept() -> None:
    latency, breached = NoLatency(), jnp.array([[True], [False]])
    clock = latency.init(jnp.ones((2, 1)))
    assert clock.shape == (0, 1)
    clock = latency.restart(latency.tick(clock, breached), breached, breached)
    assert np.array_equal(latency.ready(clock, breached), breached)

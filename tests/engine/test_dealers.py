"""What dealers' hedging does to a market: laws that hold on every path."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._status import Status
from jaxrisk.engine import Outcome, record
from jaxrisk.options import (
    AbstractDealers,
    AbstractHedging,
    BandHedging,
    Dealers,
    DeltaTable,
    FlatSurface,
    ImplicitHedging,
    IntervalHedging,
    NoDealers,
    OptionBook,
    StickyStrike,
)
from jaxrisk.process import AssetModel
from jaxrisk.validate._hedging import log_contract_scene
from jaxrisk.validate._position import AAVE_V3, single_market_book
from jaxrisk.validate._scene import Scene, outcome
from jaxrisk.venue import PowerLawVenue


KIND = np.dtype(np.float32)
PATHS, STEPS, HOUR = 512, 48, 1 / 8760
PRICE, VOLATILITY = 2000.0, 0.9
POLICIES = {
    "at once": ImplicitHedging(),
    "every six hours": IntervalHedging(every=6),
    "in a band": BandHedging(band=jnp.array([500.0], KIND)),
}


def dealers(book: OptionBook, hedging: AbstractHedging) -> Dealers:
    """Dealers of a book of options on the asset."""

    def one(value: float) -> jax.Array:
        return jnp.array([value], KIND)

    return Dealers(
        table=DeltaTable.of(
            [book],
            [FlatSurface(VOLATILITY)],
            [StickyStrike()],
            spot=np.array([PRICE]),
            steps=STEPS,
            dt=HOUR,
            levels=np.ones(1),
        ),
        hedging=hedging,
        price=one(PRICE),
        variance=one(VOLATILITY**2),
        memory=one(0.9),
        weight=one(0.0),
        assets=(0,),
    )


def straddles(size: float, *, days: float = 30.0) -> OptionBook:
    """Calls and puts around the money; a size below zero is short."""
    strike = np.repeat(PRICE * np.linspace(0.8, 1.2, 9), 2)
    return OptionBook(
        strike=strike,
        expiry=np.full(strike.size, days / 365),
        is_call=np.tile([True, False], 9),
        position=np.full(strike.size, size),
    )


def forwards(size: float) -> OptionBook:
    """Long a call and short a put of the same strike: delta without gamma."""
    return OptionBook(
        strike=np.array([PRICE, PRICE]),
        expiry=np.full(2, 30 / 365),
        is_call=np.array([True, False]),
        position=np.array([size, -size]),
    )


def market(who: AbstractDealers) -> Outcome:
    """Leveraged accounts in a violent market of some depth."""
    collateral = np.array([900.0, 350, 400, 1200, 550, 770])
    health = np.array([1.02, 1.10, 1.05, 1.30, 1.08, 1.15])
    scene = Scene(
        asset=AssetModel(price=PRICE, volatility=VOLATILITY),
        book=single_market_book(
            collateral, (collateral * PRICE * 0.8 / health)[:, None]
        ),
        steps=STEPS,
        dt=HOUR,
        rules=AAVE_V3,
        venue=PowerLawVenue(
            depth=jnp.array([2e7], KIND),
            move_at_depth=jnp.array([0.02], KIND),
            exponent=jnp.array([1.0], KIND),
        ),
        permanent_share=0.4,
        rounds=6,
        dealers=who,
    )
    return outcome(scene.build(KIND), paths=PATHS, seed=3)


@pytest.fixture(scope="module")
def without() -> Outcome:
    """The market without dealers."""
    return market(NoDealers())


def spread(found: Outcome) -> float:
    """Standard deviation of the final log price."""
    return float(np.log(found.final_price[0]).std())


@pytest.mark.parametrize(
    "policy",
    [
        "at once",
        pytest.param("every six hours", marks=pytest.mark.slow),
        pytest.param("in a band", marks=pytest.mark.slow),
    ],
)
def test_a_hedged_book_without_gamma_changes_nothing(
    policy: str, without: Outcome
) -> None:
    """No bit of prices, books and losses, and a rounding of the profit.

    Who shares a clearing with dealers is paid its mean price: what was received, over
    what was sold, times what was sold. Profit is a small difference of such sums.
    """
    found = market(dealers(forwards(1e5), POLICIES[policy]))
    assert not found.hedged.any()
    rounding = 4 * np.finfo(np.float32).eps * without.seized.sum(axis=0)
    assert np.all(np.abs(found.keeper_profit - without.keeper_profit) <= rounding)
    for name in set(vars(without)) - {"hedged", "keeper_profit"}:
        assert np.array_equal(getattr(found, name), getattr(without, name)), name


@pytest.mark.parametrize(
    "policy",
    [
        "at once",
        pytest.param("every six hours", marks=pytest.mark.slow),
        pytest.param("in a band", marks=pytest.mark.slow),
    ],
)
def test_short_gamma_amplifies_and_long_gamma_damps(
    policy: str, without: Outcome
) -> None:
    short = market(dealers(straddles(-2000.0), POLICIES[policy]))
    long = market(dealers(straddles(2000.0), POLICIES[policy]))
    assert spread(long) < 0.98 * spread(without)
    assert spread(short) > 1.02 * spread(without)
    assert (
        long.drawdown[0].mean() < without.drawdown[0].mean() < short.drawdown[0].mean()
    )
    assert long.repaid.sum() < without.repaid.sum() < short.repaid.sum()
    # On these draws, path by path: whoever hedges at once damps or amplifies each.
    if policy == "at once":
        moved = np.abs(np.log(without.final_price[0] / PRICE)) > 0.05
        distance = [np.abs(np.log(x.final_price[0] / PRICE)) for x in (long, short)]
        assert (distance[0] < distance[1])[moved].all()


def test_more_gamma_hedges_more(without: Outcome) -> None:
    few = market(dealers(straddles(-500.0), ImplicitHedging()))
    many = market(dealers(straddles(-1000.0), ImplicitHedging()))
    assert 0 < few.hedged.mean() < many.hedged.mean()
    assert spread(without) < spread(few) < spread(many)


def test_options_that_expire_on_the_way_leave_their_hedge_to_the_market() -> None:
    """Puts far in the money: the hedge of long puts is all long, and is sold."""
    book = OptionBook(
        strike=np.array([4 * PRICE]),
        expiry=np.array([24 * HOUR]),
        is_call=np.zeros(1, bool),
        position=np.array([1000.0]),
    )
    found = market(dealers(book, ImplicitHedging()))
    worth = 1000.0 * PRICE
    assert found.hedged.mean() == pytest.approx(worth, rel=0.05)


def test_a_hedge_that_chases_its_own_price_is_told() -> None:
    calm = market(dealers(straddles(-2000.0), ImplicitHedging()))
    assert not (calm.status == Status.HEDGE_RAN_AWAY).any()
    wild = market(dealers(straddles(-20_000.0), ImplicitHedging()))
    assert (wild.status == Status.HEDGE_RAN_AWAY).mean() > 0.2
    assert np.isfinite(wild.final_price).all()


@pytest.mark.parametrize("feedback", [0.3, -0.7])
def test_hedging_once_a_step_is_a_moving_average_of_the_shocks(
    feedback: float,
) -> None:
    """Path by path: a shock is in the price m steps on by 1 + k + ... + k^(m+1)."""
    moves = []
    for k in (0.0, feedback):
        scene = log_contract_scene(k, IntervalHedging(every=1), steps=4)
        found = record(scene.build(KIND), seed=1, paths=np.arange(64))
        moves.append(np.log(found.info.price[:, 0].astype(np.float64)))
    shock = np.diff(moves[0], axis=0, prepend=0.0)
    for step in range(4):
        weight = [
            sum(feedback**n for n in range(step - j + 2)) for j in range(step + 1)
        ]
        expected = np.array(weight) @ shock[: step + 1]
        error = moves[1][step] - expected
        # What is left is of second order in a move of a per cent.
        assert (error**2).mean() < 0.02**2 * (expected**2).mean()

"""Instruments as assets: their prices, what they count for, and who hedges them."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxrisk.options import (
    FlatSurface,
    Instrument,
    Instruments,
    InstrumentState,
    NoInstruments,
    StickyStrike,
    Stress,
    ValueTable,
    stressed_value,
)


SPOT, STEPS, DT = np.array([100.0, 20.0]), 10, 1 / 365
PUT, CALL = Instrument.protective_put(90.0, 0.1), Instrument.covered_call(22.0, 0.1)
HAIRCUT = 0.2
PATHS = 50
"""Assets below: two underlyings, a dollar, then the instruments, out of order."""
ASSETS, UNDERLYINGS = (4, 3), (0, 1)


def table(haircut: float) -> ValueTable:
    return ValueTable.of(
        [PUT, CALL],
        [FlatSurface(0.8)] * 2,
        [StickyStrike()] * 2,
        [Stress(np.zeros(1), np.ones(1), haircut)] * 2,
        spot=SPOT,
        steps=STEPS,
        dt=DT,
        levels=np.array([0.5, 1.0, 2.0]),
        dtype="float64",
    )


def worth(instrument: Instrument, spot: float, price: float, step: int) -> float:
    """By the formula on the host [USD]."""
    return float(
        stressed_value(
            instrument,
            FlatSurface(0.8),
            StickyStrike(),
            Stress.none(),
            spot=spot,
            log_price=np.array([np.log(price / spot)]),
            elapsed=step * DT,
            level=1.0,
        )[0]
    )


def instruments(weight: float = 0.0) -> Instruments:
    start = [worth(PUT, 100.0, 100.0, 0), worth(CALL, 20.0, 20.0, 0)]
    return Instruments(
        fair=table(0.0),
        stressed=table(HAIRCUT),
        price=jnp.asarray(SPOT),
        value=jnp.array(start),
        variance=jnp.full(2, 0.64),
        memory=jnp.full(2, 0.9),
        weight=jnp.full(2, weight),
        assets=ASSETS,
        underlyings=UNDERLYINGS,
    )


def prices(some: Instruments, seed: int = 0) -> jax.Array:
    """Of all assets; instruments at what they were worth at the start."""
    moves = np.exp(np.random.default_rng(seed).normal(0, 0.1, (2, PATHS)))
    spots = SPOT[:, None] * moves
    start = np.asarray(some.value)[[1, 0], None] * np.ones((2, PATHS))
    return jnp.asarray(np.concatenate([spots, np.ones((1, PATHS)), start]))


def aged(some: Instruments, steps: int) -> InstrumentState:
    state = some.init(prices(some))
    for _ in range(steps):
        state = some.advance(state, prices(some), jnp.asarray(DT))
    return state


def test_an_instrument_is_priced_by_its_underlying_and_nothing_else_moves() -> None:
    with jax.enable_x64(True):
        some = instruments()
        before = prices(some)
        now = np.asarray(some.priced(aged(some, 4), before))
        before = np.asarray(before)
    assert np.array_equal(now[:3], before[:3])
    put = [worth(PUT, 100.0, price, 4) for price in before[0]]
    call = [worth(CALL, 20.0, price, 4) for price in before[1]]
    np.testing.assert_allclose(now[4], put, rtol=1e-6)
    np.testing.assert_allclose(now[3], call, rtol=1e-6)


def test_at_the_start_an_instrument_is_worth_what_it_was() -> None:
    with jax.enable_x64(True):
        some = instruments(weight=1.0)
        still = prices(some).at[:2].set(jnp.asarray(SPOT)[:, None])
        found = some.priced(some.init(still), still)
        np.testing.assert_allclose(found, still, rtol=1e-7)


def test_what_counts_is_the_stressed_value_and_of_other_assets_all() -> None:
    with jax.enable_x64(True):
        some = instruments()
        share = some.counted(aged(some, 2), prices(some))
        np.testing.assert_allclose(share[3:], 1 - HAIRCUT, rtol=1e-12)
        assert np.array_equal(share[:3], np.ones((3, PATHS)))


def test_buyers_sell_the_slope_of_the_price_in_the_underlying() -> None:
    """By a central difference: 1e-6 of a token."""
    with jax.enable_x64(True):
        some, bump = instruments(), 1e-4
        at, state = prices(some), aged(some, 3)
        sold = jnp.zeros_like(at).at[jnp.array(ASSETS)].set(7.0)
        orders = np.asarray(some.hedged(state, sold, at))
        up, down = (
            np.asarray(some.priced(state, at.at[:2].multiply(1 + move)))
            for move in (bump, -bump)
        )
        slope = (up - down)[list(ASSETS)] / (2 * bump * np.asarray(at)[:2])
    np.testing.assert_allclose(orders[:2], 7 * slope, atol=1e-6)
    assert not orders[2:].any()
    assert (orders[:2] > 0).all()


def test_the_level_follows_realized_volatility() -> None:
    """Wider than before: a put costs more, a call sold more too."""
    with jax.enable_x64(True):
        some = instruments(weight=1.0)
        at = prices(some).at[:2].set(jnp.asarray(SPOT)[:, None])
        state = some.init(at)
        for move in (1.15, 1.0, 1.15, 1.0):
            state = some.advance(state, at.at[:2].multiply(move), jnp.asarray(DT))
        calm = instruments(weight=0.0)
        wild = some.priced(state, at)
        assert (state.log_level > 0).all()
        level = jnp.zeros_like(state.log_level)
        base = InstrumentState(state.log_price, level, state.variance, state.elapsed)
        flat = calm.priced(base, at)
        assert (wild[4] > flat[4]).all()
        assert (wild[3] < flat[3]).all()
        assert state.elapsed == 4


def test_without_instruments_prices_are_the_very_same_object() -> None:
    nobody, price = NoInstruments(), jnp.ones((3, 4))
    assert nobody.priced(nobody.init(price), price) is price
    assert not nobody.assets
    assert not nobody.hedged((), price, price).any()
    assert (nobody.counted((), price) == 1).all()

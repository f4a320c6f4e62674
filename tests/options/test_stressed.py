"""Options as collateral: the table against the formula, floors, caps and stresses."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.options import (
    AbstractMove,
    FlatSurface,
    Instrument,
    OptionBook,
    RawSvi,
    StickyDelta,
    StickyStrike,
    Stress,
    SviSurface,
    ValueTable,
    host_price,
    stressed_value,
)


SPOT, STEPS, DT = 2000.0, 24, 1 / 8760
SURFACE = SviSurface(np.array([0.05]), (RawSvi(0.005, 0.05, -0.3, 0.02, 0.1),))
STRESS = Stress(np.linspace(-0.15, 0.15, 5), np.array([0.7, 1.0, 1.5]), haircut=0.1)
PUT = Instrument.protective_put(1900.0, 0.02)
CALL = Instrument.covered_call(2100.0, 0.02)


def table_of(
    instruments: list[Instrument],
    stress: Stress,
    move: AbstractMove,
    levels: tuple[float, ...] = (1.0,),
    dtype: str = "float64",
) -> ValueTable:
    count = len(instruments)
    return ValueTable.of(
        instruments,
        [SURFACE] * count,
        [move] * count,
        [stress] * count,
        spot=np.full(count, SPOT),
        steps=STEPS,
        dt=DT,
        levels=np.array(levels),
        dtype=dtype,
    )


def at(
    table: ValueTable, step: int, log_price: np.ndarray, level: float = 1.0
) -> np.ndarray:
    rows = table.values.shape[0]
    x = jnp.asarray(np.tile(log_price, (rows, 1)), table.values.dtype)
    found = jax.jit(ValueTable.at)(
        table, jnp.asarray(step), x, jnp.full_like(x, np.log(level))
    )
    assert found.dtype == table.values.dtype
    return np.asarray(found)


def by_hand(instrument: Instrument, move: AbstractMove, log_price: float) -> float:
    """An option and a scenario at a time, with the host's Black-76, ten steps in."""
    legs, elapsed, found = instrument.legs, 10 * DT, []
    for change in STRESS.moves:
        price = SPOT * np.exp(log_price) * (1 + change)
        moneyness = np.log(legs.strike / SPOT)
        x = np.array([np.log(price / SPOT)])
        moved = move.volatility(SURFACE, moneyness, legs.expiry, x, elapsed).value
        for factor in STRESS.factors:
            worth = host_price(
                np.array([price]),
                legs.strike,
                legs.expiry - elapsed,
                factor * moved[:, 0],
                legs.is_call,
            )
            found.append(instrument.units * price + float(legs.position @ worth))
    return 0.9 * min(found)


@pytest.mark.parametrize("move", [StickyStrike(0.8), StickyDelta()])
@pytest.mark.parametrize("instrument", [PUT, CALL])
def test_the_table_is_the_least_of_all_scenarios(
    instrument: Instrument, move: AbstractMove
) -> None:
    """Off by a thousandth of a per cent of the spot, between nodes."""
    with jax.enable_x64(True):
        table = table_of([instrument], STRESS, move)
        x = np.random.default_rng(0).uniform(-0.15, 0.15, 50)
        expected = [by_hand(instrument, move, one) for one in x]
        np.testing.assert_allclose(at(table, 10, x)[0], expected, atol=1e-5 * SPOT)


def test_a_put_floors_and_a_call_caps_what_is_held() -> None:
    """At expiry, which is the end of the simulation, and without stress."""
    expiry = STEPS * DT
    with jax.enable_x64(True):
        table = table_of(
            [
                Instrument.protective_put(1900.0, expiry),
                Instrument.covered_call(2100.0, expiry),
            ],
            Stress.none(),
            StickyDelta(),
        )
        x = np.linspace(-0.15, 0.15, 101)
        put, call = at(table, STEPS, x)
        spot = SPOT * np.exp(x)
        np.testing.assert_allclose(put, np.maximum(spot, 1900), atol=2e-4 * SPOT)
        np.testing.assert_allclose(call, np.minimum(spot, 2100), atol=2e-4 * SPOT)
        assert put.min() >= 1900
        assert call.max() <= 2100


def test_without_options_the_value_is_that_of_the_spot() -> None:
    with jax.enable_x64(True):
        held = Instrument(2.0, OptionBook.empty())
        x = np.linspace(-0.1, 0.1, 77)
        found = at(table_of([held], Stress.none(), StickyStrike()), 3, x)[0]
        np.testing.assert_allclose(found, 2 * SPOT * np.exp(x), rtol=1e-6)
        worst = at(table_of([held], STRESS, StickyStrike()), 3, x)[0]
        np.testing.assert_allclose(worst, 0.9 * 0.85 * found, rtol=1e-6)


def test_below_the_nodes_the_value_falls_with_the_price() -> None:
    table = table_of([PUT, CALL], Stress.none(), StickyStrike(), dtype="float32")
    low = table.nodes.start.min()
    ends, far = at(table, 2, np.array([low, low - 0.7])).T
    np.testing.assert_allclose(far, ends * np.exp(-0.7), rtol=1e-5)
    high = at(table, 2, np.array([-low, 3.0]))
    np.testing.assert_array_equal(high[:, 0], high[:, 1])


def test_values_have_logarithms_and_rise_with_the_spot() -> None:
    """A short put would be worth less than nothing after a fall."""
    short = Instrument(
        0.0,
        OptionBook(
            np.array([SPOT]), np.array([0.02]), np.array([False]), np.array([-1.0])
        ),
    )
    call = Instrument(
        0.0,
        OptionBook(np.array([SPOT]), np.array([0.02]), np.array([True]), np.ones(1)),
    )
    table = table_of([short, call, PUT], STRESS, StickyStrike(), dtype="float32")
    x = np.linspace(-2.0, 2.0, 4001)
    found = at(table, 0, x)
    least = np.float32(1e-6 * SPOT)
    assert np.isfinite(np.log(found)).all()
    inside = (x > table.nodes.start.min()) & (x < 0)
    assert inside.sum() > 100
    assert (found[0, inside] == least).all()
    rounding = 1e-6 * found[1:, 1:]
    assert (np.diff(found[1:], axis=1) >= -rounding).all()


def test_smile_risk_lowers_the_value_of_a_put_held() -> None:
    """Volatility that may fall takes value off; a level that rises brings it back."""
    calm = Stress(np.zeros(1), np.array([0.7, 1.0]))
    now = {"spot": SPOT, "log_price": np.zeros(1), "elapsed": 0.0}
    plain = stressed_value(
        PUT, SURFACE, StickyStrike(), Stress.none(), level=1.0, **now
    )
    lower = stressed_value(PUT, SURFACE, StickyStrike(), calm, level=1.0, **now)
    back = stressed_value(PUT, SURFACE, StickyStrike(), calm, level=1 / 0.7, **now)
    assert lower[0] < plain[0] - 5
    np.testing.assert_allclose(back, plain, rtol=1e-12)


def test_levels_are_exact_at_theirs_and_between_in_between() -> None:
    with jax.enable_x64(True):
        table = table_of([PUT], Stress.none(), StickyStrike(), levels=(0.5, 1.0, 2.0))
        x = np.linspace(-0.1, 0.1, 21)
        low, one, high = (at(table, 5, x, level)[0] for level in (0.5, 1.0, 2.0))
        expected = stressed_value(
            PUT,
            SURFACE,
            StickyStrike(),
            Stress.none(),
            spot=SPOT,
            log_price=x,
            elapsed=5 * DT,
            level=2.0,
        )
        np.testing.assert_allclose(high, expected, atol=1e-5 * SPOT)
        between = at(table, 5, x, np.sqrt(2))[0]
        np.testing.assert_allclose(between, (one + high) / 2, rtol=1e-12)
        assert (low < one).all()


def test_a_leg_that_expires_on_the_way_is_refused() -> None:
    early = Instrument.protective_put(1900.0, 10 * DT)
    with pytest.raises(ValueError, match="A leg of instrument 1 expires after"):
        table_of([PUT, early], STRESS, StickyStrike())
    with pytest.raises(ValueError, match="1 instruments, 1 surfaces, 0 moves, 1 s"):
        ValueTable.of(
            [PUT],
            [FlatSurface(0.5)],
            [],
            [STRESS],
            spot=np.ones(1),
            steps=1,
            dt=DT,
            levels=np.ones(1),
        )


@pytest.mark.parametrize(
    ("moves", "factors", "haircut", "sentence"),
    [
        ([-1.0], [1.0], 0.0, "none may take all of the price"),
        ([0.0], [0.0], 0.0, "all must be above zero"),
        ([0.0], [1.0], 1.0, r"haircut is 1\.0"),
    ],
)
def test_stresses_out_of_range_are_refused(
    moves: list[float], factors: list[float], haircut: float, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        Stress(np.array(moves), np.array(factors), haircut)

"""Open interest becomes traders, and what cannot be is refused in a sentence."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.oracle import InstantOracle
from jaxrisk.perps import (
    AutoDeleveraging,
    CrossAccount,
    Perps,
    PerpTerms,
    Position,
    Rung,
    build_perps,
)
from jaxrisk.venue import InfiniteVenue


SPOT = np.array([100.0, 10.0])
TERMS = PerpTerms(asset=1, maintenance=0.01, liquidation_fee=0.005)
LONG = Rung(0, "long", 5.0, 1e6)


def build(
    *holders: Rung | CrossAccount, terms: PerpTerms = TERMS, insurance: float = 0.0
) -> Perps:
    return build_perps(
        holders,
        terms=[terms],
        book=InfiniteVenue(),
        oracle=InstantOracle(),
        spot=SPOT,
        insurance=insurance,
        losses=AutoDeleveraging(),
        dtype=np.dtype(np.float32),
    )


def test_parts_stand_for_a_normal_law_of_log_entries() -> None:
    parts = build(replace(LONG, entry_spread=0.02, parts=200)).accounts
    moves = np.log(np.asarray(parts.entry, float) / 10)
    assert moves.mean() == pytest.approx(0, abs=1e-6)
    assert moves.std() == pytest.approx(0.02, rel=0.01)
    assert np.asarray(parts.size).sum() == pytest.approx(1e5)
    margin = np.asarray(parts.balance) / (np.asarray(parts.entry) * parts.size)
    assert np.allclose(margin, 0.2)


def test_the_delta_neutral_share_of_shorts_is_a_trader_of_its_own() -> None:
    short = replace(LONG, side="short", delta_neutral=0.3)
    accounts = build(replace(short, unwind_below=0.0, unwind_speed=1.0)).accounts
    assert np.allclose(accounts.size, [-7e4, -3e4])
    assert np.allclose(accounts.spot_leg, [0, 1])
    assert np.array_equal(accounts.unwind_below, [-np.inf, 0])


def test_an_exchange_opens_with_makers_hedged_and_no_position_in_sum() -> None:
    perps = build(LONG, replace(LONG, side="short", open_interest=4e5), insurance=7.0)
    state = perps.init(jnp.asarray(SPOT, jnp.float32)[:, None])
    held = perps.accounts.tokens(state).sum() + perps.makers_position(state).sum()
    assert held == 0
    assert perps.open_interest(state)[0, 0] == pytest.approx(1e5)
    assert state.unhedged[0, 0] == 0
    assert state.insurance[0] == 7
    assert not perps.in_trouble(state, jnp.asarray(SPOT, jnp.float32)[:, None])[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"perp": 1}, "in perpetual 1, and there are 1"),
        ({"open_interest": 0.0}, "open_interest above zero"),
        ({"leverage": 0.0}, "no leverage"),
        ({"leverage": 200.0}, "would be liquidated at the start"),
        ({"entry_move": 0.3}, "would be liquidated at the start"),
        ({"entry_move": -1.0}, "entry_move above -1"),
        ({"parts": 0}, "parts of at least one"),
        ({"delta_neutral": 0.5}, "spot against a long"),
        ({"side": "short", "delta_neutral": 1.5}, "a number from 0 to 1"),
        ({"unwind_speed": 2.0}, "a number from 0 to 1"),
    ],
)
def test_a_rung_that_cannot_be_is_refused(
    change: dict[str, float], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        build(replace(LONG, **change))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"asset": 2}, "on asset 2, and there are 2 assets"),
        ({"maintenance": 1.5}, "maintenance 1.5"),
        ({"arbitrage": -0.1}, "arbitrage -0.1"),
        ({"premium_cap": -1.0}, "premium_cap -1.0"),
        ({"interval": 0.0}, "interval above zero"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    change: dict[str, float], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        build(LONG, terms=replace(TERMS, **change))


def test_other_things_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="use NoPerps"):
        build()
    with pytest.raises(ValueError, match="insurance fund cannot hold -1"):
        build(LONG, insurance=-1.0)
    with pytest.raises(ValueError, match="give it a position"):
        build(CrossAccount((), balance=1.0))
    thin = CrossAccount((Position(0, "long", 1e6),), balance=9_000.0)
    with pytest.raises(ValueError, match="raise its balance"):
        build(thin)

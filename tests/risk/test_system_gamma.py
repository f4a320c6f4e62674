"""Forced flow, its slopes and its feedback, where they are known in closed form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.options import (
    DeltaTable,
    ImplicitHedging,
    black76_delta,
)
from jaxrisk.risk import liquidation_profile, system_profile
from jaxrisk.validate._cascade import _system as v22_system
from jaxrisk.validate._hedging import log_contract_scene

from .systems import (
    BONUS,
    HEALTH,
    KIND,
    MAINTENANCE,
    PRICE,
    RUNGS,
    THRESHOLD,
    VOLATILITY,
    accounts,
    cohort,
    dealers,
    ladder,
    system,
)


MOVES = np.linspace(-0.2, 0.2, 9)
BORROWERS, DEALERS, PERPS = range(3)


@pytest.mark.parametrize("feedback", [0.3, -0.5])
def test_a_log_contract_feeds_back_the_same_at_every_price(feedback: float) -> None:
    scene = log_contract_scene(feedback, ImplicitHedging(), steps=12)
    found = system_profile(scene.build(KIND), 0, MOVES / 2)
    for slopes, tolerance in ((found.automatic, 1e-5), (found.bumped, 2e-3)):
        assert slopes.feedback[DEALERS] == pytest.approx(feedback, rel=tolerance)
        expected = 1 / (1 - feedback)
        assert slopes.amplification == pytest.approx(expected, rel=2 * tolerance)
    # USD for a unit of log price are the same everywhere: it does not bend.
    scale = np.abs(found.automatic.delta[DEALERS]).max()
    assert np.abs(found.automatic.gamma[DEALERS]).max() < 1e-3 * scale


@pytest.mark.parametrize("branching", [0.1, 0.5, 0.8])
def test_a_linear_cascade_has_the_branching_ratio_of_its_closed_form(
    branching: float,
) -> None:
    with jax.enable_x64(True):
        market = v22_system(branching)
    found = system_profile(market, 0, np.array([-0.2, -0.05]))
    assert found.automatic.system_feedback == pytest.approx(branching, rel=1e-9)
    assert found.automatic.system_gamma == pytest.approx(0.0, abs=1e-3)
    # p sinh(h)/h: a bump of .02 sees a third of h^2 more.
    smeared = branching * np.sinh(found.bump) / found.bump
    assert found.bumped.system_feedback == pytest.approx(smeared, rel=1e-9)
    # At the start itself the account falls due on one side only.
    edge = system_profile(market, 0, np.zeros(1))
    assert edge.bumped.system_feedback == pytest.approx(branching / 2, rel=0.02)


def test_derivatives_are_the_bumps_where_amounts_follow_the_price() -> None:
    market = system(book=cohort(0.3), who=dealers(-2000.0, steps=48, dtype="float64"))
    found = system_profile(market, 0, MOVES[2:5] - 0.02, bump=0.002)
    for row in (BORROWERS, DEALERS):
        exact, bumped = found.automatic, found.bumped
        size = np.abs(exact.delta[row]).max()
        assert bumped.delta[row] == pytest.approx(exact.delta[row], abs=1e-4 * size)
        bend = np.abs(exact.gamma[row]).max()
        assert bend > 0
        assert bumped.gamma[row] == pytest.approx(exact.gamma[row], abs=5e-3 * bend)


def test_the_flow_of_a_cohort_is_its_liquidation_profile_at_the_keepers_price() -> None:
    book = cohort(0.3)
    found = system_profile(system(book=book), 0, MOVES)
    profile = liquidation_profile(
        book,
        price=np.array([PRICE, 1.0]),
        threshold=np.full((1, 2), THRESHOLD),
        exposure=np.array([[1.0, 0.0]]),
        drops=-np.expm1(MOVES),
    )
    # All of the debt is repaid, with the bonus, while collateral lasts.
    expected = np.minimum(profile.debt[0] * (1 + BONUS), profile.collateral[0])
    some = expected > 0
    assert some.sum() >= 4
    assert found.flow[BORROWERS] == pytest.approx(expected, rel=0.02, abs=1.0)


def test_single_accounts_are_thresholds_that_only_bumps_see() -> None:
    # The weakest fails at a log fall of log(1.02): no derivative tells before.
    place = np.array([-np.log(HEALTH.min()) + 1e-3])
    found = system_profile(system(), 0, place)
    assert found.flow[BORROWERS, 0] == 0
    assert found.automatic.delta[BORROWERS, 0] == 0
    debt = accounts().debt[np.argmin(HEALTH), 1]
    sold = debt * (1 + BONUS) * np.exp(place[0]) / np.exp(place[0] - found.bump)
    expected = -sold / (2 * found.bump)
    assert found.bumped.delta[BORROWERS, 0] == pytest.approx(expected, rel=1e-3)


def test_dealers_flow_is_the_change_of_the_black_delta() -> None:
    size = -2000.0
    found = system_profile(system(who=dealers(size, steps=48)), 0, MOVES)
    strike = np.repeat(PRICE * np.linspace(0.8, 1.2, 9), 2)
    is_call = np.tile([True, False], 9)

    def delta(move: float) -> float:
        with jax.enable_x64(True):
            one = jnp.ones(strike.size)
            each = black76_delta(
                PRICE * np.exp(move) * one,
                jnp.asarray(strike),
                30 / 365 * one,
                VOLATILITY * one,
                jnp.asarray(is_call),
            )
            return size * float(each.sum())

    expected = [PRICE * np.exp(x) * (delta(x) - delta(0.0)) for x in MOVES.tolist()]
    worst = np.abs(expected).max()
    assert found.flow[DEALERS] == pytest.approx(expected, abs=1e-3 * worst)


def test_beyond_the_dealers_table_nothing_is_claimed() -> None:
    table = dealers(-2000.0, steps=4).table
    assert isinstance(table, DeltaTable)
    reach = -float(table.nodes.start[0])
    market = system(who=dealers(-2000.0, steps=4), steps=4)
    found = system_profile(market, 0, reach * np.array([-1.1, -0.5, 1.1]))
    known = np.isfinite(found.flow[DEALERS])
    assert known.tolist() == [False, True, False]
    assert np.isfinite(found.flow[[BORROWERS, PERPS]]).all()
    assert np.isnan(found.system_flow).tolist() == [True, False, True]


@pytest.mark.parametrize("spot_share", [0.0, 1.0])
def test_a_ladder_of_leverage_is_sold_rung_by_rung(spot_share: float) -> None:
    moves = np.linspace(-0.25, 0.0, 101) + 1e-5
    found = system_profile(system(perps=ladder(spot_share=spot_share)), 0, moves)
    price = np.exp(moves)
    expected = np.zeros_like(moves)
    for leverage, interest in RUNGS:
        # Equity 1/L - (1 - p) against maintenance m p, in units of the notional.
        failing = 1 / leverage - (1 - price) < MAINTENANCE * price
        expected += np.where(failing, interest * price, 0)
    assert len(np.unique(np.round(expected / price))) == 4
    assert found.flow[PERPS] == pytest.approx(expected, rel=1e-4, abs=1.0)
    assert not found.automatic.delta[PERPS].any()
    assert (found.bumped.delta[PERPS] <= 0).all()
    # All of the ladder is in the slope, whatever the bump: delta integrates to it.
    inside = found.bumped.delta[PERPS] / price
    total = -np.trapezoid(inside, moves)
    assert total == pytest.approx((expected / price).max(), rel=0.1)


def test_shorts_who_hold_the_spot_sell_it_when_they_fail() -> None:
    """Bought back in the perpetual, sold in spot: between them nothing is left."""
    moves = np.array([0.3])
    hedged = system_profile(system(perps=ladder(spot_share=1.0)), 0, moves)
    bare = system_profile(system(perps=ladder()), 0, moves)
    assert bare.flow[PERPS] == pytest.approx(-5e5 * np.exp(0.3), rel=1e-4)
    assert hedged.flow[PERPS] == pytest.approx(0.0, abs=1.0)


def test_feedback_of_a_bent_venue_is_the_chord_over_what_is_traded() -> None:
    market = system(book=cohort(0.3), exponent=0.5)
    found = system_profile(market, 0, np.array([-0.1]))
    usd = -found.bumped.system_delta * 2 * found.bump
    # Half sold from none, half bought from none.
    chord = 2 * 0.02 * np.sqrt(usd / 2 / 2e7) / usd
    assert found.impact == pytest.approx(chord, rel=1e-6)
    assert found.bumped.system_feedback == pytest.approx(
        -found.bumped.system_delta * chord, rel=1e-6
    )


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="there are 2 assets"):
        system_profile(system(), 2)
    with pytest.raises(ValueError, match="bump is 0"):
        system_profile(system(), 0, bump=0.0)

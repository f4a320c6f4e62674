"""Policy in the engine: what it leaves alone to the bit, and what it must not do."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.engine import Outcome, System
from jaxrisk.policy import (
    Breaker,
    Breakers,
    Caps,
    DynamicFactors,
    FixedConcentration,
    Limits,
    ListedFactors,
    NoBreakers,
    NoCaps,
    NoForecast,
    NoLimits,
    NoWaterfall,
    Policy,
    RealisedVolatility,
    Waterfall,
)
from tests.engine.systems import build, whole


INF = np.inf
RESERVES, MARKETS, ASSETS = 6, 2, 4


def single(values: object) -> jax.Array:
    return jnp.asarray(np.asarray(values, np.float32))


def breakers(fall: float, pause: float = 1.0) -> Breakers:
    """On every asset, of everything."""
    reach = single(np.ones((RESERVES, ASSETS)))
    return Breakers(
        (
            Breaker(
                assets=tuple(range(ASSETS)),
                window=3,
                fall=single([fall] * ASSETS),
                rise=single([INF] * ASSETS),
                pause=single(pause),
                cool_down=single(2.0),
                liquidations=reach,
                borrowing=reach,
                trading=reach,
            ),
        )
    )


def limits(amount: float, closing: float = 1.0) -> Limits:
    """The same for both markets."""
    return Limits(
        amount=single([amount] * MARKETS),
        share=single([INF] * MARKETS),
        closing=single([closing] * MARKETS),
        by_market=True,
        by_position=True,
    )


def factors(system: System, slope: float) -> DynamicFactors:
    """Of volatility, the same for all reserves."""

    def all_of(value: float) -> jax.Array:
        return single([value] * RESERVES)

    return DynamicFactors(
        base=all_of(1.0),
        on_volatility=all_of(slope),
        calm=all_of(0.5),
        on_depth=all_of(0.0),
        on_concentration=all_of(0.0),
        floor=all_of(0.8),
        cap=all_of(1.0),
        speed=all_of(0.02),
        volatility=RealisedVolatility(
            start=single([0.5] * ASSETS), memory=single([0.8] * ASSETS)
        ),
        concentration=FixedConcentration(all_of(0.0)),
        forecast=NoForecast(),
        listing=system.listing,
        notice=1,
        new_only=False,
    )


def waterfall(cash: float) -> Waterfall:
    """Dollars, and stakes of the first asset."""
    return Waterfall(
        cash=single([cash] * MARKETS),
        tokens=single([0.0, cash / 15]),
        staked=single([cash / 2000] * MARKETS),
        slashed=single([0.3] * MARKETS),
        backstop=single([cash] * MARKETS),
        fall=single([0.3] * MARKETS),
        token=(-1, 2),
        stake=(0, 0),
    )


def under(system: System, **parts: Any) -> System:  # noqa: ANN401
    """The system with these parts of a policy."""
    absent = {
        "breakers": NoBreakers(),
        "limits": NoLimits(),
        "caps": NoCaps(),
        "waterfall": NoWaterfall(),
        "factors": ListedFactors(),
    }
    policy = Policy(**(absent | parts), listing=system.listing, dt=system.dt)
    return dataclasses.replace(system, policy=policy)


def outcome(system: System) -> Outcome:
    """Of some paths."""
    return whole(system, paths=256, block=64, launch=256)


OLD = (
    "realized",
    "unrealized",
    "covered",
    "repaid",
    "seized",
    "final_price",
    "drawdown",
    "keeper_profit",
    "status",
)


@pytest.mark.parametrize(
    "keeper", ["poor", pytest.param("greedy", marks=pytest.mark.slow)]
)
def test_what_never_acts_changes_no_bit(keeper: str) -> None:
    """Limits apart: a budget without bound is fused otherwise, to rounding."""
    plain = build(keeper=keeper, accounts=20)
    caps = Caps(
        supply=single([INF] * RESERVES),
        borrow=single([INF] * RESERVES),
        ceiling=single([INF] * RESERVES),
        some_isolated=False,
    )
    idle = under(
        plain,
        breakers=breakers(INF),
        caps=caps,
        waterfall=waterfall(0.0),
    )
    one, other = outcome(plain), outcome(idle)
    assert float(np.sum(one.repaid)) > 0
    apart = [
        name
        for name in OLD
        if getattr(one, name).tobytes() != getattr(other, name).tobytes()
    ]
    assert not apart
    assert float(np.sum(other.paused) + np.sum(other.refused)) == 0


def test_pauses_stop_liquidations_and_budgets_hold() -> None:
    plain = build(accounts=20)
    free = outcome(plain)
    stopped = outcome(under(plain, breakers=breakers(-1.0, pause=100.0)))
    assert float(np.sum(stopped.repaid)) == 0
    assert np.all(stopped.paused == 1)
    budget = 1e4
    slow = outcome(under(plain, limits=limits(budget)))
    assert float(np.max(free.repaid)) > 2 * budget * plain.steps
    assert np.all(slow.repaid <= budget * plain.steps * (1 + 1e-5))
    assert float(np.sum(slow.refused)) > 0


def test_layers_pay_what_suppliers_would_have_lost() -> None:
    """In dollars alone: sales would move prices, and later deficits."""
    plain = build(accounts=20)
    cash = eqx.tree_at(
        lambda at: (at.tokens, at.staked), waterfall(5e4), (single([0, 0]),) * 2
    )
    free, insured = outcome(plain), outcome(under(plain, waterfall=cash))
    paid = insured.treasury_paid + insured.module_paid + insured.backstop_paid
    assert float(np.sum(paid)) > 0
    assert float(np.sum(insured.module_paid)) == 0
    market = np.asarray(plain.listing.market).T
    lost = market @ np.asarray(free.realized, np.float64)
    left = market @ np.asarray(insured.realized, np.float64)
    assert np.allclose(lost, left + paid, rtol=1e-4, atol=1.0)
    assert np.allclose(insured.socialised, left, rtol=1e-4, atol=1.0)
    assert np.all(paid <= 2 * 5e4 * (1 + 1e-5))


def test_factors_are_told_and_within_their_clip() -> None:
    plain = build(accounts=20)
    free, moved = outcome(plain), outcome(under(plain, factors=factors(plain, 0.2)))
    assert np.all(moved.lowest_factor >= np.float32(0.8))
    assert np.all(moved.lowest_factor <= moved.mean_factor)
    assert np.all(moved.mean_factor <= 1)
    assert float(np.min(moved.lowest_factor)) < 0.95
    assert float(np.sum(moved.repaid)) > float(np.sum(free.repaid))

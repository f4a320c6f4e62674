"""The fast engine's twin of a reference system's policy."""

import jax
import numpy as np

from jaxrisk._listing import Listing
from jaxrisk.policy import (
    AbstractBreakers,
    AbstractFactors,
    AbstractLimits,
    AbstractPolicy,
    AbstractWaterfall,
    Breaker,
    Breakers,
    DynamicFactors,
    FixedConcentration,
    Limits,
    ListedFactors,
    NoBreakers,
    NoCaps,
    NoForecast,
    NoLimits,
    NoPolicy,
    NoWaterfall,
    Policy,
    RealisedVolatility,
    Waterfall,
)
from tests import reference as plain
from tests.engine.dealers_twin import of
from tests.reference.policy import Breaker as PlainBreaker
from tests.reference.policy import Policy as PlainPolicy
from tests.reference.policy_moves import lists


def policy_twin(system: plain.ReferenceSystem, listing: Listing) -> AbstractPolicy:
    """The same policy for the fast engine."""
    policy = system.policy
    if policy == PlainPolicy():
        return NoPolicy()
    return Policy(
        breakers=_breakers(system),
        limits=_limits(policy),
        caps=NoCaps(),
        waterfall=_waterfall(policy),
        factors=_factors(system, listing),
        listing=listing,
        dt=of(system.dt),
    )


def _breakers(system: plain.ReferenceSystem) -> AbstractBreakers:
    if not system.policy.breakers:
        return NoBreakers()
    return Breakers(tuple(_breaker(system, one) for one in system.policy.breakers))


def _breaker(system: plain.ReferenceSystem, one: PlainBreaker) -> Breaker:
    def reach(what: str) -> jax.Array:
        found = np.zeros((len(system.reserves), len(one.assets)))
        for r, reserve in enumerate(system.reserves):
            for place, a in enumerate(one.assets):
                touched = lists(system, reserve.market, a)
                if what == "trading":
                    touched = reserve.asset == a
                stopped = what in one.stops and reserve.market in one.markets
                found[r, place] = stopped and touched
        return of(found)

    return Breaker(
        assets=one.assets,
        window=one.window,
        fall=of([one.fall] * len(one.assets)),
        rise=of([one.rise] * len(one.assets)),
        pause=of(one.pause),
        cool_down=of(one.cool_down),
        liquidations=reach("liquidations"),
        borrowing=reach("borrowing"),
        trading=reach("trading"),
    )


def _limits(policy: PlainPolicy) -> AbstractLimits:
    if not policy.limits:
        return NoLimits()
    return Limits(
        amount=of([one.amount for one in policy.limits]),
        share=of([one.share for one in policy.limits]),
        closing=of([one.closing for one in policy.limits]),
        by_market=True,
        by_position=any(one.closing < 1.0 for one in policy.limits),
    )


def _waterfall(policy: PlainPolicy) -> AbstractWaterfall:
    layers = policy.layers
    if not layers:
        return NoWaterfall()
    return Waterfall(
        cash=of([one.cash for one in layers]),
        tokens=of([one.tokens for one in layers]),
        staked=of([one.slashable for one in layers]),
        slashed=of([1.0 for _ in layers]),
        backstop=of([one.backstop for one in layers]),
        fall=of([one.fall for one in layers]),
        token=tuple(-1 if one.token is None else one.token for one in layers),
        stake=tuple(-1 if one.stake is None else one.stake for one in layers),
    )


def _factors(system: plain.ReferenceSystem, listing: Listing) -> AbstractFactors:
    factors = system.policy.factors
    if factors is None:
        return ListedFactors()
    each = factors.each

    def column(name: str) -> jax.Array:
        return of([getattr(one, name) for one in each])

    return DynamicFactors(
        base=column("base"),
        on_volatility=column("on_volatility"),
        calm=column("calm"),
        on_depth=column("on_depth"),
        on_concentration=column("on_concentration"),
        floor=column("floor"),
        cap=column("cap"),
        speed=column("speed"),
        volatility=RealisedVolatility(
            start=of(factors.volatility),
            memory=of([factors.memory] * len(factors.volatility)),
        ),
        concentration=FixedConcentration(column("concentration")),
        forecast=NoForecast(),
        listing=listing,
        notice=factors.notice,
        new_only=False,
    )

"""One borrower of round numbers, under any of the rules."""

import jax.numpy as jnp
import numpy as np

from jaxrisk.behaviour import (
    Borrowers,
    BorrowerState,
    Carry,
    Levering,
    Plan,
    Standing,
    TopUp,
    Unwinding,
)


def borrower(
    *,
    top_up_below: float = 0.0,
    top_up_to: float = 1.5,
    top_up_speed: float = 1.0,
    wealth: float = 0.0,
    with_collateral: bool = False,
    unwind_below: float = 0.0,
    unwind_to: float = 1.5,
    unwind_speed: float = 1.0,
    lever_above: float = np.inf,
    lever_to: float = 1.1,
    lever_speed: float = 1.0,
    tolerance: float = np.inf,
    carry_speed: float = 1.0,
    walks_below: float = 1.0,
    actors: int = 1,
    markets: int = 1,
    reserves: int = 2,
) -> Borrowers:
    """So many of one rule, in the first market; call it inside `jax.enable_x64`."""

    def each(value: float) -> jnp.ndarray:
        return jnp.full(actors, value, float)

    return Borrowers(
        index=jnp.arange(actors, dtype=jnp.int32),
        market=jnp.zeros((markets, actors)).at[0].set(1.0),
        limited=jnp.zeros((actors, reserves)),
        staking=jnp.zeros(reserves),
        top_up=TopUp(
            below=each(top_up_below),
            to=each(top_up_to),
            speed=each(top_up_speed),
            wealth=each(wealth),
            with_collateral=jnp.full(actors, with_collateral),
        ),
        unwinding=Unwinding(
            below=each(unwind_below), to=each(unwind_to), speed=each(unwind_speed)
        ),
        levering=Levering(
            above=each(lever_above), to=each(lever_to), speed=each(lever_speed)
        ),
        carry=Carry(tolerance=each(tolerance), speed=each(carry_speed)),
        walks_below=each(walks_below),
        assets=2,
    )


def standing(
    collateral: float,
    debt: float,
    *,
    threshold: float = 0.8,
    limit: float = 0.75,
    income: float = 0.0,
    charge: float = 0.0,
    kept: float = 1.0,
    owed: float = 1.0,
) -> Standing:
    """One account on one path [USD]."""

    def one(value: float) -> jnp.ndarray:
        return jnp.full((1, 1), value, float)

    return Standing(
        kept=one(kept),
        owed=one(owed),
        collateral=one(collateral),
        weighted=one(threshold * collateral),
        limit=one(limit * collateral),
        debt=one(debt),
        income=one(income),
        charge=one(charge),
    )


def planned(rules: Borrowers, at: Standing, *, wealth: float | None = None) -> Plan:
    """What one account does, at the start or with this wealth left."""
    state = rules.init(jnp.ones((1, 1)))
    if wealth is not None:
        state = BorrowerState(wealth=jnp.full((1, 1), wealth, float))
    return rules.decide(state, at)

"""With every coupling off two markets are two runs: same draws, and the sum of them."""

import dataclasses
import functools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import ArrayLike

from jaxrisk._random import seed_words
from jaxrisk.engine import Outcome, System
from jaxrisk.engine._rollout import rollout
from tests import reference as plain
from tests.engine.fast_twin import fast_twin
from tests.reference.small_systems import small_system


PATHS = 64
RELATIVE = 1e-13
"""Measured: no number by reserve differs in a bit; sums over accounts by 1e-14."""


def both(*, coupled: bool = False) -> plain.ReferenceSystem:
    """Two markets that share assets, and no venue that remembers a sale."""
    system = small_system(1, accounts=14, steps=6, latency=2)
    if coupled:
        return system
    free = [dataclasses.replace(one, venue=plain.Infinite()) for one in system.assets]
    return dataclasses.replace(system, assets=tuple(free))


def only(system: plain.ReferenceSystem, market: int) -> plain.ReferenceSystem:
    """One of the markets, with the prices and draws of both."""
    own = [r for r, reserve in enumerate(system.reserves) if reserve.market == market]
    accounts = [
        dataclasses.replace(
            account,
            market=0,
            collateral=account.collateral[own],
            debt=account.debt[own],
        )
        for account in system.accounts
        if account.market == market
    ]
    reserves = [dataclasses.replace(system.reserves[r], market=0) for r in own]
    return dataclasses.replace(
        system,
        reserves=tuple(reserves),
        markets=(system.markets[market],),
        accounts=tuple(accounts),
    )


@eqx.filter_jit
def outcome(system: System) -> Outcome:
    """Every path, in one block."""
    return rollout(system, seed_words(1), jnp.arange(PATHS, dtype=jnp.uint32))[1]


@functools.cache
def runs(*, coupled: bool) -> tuple[Outcome, Outcome, Outcome]:
    """Both markets together, and each alone."""
    with jax.enable_x64(True):
        system = both(coupled=coupled)
        parts = [system, only(system, 0), only(system, 1)]
        found = [outcome(fast_twin(each)) for each in parts]
        first, second, third = (jax.tree.map(np.asarray, each) for each in found)
        return first, second, third


def apart(one: ArrayLike, other: ArrayLike) -> float:
    """The largest difference, over the largest number."""
    left, right = np.asarray(one), np.asarray(other)
    return float(np.abs(left - right).max() / np.abs(right).max())


@pytest.mark.parametrize(
    "name", ["realized", "unrealized", "seized", "repaid", "covered"]
)
def test_uncoupled_markets_lose_what_each_loses_alone(name: str) -> None:
    """Reserves and markets of the first come before those of the second."""
    together, first, second = (getattr(run, name) for run in runs(coupled=False))
    assert first.max() > 0
    assert second.max() > 0 or name == "covered"
    assert apart(together, np.concatenate([first, second])) < RELATIVE


@pytest.mark.parametrize("name", ["keeper_profit", "protocol_fee"])
def test_uncoupled_markets_pay_the_sum_of_what_each_pays(name: str) -> None:
    together, first, second = (getattr(run, name) for run in runs(coupled=False))
    assert apart(together, first + second) < RELATIVE


def test_uncoupled_markets_have_the_same_prices() -> None:
    together, *alone = runs(coupled=False)
    for run in alone:
        assert np.array_equal(together.final_price, run.final_price)
        assert np.array_equal(together.drawdown, run.drawdown)


@pytest.mark.slow
def test_a_shared_venue_would_be_seen() -> None:
    """Sales of one market move the prices of the other."""
    together, first, second = runs(coupled=True)
    alone = np.concatenate([first.seized, second.seized])
    assert apart(together.seized, alone) > 1e6 * RELATIVE

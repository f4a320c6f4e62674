"""The fast engine against the reference engine, step by step, with everything on."""

from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk._random import Draw, seed_words
from jaxrisk.engine import State, StepInfo, System, initial_state, step
from jaxrisk.network import ClaimsState
from jaxrisk.perps import PerpState
from tests import reference as plain
from tests.engine.behaviour_reported import (
    answered_of_behaviour,
    reported_of_behaviour,
)
from tests.engine.dealers_twin import with_tabulated_delta
from tests.engine.fast_twin import (
    fast_twin,
    shared_draws,
    with_tabulated_weight,
)
from tests.engine.instruments_twin import level_of_instruments, with_tabulated_values
from tests.engine.reported import (
    reported_of_network,
    reported_of_perps,
    reported_of_policy,
)
from tests.engine.variants import MARKS, VARIANTS
from tests.reference.small_systems import small_system


SEED = 1
PATHS = (1, 3, 4)
"""Into stress; down in jumps, with losses; down without stress."""
RELATIVE = 1e-9
STEPS = 8


@eqx.filter_jit
def fast_step(
    system: System, state: State, path: jax.Array, index: jax.Array
) -> tuple[State, StepInfo]:
    """One step of the fast engine for the paths given."""
    draw = Draw(seed=seed_words(SEED), path=path, step=index)
    return step(system, state, draw=draw)


def fast_path(system: System) -> list[tuple[State, StepInfo]]:
    """Every step of the fast engine."""
    state = initial_state(system, len(PATHS))
    path = jnp.array(PATHS, jnp.uint32)
    records = []
    for index in range(system.steps):
        state, info = fast_step(system, state, path, jnp.uint32(index))
        records.append((state, info))
    return records


def reported(
    system: plain.ReferenceSystem, record: plain.StepRecord
) -> dict[str, np.ndarray | float]:
    """What both engines say about a step, from the reference."""
    state, flows = record.state, record.flows
    return (
        {
            "x": state.x,
            "regime": state.regime,
            "inventory": state.inventory,
            "permanent": state.permanent,
            "kept": state.kept[:, 0],
            "owed": state.owed[:, 0],
            "lost": state.lost[:, 0],
            "supply_index": state.supply_index,
            "debt_index": state.debt_index,
            "supplied": state.supplied,
            "borrowed": state.borrowed,
            "fund": state.fund,
            "capital": state.capital,
            "price": record.price,
            "oracle_price": state.oracle.price,
            "fundamental": record.fundamental,
            "repaid": flows.repaid_usd,
            "seized": flows.seized_usd,
            "realized": flows.realized,
            "covered": flows.covered,
            "flow": flows.flow_usd,
            "keeper_profit": flows.keeper_profit,
            "protocol_fee": flows.protocol_fee,
            "hedge": np.array([hedge.held for hedge in state.hedges]),
            "log_level": np.array([hedge.log_level for hedge in state.hedges]),
            "level of instruments": np.array(
                [one.log_level for one in state.instruments]
            ),
            "hedged": flows.hedged,
            "turnover": flows.turnover,
        }
        | reported_of_perps(record)
        | reported_of_policy(record)
        | reported_of_network(record)
        | reported_of_behaviour(system, record)
    )


def accounts_first(rows: jax.Array, lost: jax.Array) -> jax.Array:
    """Rows in the order of the reference: the accounts', then the fresh members'."""
    fresh = rows.shape[0] - lost.shape[0]
    return jnp.concatenate([rows[fresh:], rows[:fresh]])


def answered(
    system: plain.ReferenceSystem, state: State, info: StepInfo, column: int
) -> dict[str, np.ndarray]:
    """The same from the fast engine, of one path."""
    found = {
        "x": state.prices.position,
        "regime": state.prices.regime,
        "inventory": state.venues.inventory,
        "permanent": state.venues.permanent,
        "kept": accounts_first(state.kept, state.lost),
        "owed": accounts_first(state.owed, state.lost),
        "lost": state.lost,
        "supply_index": state.pool.supply_index,
        "debt_index": state.pool.debt_index,
        "supplied": state.pool.supplied,
        "borrowed": state.pool.borrowed,
        "fund": state.fund,
        "capital": state.capital,
        "hedge": state.dealers.hedge,
        "log_level": state.dealers.log_level,
    }
    found["level of instruments"] = level_of_instruments(state)
    names = ("price", "oracle_price", "fundamental", "repaid", "seized", "realized")
    names += ("covered", "flow", "keeper_profit", "protocol_fee", "hedged", "turnover")
    found |= {name: getattr(info, name) for name in names}
    found |= vars(info.perps) | vars(info.policy)
    if info.policy.treasury.shape[0]:
        held = vars(state.policy.remembered.waterfall)
        found |= {f"still {name}": value for name, value in held.items()}
    if isinstance(state.perps, PerpState):
        names = ("open", "balance", "unhedged", "insurance", "deficit")
        found |= {name: getattr(state.perps, name) for name in names}
    found |= vars(info.network) | vars(info.credit)
    if isinstance(state.network, ClaimsState):
        names = ("failed", "marked", "strikes")
        found |= {name: getattr(state.network, name) for name in names}
        spirals = state.network.spirals
        found |= {"outstanding": spirals.supply, "minted": spirals.minted}
        found["reserve"] = spirals.reserve
    found |= answered_of_behaviour(system, state, info)
    return {name: np.asarray(value)[..., column] for name, value in found.items()}


# Differences are measured against the largest number of their kind: a net flow or a
# profit is a small difference of large trades. Largest of a book here: about $1M.
SCALE = {
    "inventory": 1e3,
    "permanent": 1e-2,
    "x": 0.1,
    "supplied": 1.0,
    "borrowed": 1.0,
    "fund": 1e3,
    "capital": 1e5,
    "kept": 1e-3,
    "owed": 1e-3,
    "lost": 1e-3,
    "hedge": 1e2,
    "log_level": 0.1,
    "level of instruments": 0.1,
    "open": 1e-3,
    "unhedged": 1e2,
    "depth": 1e-1,
    "seen": 1e-1,
    "alarm": 1e-3,
    "frozen": 1.0,
    "failed": 0.1,
    "marked": 0.1,
    "strikes": 1.0,
}


def faults(
    expected: Mapping[str, np.ndarray | float], found: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """What differs by more than the tolerance, and by how much of it."""
    excess = {}
    for name, value in expected.items():
        want, have = np.asarray(value, float), np.asarray(found[name], float)
        room = RELATIVE * np.maximum(np.abs(want), SCALE.get(name, 1e3))
        # Unlimited capital is the same in both, and has no difference.
        error = np.where(want == have, 0.0, have) - np.where(want == have, 0.0, want)
        error = np.abs(error) / np.where(np.isfinite(room), room, 1.0)
        if not error.max(initial=0.0) <= 1.0:
            excess[name] = float(error.max())
    return excess


def slow_path(system: plain.ReferenceSystem, path: int) -> list[plain.StepRecord]:
    """Every step of the reference engine, on the fast engine's draws."""
    draws = [shared_draws(system, seed=SEED, path=path, step=k) for k in range(STEPS)]
    system = with_tabulated_delta(with_tabulated_weight(system))
    system = with_tabulated_values(system)
    return plain.simulate(system, draws)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=MARKS.get(name, ())) for name in sorted(VARIANTS)],
)
def test_both_engines_take_the_same_steps(name: str) -> None:
    """Books of equal shape share a compilation, so that a second one is cheap."""
    traded = lost = hedged = forced = marked = redeemed = defaulted = 0.0
    acted = dict.fromkeys(("paused", "refused", "treasury", "module", "backstop"), 0.0)
    settings: dict[str, Any] = {"accounts": 8} | VARIANTS[name]
    with jax.enable_x64(True):
        for book in (1, 11):
            system = small_system(book, steps=STEPS, **settings)
            fast = fast_path(fast_twin(system))
            for column, path in enumerate(PATHS):
                for k, record in enumerate(slow_path(system, path)):
                    found = answered(system, *fast[k], column)
                    excess = faults(reported(system, record), found)
                    assert not excess, f"book {book}, path {path}, step {k}: {excess}"
                    for part in acted:
                        acted[part] += getattr(record.flows.policy, part).sum()
                    traded += record.flows.repaid_usd.sum()
                    lost += record.flows.deficit.sum()
                    hedged += record.flows.turnover.sum()
                    marked += float((record.state.network.marked < 1).sum())
                    redeemed += record.flows.redeemed.sum()
                    defaulted += record.flows.defaulted.sum()
                    forced += sum(one.liquidated.sum() for one in record.flows.perps)
    assert traded > 0.0
    assert lost > 0.0 or "poor" in name
    assert (hedged > 0.0) == ("dealers" in VARIANTS[name])
    assert (forced > 0.0) == ("perps" in VARIANTS[name])
    alone = "behaviour" not in VARIANTS[name]
    assert all(acted.values()) or not (alone and VARIANTS[name].get("policy") == "all")
    assert (marked > 0.0) == ("network" in VARIANTS[name])
    assert (redeemed > 0.0) == ("spiral" in name)
    assert (defaulted > 0.0) == ("credit" in VARIANTS[name])


def test_both_engines_draw_the_same_numbers() -> None:
    """Uniforms to the bit; normals as float32 goes, from two inverse functions."""
    system = small_system(1)
    for path, k in ((0, 0), (7, 3), (2**31, 65_535)):
        ours = plain.draw_step(2**40 + 5, path, k, 4, 3)
        fast = shared_draws(system, seed=2**40 + 5, path=path, step=k)
        assert fast.regime == ours.regime
        assert np.array_equal(fast.jump_uniforms, ours.jump_uniforms)
        for name in ("normals", "mixing", "jump_normals"):
            assert np.allclose(getattr(fast, name), getattr(ours, name), atol=5e-6)


@pytest.mark.parametrize("wrong", ["kept", "borrowed", "inventory", "capital"])
def test_a_difference_of_a_millionth_is_found(wrong: str) -> None:
    system = small_system(1, steps=1, keeper="poor")
    draws = plain.draw_step(SEED, 3, 0, 4, 3)
    record = plain.simulate(system, [draws])[0]
    told = reported(system, record)
    right = {name: np.asarray(value, float) for name, value in told.items()}
    assert not faults(right, right)
    assert set(faults(right, right | {wrong: right[wrong] * (1 + 1e-6) + 1e-6})) == {
        wrong
    }

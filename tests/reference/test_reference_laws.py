"""Laws that every step of the reference engine obeys, on small systems with all on."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .cohorts import by_account
from .draws import draw_step
from .keepers import RationalKeeper, SortedKeeper
from .simulate import initial_state, simulate
from .small_policy import POLICIES
from .small_systems import KEEPERS, ORACLES, RULES, small_system
from .state import State, StepRecord
from .system import ReferenceSystem, Vector


SEIZURES = ("pro_rata", "token_by_token")
few = settings(max_examples=8)


@st.composite
def systems(draw: st.DrawFn) -> ReferenceSystem:
    """A small system, some of its settings chosen by chance."""
    rule = st.sampled_from(sorted(RULES))
    system = small_system(
        draw(st.integers(0, 10_000)),
        rules=(RULES[draw(rule)], RULES[draw(rule)]),
        oracle=draw(st.sampled_from(sorted(ORACLES))),
        keeper=draw(st.sampled_from(sorted(KEEPERS))),
        latency=draw(st.integers(0, 2)),
        cohorts=draw(st.integers(0, 6)),
        policy=draw(st.sampled_from(sorted(POLICIES))),
    )
    if system.cohorts:  # whose members' tokens are in proportion
        return system
    return dataclasses.replace(system, seizure=draw(st.sampled_from(SEIZURES)))


def path_of(system: ReferenceSystem, path: int = 3) -> list[StepRecord]:
    """One path under seed 1; the default one falls far, in jumps."""
    assets, sources = len(system.assets), len(system.jumps)
    return simulate(
        system, [draw_step(1, path, k, assets, sources) for k in range(system.steps)]
    )


def states_of(system: ReferenceSystem, records: list[StepRecord]) -> list[State]:
    """The state before each step, and the last."""
    return [initial_state(system), *(record.state for record in records)]


def held(system: ReferenceSystem, state: State, index: Vector) -> Vector:
    """Collateral of all accounts at a supply index, [reserve] [token]."""
    total = np.zeros(len(system.reserves))
    for row in system.rows:
        total += system.accounts[system.account_of(row)].collateral * state.kept[row]
    return total * index


def owing(system: ReferenceSystem, state: State, index: Vector) -> Vector:
    """Debt not written off at a debt index, [reserve] [token]."""
    total = np.zeros(len(system.reserves))
    for row in system.rows:
        total += system.accounts[system.account_of(row)].debt * state.owed[row]
    return total * index


@few
@given(system=systems())
def test_tokens_are_conserved(system: ReferenceSystem) -> None:
    records = path_of(system)
    states = states_of(system, records)
    for before, record in zip(states, records, strict=False):
        now, flows = record.state, record.flows
        left = held(system, now, now.supply_index)
        assert np.allclose(
            held(system, before, now.supply_index), left + flows.seized, rtol=1e-9
        )
        still = owing(system, now, now.debt_index)
        gone = flows.repaid + flows.deficit
        assert np.allclose(
            owing(system, before, now.debt_index), still + gone, rtol=1e-9, atol=1e-9
        )
        assert np.allclose(now.borrowed, still, rtol=1e-9, atol=1e-6)
        by_asset = np.zeros(len(system.assets))
        for r, reserve in enumerate(system.reserves):
            net = flows.seized[r] - flows.fee[r] - flows.repaid[r]
            by_asset[reserve.asset] += net
        assert np.allclose(by_asset, flows.sold, rtol=1e-9, atol=1e-9)


@few
@given(system=systems())
def test_dollars_are_conserved(system: ReferenceSystem) -> None:
    records = path_of(system)
    states = states_of(system, records)
    for before, record in zip(states, records, strict=False):
        now, flows = record.state, record.flows
        deficit = np.zeros(len(system.markets))
        realized = np.zeros(len(system.markets))
        for r, reserve in enumerate(system.reserves):
            price = now.oracle.price[reserve.asset]
            deficit[reserve.market] += flows.deficit[r] * price
            realized[reserve.market] += flows.realized[r]
        insured = np.zeros(len(system.markets))
        if system.policy.layers:
            told = flows.policy
            insured = told.treasury + told.module + told.backstop
            assert np.allclose(told.socialised, realized, rtol=1e-9, atol=1e-6)
        paid = realized + flows.covered + insured
        assert np.allclose(deficit, paid, rtol=1e-9, atol=1e-6)
        assert np.allclose(before.fund - now.fund, flows.covered, atol=1e-6)
        assert flows.keeper_profit == pytest.approx(flows.proceeds - flows.gas)
        if np.isfinite(now.capital) and now.capital > 0.0:
            earned = now.capital - before.capital
            assert earned == pytest.approx(flows.keeper_profit, abs=1e-6)


@few
@given(system=systems())
def test_nothing_goes_below_zero_or_grows_back(system: ReferenceSystem) -> None:
    records = path_of(system)
    states = states_of(system, records)
    for before, record in zip(states, records, strict=False):
        now = record.state
        for name in ("kept", "owed"):
            rows, earlier = getattr(now, name), getattr(before, name)
            assert np.all(rows >= 0.0)
            fell = by_account(system, rows) - by_account(system, earlier)
            assert np.all(fell <= 1e-12)
        assert np.all(now.fund >= 0.0)
        for purse in now.policy.purses:
            assert min(dataclasses.astuple(purse)) >= 0.0
        assert now.capital >= 0.0
        assert np.all(now.supply_index >= before.supply_index)
        assert np.all(now.debt_index >= before.debt_index)
        assert np.all(record.flows.realized >= 0.0)


@few
@given(system=systems())
def test_the_order_of_accounts_changes_nothing(system: ReferenceSystem) -> None:
    turned = dataclasses.replace(system, accounts=system.accounts[::-1])
    for one, other in zip(path_of(system), path_of(turned), strict=True):
        assert np.allclose(one.price, other.price, rtol=1e-9)
        kept = by_account(system, one.state.kept)
        again = by_account(turned, other.state.kept)[::-1]
        assert np.allclose(kept, again, rtol=1e-9)


@few
@given(system=systems())
def test_a_row_of_members_is_its_members_apart(system: ReferenceSystem) -> None:
    halves = [
        dataclasses.replace(
            account,
            collateral=account.collateral / 2,
            debt=account.debt / 2,
            members=account.members / 2,
        )
        for account in system.accounts
        for _ in range(2)
    ]
    apart = dataclasses.replace(system, accounts=tuple(halves))
    for one, other in zip(path_of(system), path_of(apart), strict=True):
        assert np.allclose(one.price, other.price, rtol=1e-9)
        kept = by_account(system, one.state.kept)
        again = by_account(apart, other.state.kept)[::2]
        assert np.allclose(kept, again, rtol=1e-9)
        assert np.allclose(one.flows.realized, other.flows.realized, rtol=1e-9)


def test_the_small_systems_liquidate_and_lose() -> None:
    records = [r for seed in range(6) for r in path_of(small_system(seed))]
    assert sum(record.flows.repaid_usd.sum() for record in records) > 1e5
    assert sum(record.flows.realized.sum() for record in records) > 1e3
    assert sum(record.flows.covered.sum() for record in records) > 0.0
    switched = path_of(small_system(0), path=1)
    assert {record.state.regime for record in switched} == {0, 1}


def test_one_token_needs_no_choice_of_tokens() -> None:
    system = small_system(3, accounts=4)
    single = []
    for account in system.accounts:
        collateral, debt = np.zeros(6), np.zeros(6)
        taken = 0 if account.market == 0 else 4
        collateral[taken] = account.collateral.sum()
        debt[taken + (3 if taken == 0 else 1)] = collateral[taken] * 2000.0 * 0.7
        single.append(dataclasses.replace(account, collateral=collateral, debt=debt))
    pro_rata = dataclasses.replace(system, accounts=tuple(single))
    by_token = dataclasses.replace(pro_rata, seizure="token_by_token")
    for one, other in zip(path_of(pro_rata), path_of(by_token), strict=True):
        assert np.allclose(one.flows.repaid, other.flows.repaid, rtol=1e-9)
        assert np.allclose(one.price, other.price, rtol=1e-9)


def test_many_tiers_approach_the_exact_order() -> None:
    system = dataclasses.replace(small_system(5, accounts=12), rounds=1, steps=4)
    repaid = {}
    for name, keeper in {
        "exact": SortedKeeper(gas=20.0),
        "coarse": RationalKeeper(gas=20.0, tiers=2),
        "fine": RationalKeeper(gas=20.0, tiers=400),
    }.items():
        records = path_of(dataclasses.replace(system, keeper=keeper))
        repaid[name] = sum(record.flows.repaid_usd.sum() for record in records)
    assert repaid["exact"] > 0.0
    fine = abs(repaid["fine"] - repaid["exact"])
    assert fine <= abs(repaid["coarse"] - repaid["exact"]) + 1e-6
    assert fine < 0.02 * repaid["exact"]

"""The reference engine and its free functions against worked numbers."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from .absorb import unrealized
from .draws import Draws, poisson_count
from .innovations import StudentT
from .oracles import DelayedOracle, HeartbeatOracle
from .positions import loop_multiple
from .rates import KinkedRate, utilization_of
from .rules import AAVE_V2, AAVE_V3, AAVE_V3_3, FULL, CloseFactorRule, restore
from .simulate import simulate
from .state import StepRecord
from .system import Account, Asset, Market, ReferenceSystem, Reserve, Vector
from .threefry import threefry2x32
from .venues import ConstantProduct, Infinite, Venue


def one_account(
    collateral: float,
    debt: float,
    *,
    rule: CloseFactorRule,
    threshold: float,
    bonus: float,
    venue: Venue | None = None,
    rounds: int = 1,
    steps: int = 1,
) -> ReferenceSystem:
    """Collateral at $1 against dollars; a unit normal moves the log price by one."""
    token = Asset(1.0, venue or Infinite(), scale=(1.0,), compensation=(0.0,))
    dollar = Asset(1.0, Infinite(), scale=(0.0,), compensation=(0.0,))
    reserves = tuple(
        Reserve(a, 0, (threshold,), (bonus,), supplied=1e12, borrowed=debt)
        for a in range(2)
    )
    account = Account(0, 0, np.array([collateral, 0.0]), np.array([0.0, debt]))
    return ReferenceSystem(
        assets=(token, dollar),
        cholesky=(np.eye(2),),
        reserves=reserves,
        markets=(Market(rule),),
        accounts=(account,),
        dt=1 / 365,
        steps=steps,
        rounds=rounds,
    )


def move(log_return: float) -> Draws:
    """Draws under which the first of two assets moves by `log_return`."""
    return Draws(np.array([log_return, 0.0]), 0.0, 0.5, np.zeros(0), np.zeros(0))


def after(system: ReferenceSystem, *log_returns: float) -> StepRecord:
    """The last step of a path with given moves."""
    return simulate(system, [move(log_return) for log_return in log_returns])[-1]


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF,) * 2, (0xFFFFFFFF,) * 2, (0x1CB996FC, 0xBB002BE7)),
        (
            (0x243F6A88, 0x85A308D3),
            (0x13198A2E, 0x03707344),
            (0xC4923A9C, 0x483DF7A0),
        ),
    ],
)
def test_threefry_gives_the_published_words(
    counter: tuple[int, int], key: tuple[int, int], words: tuple[int, int]
) -> None:
    assert threefry2x32(key, counter) == words


def test_half_the_debt_is_repaid_and_the_keeper_earns_the_bonus() -> None:
    system = one_account(136e3, 110e3, rule=AAVE_V2, threshold=0.8, bonus=0.05)
    record = after(system, 0.0)
    assert record.flows.repaid_usd.sum() == pytest.approx(55_000)
    assert record.flows.seized_usd.sum() == pytest.approx(57_750)
    assert record.flows.keeper_profit == pytest.approx(2750)
    assert record.health[0] == pytest.approx(1.13818, abs=5e-6)


def test_restoring_health_first_earns_a_keeper_more_than_half_at_once() -> None:
    first = one_account(136e3, 110e3, rule=restore(1.0), threshold=0.8, bonus=0.05)
    record = after(first, 0.0)
    assert record.flows.repaid_usd.sum() == pytest.approx(7500)
    assert record.health[0] == pytest.approx(1.0)
    second = one_account(
        136e3 - 7875, 102.5e3 + 1e-6, rule=AAVE_V2, threshold=0.8, bonus=0.05
    )
    profit = record.flows.keeper_profit + after(second, 0.0).flows.keeper_profit
    assert profit == pytest.approx(2937.5)


@given(
    loan_to_value=st.floats(0.5, 1.2),
    bonus=st.floats(0.01, 0.2),
    depth=st.floats(0.1, 100.0),
)
def test_a_small_liquidation_heals_iff_the_pool_leaves_room_for_the_bonus(
    loan_to_value: float, bonus: float, depth: float
) -> None:
    frontier = 1.0 / ((1.0 + bonus) * (1.0 + 2.0 / depth))
    assume(abs(loan_to_value / frontier - 1.0) > 1e-3)
    venue = ConstantProduct(quote_reserve=depth, initial_mid=1.0)
    rule = CloseFactorRule(close_factor=1e-6)
    system = one_account(
        1.0, loan_to_value, rule=rule, threshold=0.5, bonus=bonus, venue=venue
    )
    before = 0.5 / loan_to_value
    assume(before < 1.0)
    assert (after(system, 0.0).health[0] > before) == (loan_to_value < frontier)


@pytest.mark.parametrize(
    ("rule", "collateral", "health", "repaid"),
    [
        (AAVE_V2, 1e5, 0.99, 0.5),
        (AAVE_V2, 1e5, 0.90, 0.5),
        (AAVE_V3, 1e5, 0.96, 0.5),
        (AAVE_V3, 1e5, 0.95, 1.0),
        (AAVE_V3, 1500.0, 0.96, 0.5),
        (AAVE_V3_3, 1e5, 0.96, 0.5),
        (AAVE_V3_3, 1e5, 0.94, 1.0),
        (AAVE_V3_3, 1999.0, 0.96, 1.0),
        (FULL, 1e5, 0.99, 1.0),
    ],
)
def test_each_version_repays_the_share_that_its_rule_says(
    rule: CloseFactorRule, collateral: float, health: float, repaid: float
) -> None:
    debt = collateral * 0.8 / (health - 1e-12)
    system = one_account(collateral, debt, rule=rule, threshold=0.8, bonus=0.05)
    assert after(system, 0.0).flows.repaid[1] == pytest.approx(repaid * debt)


def test_a_partial_close_leaves_no_dust() -> None:
    debt = 2100.0 * 0.95 / 0.951
    system = one_account(2100.0, debt, rule=AAVE_V3_3, threshold=0.95, bonus=0.05)
    record = after(system, 0.0)
    assert 2100.0 - record.flows.seized[0] == pytest.approx(1000.0)
    assert record.flows.repaid[1] == pytest.approx(1100.0 / 1.05)


@pytest.mark.parametrize(
    ("gap", "staleness", "loss"),
    [
        (0.08, 0.0, 0.578),
        (0.12, 0.0, 4.538),
        (0.20, 0.0, 12.459),
        (0.35, 0.0, 27.310),
        (0.08, 0.0031, 0.860),
        (0.08, 0.0159, 2.026),
        (0.08, 0.05, 5.132),
    ],
)
def test_a_loop_of_twelve_loses_what_the_gap_takes(
    gap: float, staleness: float, loss: float
) -> None:
    """Millions lost per $100M of collateral, threshold .95, bonus 1 %."""
    debt = 100.0 * (1.0 - 1.0 / 12.0)
    system = one_account(100.0, debt, rule=FULL, threshold=0.95, bonus=0.01)
    record = after(system, math.log((1.0 - gap) * (1.0 - staleness)))
    assert record.flows.realized.sum() == pytest.approx(loss, abs=6e-4)
    assert record.state.kept[0].max() == 0.0
    assert record.state.borrowed[1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("loops", "multiple"), [(1, 1.8), (3, 2.952), (5, 3.6893), (10, 4.5705)]
)
def test_loops_multiply_as_a_geometric_series(loops: int, multiple: float) -> None:
    assert loop_multiple(0.8, loops) == pytest.approx(multiple, abs=5e-5)


@pytest.mark.parametrize(("drop", "liquidated"), [(0.035087, False), (0.035089, True)])
def test_a_loop_of_twelve_is_liquidated_by_a_drop_of_3_51_percent(
    drop: float, liquidated: bool
) -> None:
    system = one_account(12.0, 11.0, rule=FULL, threshold=0.95, bonus=0.01)
    assert (after(system, math.log(1.0 - drop)).flows.repaid[1] > 0.0) == liquidated


def test_rates_meet_at_the_kink_and_end_at_full_utilization() -> None:
    rate = KinkedRate(base=0.01, kink=0.8, slope_below=0.04, slope_above=0.75)
    rates = [rate.borrow_rate(u) for u in (0.0, 0.4, 0.8, 1.0)]
    assert rates == pytest.approx([0.01, 0.03, 0.05, 0.80])
    assert utilization_of(5.0, 0.0) == 0.0
    assert utilization_of(5.0, 4.0) == 1.0


def test_poisson_counts_have_the_distribution_they_name() -> None:
    steps = (np.arange(200_000) + 0.5) / 200_000
    counts = np.array([poisson_count(u, 0.7) for u in steps])
    assert counts.mean() == pytest.approx(0.7, abs=1e-4)
    assert counts.var() == pytest.approx(0.7, abs=1e-3)


def test_student_innovations_have_unit_variance() -> None:
    levels = np.linspace(-6, 6, 4001)
    weight = np.array([StudentT(5.0).weight(level) for level in levels])
    chance = np.exp(-(levels**2) / 2)
    assert (weight**2 * chance).sum() / chance.sum() == pytest.approx(1.0, abs=1e-3)


def published(oracle: HeartbeatOracle | DelayedOracle, moves: Vector) -> list[float]:
    """Published prices of an asset that starts at one, in steps of a day."""
    system = one_account(1.0, 0.0, rule=FULL, threshold=0.8, bonus=0.05)
    system = dataclasses.replace(system, oracle=oracle, steps=len(moves))
    records = simulate(system, [move(m) for m in moves])
    return [float(np.log(record.state.oracle.price[0])) for record in records]


def test_a_heartbeat_oracle_publishes_on_a_move_or_when_due() -> None:
    day = 1 / 365
    oracle = HeartbeatOracle(np.full(2, 0.05), np.full(2, 3 * day))
    seen = published(oracle, np.array([0.02, 0.02, 0.02, 0.01, 0.0, 0.0]))
    assert seen == pytest.approx([0.0, 0.0, 0.06, 0.06, 0.06, 0.07])


def test_a_delayed_oracle_publishes_the_past() -> None:
    seen = published(DelayedOracle(2), np.array([0.1, 0.1, 0.1, 0.1]))
    assert seen == pytest.approx([0.0, 0.0, 0.1, 0.2])


def test_debt_above_its_own_collateral_is_unrealized_until_it_is_liquidated() -> None:
    system = one_account(100.0, 95.0, rule=FULL, threshold=0.96, bonus=0.01)
    record = after(dataclasses.replace(system, latency=5), math.log(0.9))
    assert record.flows.realized.sum() == 0.0
    short = unrealized(system, record.state, record.price)
    assert short == pytest.approx([0.0, 5.0])

"""What borrowers do, by hand and by law."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.behaviour import Holdings, Plan, Purse, Standing, within
from tests.behaviour.actors import borrower, planned, standing


few = settings(max_examples=15)


@pytest.fixture(autouse=True)
def _double() -> object:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


def number(values: jax.Array) -> float:
    """Of one account on one path."""
    return float(values.item())


def health(at: Standing, *, kept: float, owed: float) -> float:
    """With these shares of collateral and debt."""
    return kept * number(at.weighted) / (owed * number(at.debt))


def after(plan: Plan) -> tuple[float, float]:
    """Shares kept and owed after a plan that pays no slippage, of an even account."""
    kept = 1 + number(plan.added) - number(plan.sold)
    return kept, 1 - number(plan.repaid)


WEAK = {"collateral": 1500.0, "debt": 1000.0}  # health 1.2


def test_a_top_up_repays_what_brings_health_to_its_aim() -> None:
    """1000 - 1200/1.5 = 200 USD of 1000."""
    at = standing(**WEAK)
    plan = planned(borrower(top_up_below=1.25, wealth=1e6), at)
    assert number(plan.paid) == pytest.approx(200, rel=1e-12)
    assert number(plan.repaid) == pytest.approx(0.2, rel=1e-12)
    assert number(plan.added) == 0


def test_a_top_up_with_collateral_needs_more() -> None:
    """(1.5 x 1000 - 1200) / 0.8 = 375 USD on 1500."""
    rules = borrower(top_up_below=1.25, wealth=1e6, with_collateral=True)
    plan = planned(rules, standing(**WEAK))
    assert number(plan.paid) == pytest.approx(375, rel=1e-12)
    assert number(plan.added) == pytest.approx(0.25, rel=1e-12)
    assert number(plan.repaid) == 0


def test_wealth_and_speed_bound_a_top_up() -> None:
    at = standing(**WEAK)
    slow = borrower(top_up_below=1.25, wealth=1e6, top_up_speed=0.25)
    assert number(planned(slow, at).paid) == pytest.approx(50, rel=1e-12)
    poor = borrower(top_up_below=1.25, wealth=1e6)
    assert number(planned(poor, at, wealth=30.0).paid) == pytest.approx(30, rel=1e-12)
    assert number(planned(poor, at, wealth=-5.0).paid) == 0


def test_nothing_happens_above_the_triggers() -> None:
    rules = borrower(
        top_up_below=1.2, wealth=1e6, unwind_below=1.2, lever_above=1.2, lever_to=1.1
    )
    plan = planned(rules, standing(**WEAK))
    assert number(plan.acting) == 0


def test_unwinding_sells_what_brings_health_to_its_aim() -> None:
    """(1.5 x 1000 - 1200) / (1.5 - 0.8) = 428.57 USD of 1500."""
    plan = planned(borrower(unwind_below=1.25), standing(**WEAK))
    assert number(plan.sold) == pytest.approx(300 / 0.7 / 1500, rel=1e-12)
    assert number(plan.paid) == number(plan.drawn) == 0


def test_levering_draws_down_to_its_aim_or_to_the_limit() -> None:
    """(1200 - 1.1 x 1000)/(1.1 - 0.8) = 333.3 USD, or (1050 - 1000)/(1 - 0.7)."""
    rules = borrower(lever_above=1.15, lever_to=1.1)
    free = planned(rules, standing(**WEAK))
    assert number(free.drawn) == pytest.approx(100 / 0.3 / 1000, rel=1e-12)
    held = planned(rules, standing(**WEAK, limit=0.7))
    assert number(held.drawn) == pytest.approx(50 / 0.3 / 1000, rel=1e-12)
    beyond = planned(rules, standing(**WEAK, limit=0.6))
    assert number(beyond.drawn) == 0


def test_whoever_is_under_water_walks_away() -> None:
    rules = borrower(top_up_below=9.0, wealth=1e6, unwind_below=9.0, tolerance=0.0)
    under = standing(collateral=1000.0, debt=1000.0, charge=50.0)
    assert number(planned(rules, under).acting) == 0
    stays = borrower(top_up_below=9.0, wealth=1e6, walks_below=0.0)
    assert number(planned(stays, under).paid) > 0


def test_a_position_is_left_when_its_carry_turns() -> None:
    """45 - 50 = -5 USD a year on an equity of 500: -1 % a year."""
    at = standing(**WEAK, income=45.0, charge=50.0)
    leaves = planned(borrower(tolerance=0.0099, carry_speed=0.3), at)
    assert number(leaves.sold) == pytest.approx(0.3 * 1000 / 1500, rel=1e-12)
    stays = planned(borrower(tolerance=0.0101, carry_speed=0.3), at)
    assert number(stays.sold) == 0


def test_a_position_of_negative_carry_is_not_levered_up() -> None:
    minds = borrower(lever_above=1.1, lever_to=1.05, tolerance=0.1)
    at = standing(**WEAK, income=49.0, charge=50.0)
    assert number(planned(minds, at).drawn) == 0
    assert number(planned(borrower(lever_above=1.1, lever_to=1.05), at).drawn) > 0
    good = standing(**WEAK, income=51.0, charge=50.0)
    assert number(planned(minds, good).drawn) > 0


healths = st.floats(1.001, 3.0)
values = st.floats(1.0, 1e7)


@few
@given(
    collateral=values,
    leverage=st.floats(0.05, 0.99),
    threshold=st.floats(0.3, 0.95),
    aim=healths,
    wealth=st.floats(0.0, 1e7),
    with_collateral=st.booleans(),
    speed=st.floats(0.01, 1.0),
)
def test_a_top_up_never_worsens_health(
    collateral: float,
    leverage: float,
    threshold: float,
    aim: float,
    wealth: float,
    with_collateral: bool,
    speed: float,
) -> None:
    at = standing(collateral, leverage * collateral, threshold=threshold)
    rules = borrower(
        top_up_below=aim,
        top_up_to=aim,
        top_up_speed=speed,
        wealth=wealth,
        with_collateral=with_collateral,
    )
    plan = planned(rules, at)
    kept, owed = after(plan)
    before, healed = health(at, kept=1, owed=1), health(at, kept=kept, owed=owed)
    assert healed >= before * (1 - 1e-12)
    assert healed <= max(before, aim) * (1 + 1e-9)
    assert number(plan.paid) <= wealth * (1 + 1e-12)
    usd = number(plan.added) * collateral + number(plan.repaid) * leverage * collateral
    assert usd == pytest.approx(number(plan.paid), rel=1e-9, abs=1e-9)


@few
@given(
    collateral=values,
    leverage=st.floats(0.05, 0.99),
    threshold=st.floats(0.3, 0.95),
    aim=healths,
)
def test_unwinding_without_slippage_heals_to_its_aim(
    collateral: float, leverage: float, threshold: float, aim: float
) -> None:
    debt = leverage * collateral
    at = standing(collateral, debt, threshold=threshold)
    plan = planned(borrower(unwind_below=aim, unwind_to=aim), at)
    sold = number(plan.sold)
    if health(at, kept=1, owed=1) >= aim:
        assert sold == 0
        return
    left = 1 - sold * collateral / debt
    assert 0 < sold <= 1
    assert -1e-12 <= left < 1
    assert (1 - sold) * threshold * collateral == pytest.approx(
        aim * left * debt, rel=1e-9
    )


@few
@given(
    collateral=values,
    leverage=st.floats(0.0, 0.9),
    limit=st.floats(0.1, 0.85),
    aim=healths,
    speed=st.floats(0.01, 1.0),
)
def test_levering_stays_within_the_limit_and_its_aim(
    collateral: float, leverage: float, limit: float, aim: float, speed: float
) -> None:
    debt = leverage * collateral
    at = standing(collateral, max(debt, 1.0), threshold=0.87, limit=limit)
    owed = debt / max(debt, 1.0)
    at = Standing(**(vars(at) | {"owed": jnp.full((1, 1), owed)}))
    rules = borrower(lever_above=aim, lever_to=aim, lever_speed=speed)
    drawn = number(planned(rules, at).drawn) * max(debt, 1.0)
    if drawn == 0:
        return
    owes, holds = debt + drawn, collateral + drawn
    assert owes <= limit * holds * (1 + 1e-9)
    assert 0.87 * collateral + 0.87 * drawn >= aim * owes * (1 - 1e-9)


def test_what_leaves_a_pool_is_shared_by_those_who_want_it() -> None:
    """60 tokens for 100 sold and 20 drawn: half of each. Policy cuts first."""
    collateral = jnp.array([[200.0, 0.0], [0.0, 10.0]])
    debt = jnp.array([[0.0, 10.0], [40.0, 0.0]])
    one = jnp.ones((2, 1))
    plan = Plan(
        paid=0 * one,
        added=0 * one,
        repaid=0 * one,
        sold=jnp.array([[0.5], [0.0]]),
        drawn=jnp.array([[0.0], [0.5]]),
    )

    shares = jnp.ones((2, 1))
    at = Holdings(
        kept=shares,
        owed=shares,
        collateral=collateral,
        weighted=collateral,
        debt=debt,
        price=one,
        counted=one,
        counted_for_new=one,
        debt_price=one,
        earned=one,
        charged=one,
    )

    def cut(
        room: float,
        *,
        supply: float = np.inf,
        ceiling: float = np.inf,
        tradable: float = 1.0,
    ) -> Plan:
        purse = Purse(
            cash=jnp.array([[60.0], [1e9]]),
            to_borrow=jnp.array([[room], [jnp.inf]]),
            to_supply=jnp.full((2, 1), supply),
            below_ceiling=jnp.full((2, 1), ceiling),
            tradable=jnp.full((2, 1), tradable),
            supply_index=one,
            debt_index=one,
        )
        return within(plan, purse, at)

    free = cut(np.inf)
    assert free.sold[0].item() == pytest.approx(0.25, rel=1e-12)
    assert free.drawn[1].item() == pytest.approx(0.25, rel=1e-12)
    bound = cut(5.0)  # so that 60 tokens are left for 100 and 5
    assert bound.sold[0].item() == pytest.approx(0.5 * 60 / 105, rel=1e-12)
    assert 40 * bound.drawn[1].item() == pytest.approx(5 * 60 / 105, rel=1e-12)
    assert cut(np.inf, supply=0.0).drawn[1].item() == 0
    assert cut(np.inf, ceiling=0.0).drawn[1].item() == 0
    shut = cut(np.inf, tradable=0.0)
    assert shut.drawn[1].item() == shut.sold[0].item() == 0

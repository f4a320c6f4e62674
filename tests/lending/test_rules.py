"""What one liquidation does to an account, by its close factor and its health."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jaxrisk.lending import Accounts, CloseFactor, Closing, Values, health_factor


NEVER = np.inf
VERSIONS = {
    "aave_v2": (0.5, 0.0, 0.0, 0.0, NEVER),
    "aave_v3": (0.5, 0.95, 0.0, 0.0, NEVER),
    "aave_v3.3": (0.5, 0.95, 2000.0, 1000.0, NEVER),
    "full": (1.0, 0.0, 0.0, 0.0, NEVER),
    "restore": (1.0, 0.0, 0.0, 0.0, 1.05),
}
every = pytest.mark.parametrize("version", VERSIONS)

collaterals = st.floats(10.0, 1e6)
thresholds = st.floats(0.3, 0.97)
bonuses = st.floats(0.005, 0.2)
healths = st.floats(0.2, 0.999)


@pytest.fixture(autouse=True)
def _double() -> object:
    """Laws are checked where rounding does not hide them."""
    with jax.enable_x64(True):
        yield


@eqx.filter_jit
def _closing(rule: jax.Array, worth: jax.Array, members: jax.Array) -> Closing:
    row = jnp.ones((1, 1))
    accounts = Accounts(
        collateral=row,
        debt=row,
        weighted=row,
        repayable=row,
        keepers=row,
        members=members,
        market=jnp.zeros(1, jnp.int32),
        width=jnp.zeros(0),
    )
    weighted, collateral, repayable, debt = worth[:, None, None]
    values = Values(
        weighted=weighted, collateral=collateral, repayable=repayable, debt=debt
    )
    numbers = [rule[k : k + 1] for k in range(5)]
    return CloseFactor(*numbers).closing(accounts, values, members[:, None])


class Case:
    """One account of one token, and what its market's rule lets a keeper take."""

    def __init__(
        self,
        version: str,
        *,
        collateral: float,
        threshold: float,
        bonus: float,
        health: float,
        members: float = 1.0,
    ) -> None:
        self.collateral, self.bonus, self.threshold = collateral, bonus, threshold
        self.debt, self.health = threshold * collateral / health, health
        worth = (
            threshold * collateral,
            collateral,
            collateral / (1 + bonus),
            self.debt,
        )
        closing = _closing(
            jnp.array(VERSIONS[version]), jnp.array(worth), jnp.array([members])
        )
        self.seized = float(closing.seized[0, 0])
        self.repaid = float(closing.repaid[0, 0])

    @property
    def after(self) -> float:
        """Health factor afterwards."""
        kept, owed = 1 - self.seized, 1 - self.repaid
        weighted = jnp.array(self.threshold * self.collateral * kept)
        return float(health_factor(weighted, jnp.array(self.debt * owed)))


def cases(version: str) -> st.SearchStrategy[Case]:
    """Accounts below a health of one under a rule."""
    return st.builds(
        lambda c, t, b, h: Case(version, collateral=c, threshold=t, bonus=b, health=h),
        collaterals,
        thresholds,
        bonuses,
        healths,
    )


@every
@given(data=st.data())
def test_a_keeper_takes_no_more_than_there_is_and_gets_its_bonus(
    version: str, data: st.DataObject
) -> None:
    case = data.draw(cases(version))
    assert 0 <= case.seized <= 1
    assert 0 <= case.repaid <= 1
    taken, given_back = case.seized * case.collateral, case.repaid * case.debt
    assert np.isclose(taken, given_back * (1 + case.bonus), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("version", ["aave_v2", "aave_v3", "aave_v3.3", "restore"])
@given(
    collateral=st.floats(1e4, 1e6),
    threshold=thresholds,
    bonus=bonuses,
    health=st.floats(0.951, 0.999),
)
def test_liquidation_heals_iff_threshold_leaves_room_for_the_bonus(
    version: str, collateral: float, threshold: float, bonus: float, health: float
) -> None:
    case = Case(
        version, collateral=collateral, threshold=threshold, bonus=bonus, health=health
    )
    room = health - threshold * (1 + bonus)
    assume(abs(room) > 1e-6)
    assume(case.repaid < 1 - 1e-9 and case.seized < 1)
    assert np.sign(case.after - health) == np.sign(room)


@given(case=cases("aave_v2"))
def test_half_of_the_debt_is_repaid_unless_collateral_binds(case: Case) -> None:
    bound = 0.5 * case.debt * (1 + case.bonus) > case.collateral
    if bound:
        assert case.seized == 1
        assert case.repaid < 0.5
    else:
        assert case.repaid == 0.5


@given(case=cases("aave_v3"))
def test_all_may_be_repaid_once_health_is_low(case: Case) -> None:
    most = 1.0 if case.health <= 0.95 else 0.5
    assume(abs(case.health - 0.95) > 1e-9)
    bound = most * case.debt * (1 + case.bonus) > case.collateral
    assert case.seized == 1 if bound else case.repaid == most


@given(
    collateral=st.floats(10, 9000), health=healths, members=st.sampled_from([1.0, 3.0])
)
def test_small_accounts_close_fully_and_leave_no_dust(
    collateral: float, health: float, members: float
) -> None:
    case = Case(
        "aave_v3.3",
        collateral=collateral,
        threshold=0.8,
        bonus=0.05,
        health=health,
        members=members,
    )
    small = min(case.debt, collateral) / members < 2000
    if small and case.debt * 1.05 < collateral:
        assert case.repaid == 1
    left = (1 - case.seized) * collateral / members
    full = small or health <= 0.95
    assert full or left == 0 or left >= 1000 * (1 - 1e-12)


@given(
    collateral=collaterals, threshold=st.floats(0.3, 0.9), health=st.floats(0.9, 0.999)
)
def test_a_restoring_liquidation_ends_at_the_target_health(
    collateral: float, threshold: float, health: float
) -> None:
    case = Case(
        "restore", collateral=collateral, threshold=threshold, bonus=0.05, health=health
    )
    assume(case.repaid < 1 and case.seized < 1)
    assert np.isclose(case.after, 1.05, rtol=1e-9)


def test_a_restoring_liquidation_that_cannot_restore_repays_all_it_can() -> None:
    """A threshold of .97 with a bonus of .2: each dollar makes the account worse."""
    case = Case("restore", collateral=1e4, threshold=0.97, bonus=0.2, health=0.9)
    assert case.seized == 1


def test_an_account_without_collateral_or_debt_is_left_alone() -> None:
    rule, members = jnp.array(VERSIONS["aave_v3"]), jnp.ones(1)
    nothing_held = _closing(rule, jnp.array([0.0, 0.0, 0.0, 5.0]), members)
    assert nothing_held.repaid[0, 0] == 0
    nothing_owed = _closing(rule, jnp.array([8.0, 10.0, 9.0, 0.0]), members)
    assert nothing_owed.seized[0, 0] == 0
    assert health_factor(jnp.array(3.0), jnp.array(0.0)) == np.inf

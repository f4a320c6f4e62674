"""The shipped configs of contagion: their channels are at work, and more is worse."""

import numpy as np
import pytest

from jaxrisk.risk._variants import without_liquidations

from .contagion import CASES, Case, Lost, lost, scene


FALLS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
ROUNDING = 1e3
"""Of debts of up to a billion in float32, added up in another order [USD]."""
QUICK = "two_protocol_contagion"
CASES_IN_TURN = pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case, id=case.name, marks=() if case.name == QUICK else pytest.mark.slow
        )
        for case in CASES
    ],
)
"""One of them always, the others, half a minute each, with the slow tests."""


def with_channel(case: Case) -> Lost:
    """The config as it is."""
    return lost(case.name, (), case.shocked)


def without_channel(case: Case) -> Lost:
    """On the same draws."""
    return lost(case.name, case.without, case.shocked)


def of_market(case: Case, found: Lost) -> np.ndarray:
    """Bad debt of the market in which the channel is to be seen [path]."""
    return found.bad_debt[list(scene(case.name).config.markets).index(case.market)]


@CASES_IN_TURN
def test_a_channel_is_at_work(case: Case) -> None:
    """Without it, on the same draws, less is lost, and less often."""
    on = of_market(case, with_channel(case))
    off = of_market(case, without_channel(case))
    assert on.mean() > 1.5 * off.mean()
    assert np.mean(on > 0) > 1.2 * np.mean(off > 0)


def test_receipts_carry_a_loss_to_who_has_no_part_in_it() -> None:
    """Outer loses where core has, and core does not feel it."""
    case = CASES[0]
    assert case.name == "two_protocol_contagion"
    on, off = with_channel(case), without_channel(case)
    core, outer = on.bad_debt
    assert np.all(core[outer > off.bad_debt[1]] > 0)
    np.testing.assert_array_equal(core > 0, off.bad_debt[0] > 0)


@pytest.mark.slow
def test_a_run_locks_suppliers_in() -> None:
    """Some paths end with days without withdrawals; without a run none has a step."""
    case = next(one for one in CASES if one.name == "bank_run")
    frozen = np.asarray(with_channel(case).outcome.frozen).sum(axis=0)
    assert np.mean(frozen > 24) > 0.01
    assert without_channel(case).outcome.frozen.size == 0


@CASES_IN_TURN
def test_bad_debt_does_not_fall_when_a_last_shock_grows(case: Case) -> None:
    """On no path, with everything on, where it is the last thing that happens."""
    last = scene(case.name).config.steps - 1
    found = np.array(
        [
            lost(case.name, (), case.shocked, fall, last).bad_debt.sum(axis=0)
            for fall in FALLS
        ]
    )
    np.testing.assert_array_less(found[:-1], found[1:] + ROUNDING)
    assert found[-1].mean() > 1.5 * found[0].mean()


@CASES_IN_TURN
def test_bad_debt_does_not_fall_when_a_first_shock_grows_and_nobody_reacts(
    case: Case,
) -> None:
    """On no path: without liquidations, redemptions, or loops that are left.

    With them it may fall, and in all six of these configs it does on some paths: who is
    liquidated, redeems or unwinds early is not there when worse comes.
    """
    at = scene(case.name, case.without)
    found = np.array(
        [
            at.lost(without_liquidations(at.shocked(case.shocked, fall))).bad_debt.sum(
                axis=0
            )
            for fall in FALLS
        ]
    )
    np.testing.assert_array_less(found[:-1], found[1:] + ROUNDING)
    assert found[-1].mean() > 1.5 * found[0].mean()


@CASES_IN_TURN
def test_a_first_shock_of_half_costs_more_than_none(case: Case) -> None:
    """With everything on, on average: that much is left of the law."""
    none = with_channel(case).bad_debt.sum(axis=0)
    half = lost(case.name, (), case.shocked, FALLS[-1]).bad_debt.sum(axis=0)
    change = half - none
    assert change.mean() > 3 * change.std() / np.sqrt(change.size)

"""V14: what one liquidation does, by hand and by the package's rules."""

from collections.abc import Callable, Iterator

import jax
import jax.numpy as jnp
import numpy as np

from ..engine import System, record
from ..process import AssetModel
from ..venue import ConstantProductVenue
from ._closed_forms import YEAR, restoring_repayment
from ._position import (
    AAVE_V2,
    FLOAT64,
    Liquidated,
    Rules,
    liquidate_once,
    single_market_book,
)
from ._row import Check
from ._scene import Scene


DEBT, COLLATERAL = 110_000.0, 136_000.0  # [USD]
THRESHOLD, BONUS = 0.8, 0.05
POOL = 5e6  # quote reserve [USD]
BISECTION = "found by bisection on the sign of the change of health"


def liquidation_algebra() -> Iterator[Check]:
    """Health-restoring repayment, close factor, and where a liquidation hurts.

    Source: Qin, Zhou, Livshits and Gervais (2021), An empirical study of DeFi
    liquidations: incentives, risks, and instabilities.
    """
    with jax.enable_x64(True):
        yield from _restoring()
        yield from _close_factor()
        yield from _two_steps()
        yield _toxic_frontier()
        yield _toxic_frontier_with_pool()


def _liquidate(debt: float, collateral: float, rules: Rules) -> Liquidated:
    return liquidate_once(
        collateral, debt, threshold=THRESHOLD, bonus=BONUS, rules=rules
    )


def _restoring() -> Iterator[Check]:
    formula = restoring_repayment(DEBT, COLLATERAL, threshold=THRESHOLD, bonus=BONUS)
    yield Check("closed form: restoring repayment [USD]", 7500.0, formula, 1e-6)
    after = _liquidate(DEBT, COLLATERAL, Rules(1.0, target_health=1.0))
    yield Check("restoring repayment [USD]", 7500.0, after.repaid, 1e-6)
    yield Check("health after restoring repayment", 1.0, after.health, 1e-9)


def _close_factor() -> Iterator[Check]:
    after = _liquidate(DEBT, COLLATERAL, AAVE_V2)
    health = THRESHOLD * (COLLATERAL - 57_750) / (DEBT - 55_000)
    yield Check("closed form: health after", 1.13818, health, 5e-6)
    yield Check("repaid at close factor 50 % [USD]", 55_000.0, after.repaid, 1e-6)
    yield Check("seized [USD]", 57_750.0, after.seized, 1e-6)
    yield Check("keeper's profit [USD]", 2750.0, after.seized - after.repaid, 1e-6)
    yield Check("health after", health, after.health, 1e-9)


def _two_steps() -> Iterator[Check]:
    # A hair short of health 1: the second liquidation still has to be allowed.
    first = _liquidate(DEBT, COLLATERAL, Rules(1.0, target_health=1 - 1e-12))
    second = _liquidate(first.debt, first.collateral, AAVE_V2)
    profit = sum(step.seized - step.repaid for step in (first, second))
    formula = BONUS * (7500 + (DEBT - 7500) / 2)
    yield Check("closed form: profit in two steps [USD]", 2937.5, formula, 1e-9)
    yield Check("profit in two steps [USD]", 2937.5, profit, 1e-3)


def _toxic_frontier() -> Check:
    """Loan-to-value above which a liquidation at a fixed price lowers health."""

    def gain(loan_to_value: float) -> float:
        after = _liquidate(loan_to_value * COLLATERAL, COLLATERAL, AAVE_V2)
        return after.health - after.health_before

    frontier = _frontier(gain, 0.85, 0.99)
    expected = 1 / (1 + BONUS)
    return Check(
        "toxic frontier at a fixed price [ratio]",
        expected,
        frontier,
        1e-9,
        note=BISECTION,
    )


def _toxic_frontier_with_pool() -> Check:
    """The same, when what is seized is sold to a constant product pool, by the engine.

    The pool's price falls by 2/y per USD sold, which marks down the whole collateral c:
    for the first dollar repaid, health rises if and only if the loan-to-value is below
    1/((1+b)(1+2c/y)).
    """

    def gain(loan_to_value: float) -> float:
        debt = loan_to_value * COLLATERAL
        after = record(_dumping(debt), seed=0, paths=np.arange(1))
        price = after.info.price[-1, 0, 0]
        return (after.kept[0, 0] * price / after.owed[0, 0]).item() - 1

    frontier = _frontier(gain, 0.82, 0.94)
    expected = 1 / ((1 + BONUS) * (1 + 2 * COLLATERAL / POOL))
    return Check(
        "toxic frontier with a pool [ratio]", expected, frontier, 1e-6, note=BISECTION
    )


def _frontier(gain: Callable[[float], float], low: float, high: float) -> float:
    """Where a gain, positive at `low`, turns negative."""
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if gain(middle) > 0 else (low, middle)
    return (low + high) / 2


def _dumping(debt: float) -> System:
    """One step at still prices: a millionth of the debt is closed, its seizure sold."""
    return Scene(
        asset=AssetModel(price=1.0, volatility=0.0),
        book=single_market_book(np.array([COLLATERAL]), np.array([[debt]])),
        steps=1,
        dt=1 / YEAR,
        threshold=THRESHOLD,
        bonus=BONUS,
        rules=Rules(1e-6),
        venue=ConstantProductVenue(
            quote_reserve=jnp.array([POOL]),
            initial_price=jnp.array([1.0]),
            fee=jnp.array([0.0]),
        ),
    ).build(FLOAT64)

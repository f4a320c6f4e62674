"""The market as a sampler: its numbers are those of runs, sweeps and sensitivities."""

from pathlib import Path

import numpy as np
import pytest

import jaxrisk
from jaxrisk.config import Config, load_book, supplied_tokens
from jaxrisk.engine import simulate
from jaxrisk.optimize._market import Market, responded
from jaxrisk.optimize._pose import Posed, pose
from jaxrisk.optimize._result import table
from jaxrisk.optimize._run import optimize
from jaxrisk.optimize._several import Several
from jaxrisk.optimize._static import has_factors, without_factors
from jaxrisk.optimize._terms import stated_terms
from jaxrisk.run import prepare
from jaxrisk.sweep._models import capital_efficiency


CONFIGS = Path(__file__).resolve().parents[2] / "configs"
RESERVE = "markets.aave_v3.reserves.WETH"
SEED, PATHS = 3, 128


def _config(*changes: str) -> Config:
    # As in tests/cli/test_optimize.py: one compilation for both files.
    base = (
        "horizon_days=0.5",
        "assets.WETH.jumps.intensity=150",
        "optimize.first_paths=128",
    )
    return jaxrisk.load(CONFIGS / "optimize_small.yaml", [*base, *changes])


@pytest.fixture(scope="module")
def posed() -> Posed:
    return pose(prepare(_config()))


def test_losses_are_those_of_a_run(posed: Posed) -> None:
    system = prepare(_config()).system
    parts = list(simulate(system, paths=PATHS, seed=SEED))
    lost = np.concatenate([(x.realized + x.unrealized).sum(axis=0) for x in parts])
    repaid = np.concatenate([x.repaid.sum(axis=0) for x in parts])
    now = posed.problem.domain.now[None]
    rows = posed.market.drawn(now, paths=PATHS, seed=SEED)
    np.testing.assert_allclose(rows["bad_debt"][0], lost, rtol=1e-6)
    np.testing.assert_allclose(rows["liquidated"][0], repaid, rtol=1e-6)
    assert lost.max() > 0


def test_capital_efficiency_is_that_of_a_sweep(posed: Posed) -> None:
    point = posed.problem.domain.nearest(np.array([0.82, 0.85, 0.05]))
    model = prepare(_config())
    config = posed.market.config(point)
    assert config.markets["aave_v3"].reserves["WETH"].loan_to_value == point[0]
    expected = capital_efficiency(config, model.book, model.axes)[0]
    found = posed.market.stated(point[None])["capital_efficiency"]
    assert found == pytest.approx(expected)


def test_a_fixed_book_keeps_its_debt_and_an_elastic_one_follows(posed: Posed) -> None:
    before = _config()
    point = posed.problem.domain.now + np.array([0.0161, 0.0161, 0.0])
    after, book = posed.market.config(point), load_book(before)
    assert responded(book, before, after, 0.0) is book
    up = (0.805 + 0.0161) / 0.805
    for elasticity in (0.5, 1.0, 2.0):
        answered = responded(book, before, after, elasticity)
        np.testing.assert_allclose(answered.debt, book.debt * up**elasticity)
        np.testing.assert_array_equal(answered.collateral, book.collateral)


def test_interest_is_the_reserve_factor_of_the_curve() -> None:
    curve = "{kink: 0.8, slope_below: 0.08, slope_above: 0.6}"
    usdc = "markets.aave_v3.reserves.USDC"
    config = _config(
        f"{usdc}.rates={curve}", f"{usdc}.reserve_factor=0.1", f"{usdc}.supplied=50e6"
    )
    book = load_book(config)
    terms = stated_terms(config, book, supplied_tokens(config, book))
    owed = book.debt.sum()
    used = owed / 50e6
    rate = 0.08 + 0.6 * (used - 0.8) / 0.2
    assert used > 0.8
    assert terms["interest"] == pytest.approx(owed * rate * 0.1 * 0.5 / 365)
    assert terms["borrowed"] == pytest.approx(owed)


@pytest.mark.slow
def test_slopes_are_those_of_sensitivities() -> None:
    config = _config(
        "optimize.elasticity=0.0",
        f"optimize.parameters={{{RESERVE}.liquidation_threshold: {{}}}}",
        "optimize.limits={liquidated: 1e8}",
    )
    problem = pose(prepare(config)).problem
    _, slopes = problem.read_with_slopes(
        problem.domain.now, paths=2048, seed=SEED, drawn=True
    )
    found = jaxrisk.sensitivities(
        config,
        of=["liquidated"],
        wrt=[f"{RESERVE}.liquidation_threshold"],
        method="bump",
        width=0.005,
        paths=2048,
        seed=SEED,
    )
    error = np.hypot(slopes.error[1, 0], found.derivative_se.item())
    assert slopes.value[1, 0] == pytest.approx(found.derivative.item(), abs=3 * error)
    assert abs(slopes.value[1, 0]) > 3 * slopes.error[1, 0]


@pytest.mark.slow
def test_a_limit_of_the_worst_market_is_one_of_each() -> None:
    config = _config("optimize.robust=[volatility_2x]", "optimize.limits={mean: 1e6}")
    problem = pose(prepare(config)).problem
    assert isinstance(problem.sampler, Several)
    assert [limit.measure.name for limit in problem.limits] == [
        "mean",
        "mean@volatility_2x",
    ]
    (reading,) = problem.read(problem.domain.now[None], paths=PATHS, seed=SEED)
    assert reading.value[2] > reading.value[1] > 0


def test_parameters_may_be_named_by_field() -> None:
    config = _config("optimize.parameters={liquidation_threshold: {}}")
    domain = pose(prepare(config)).problem.domain
    assert domain.names == (
        f"{RESERVE}.liquidation_threshold",
        "markets.aave_v3.reserves.USDC.liquidation_threshold",
    )
    # The loan-to-value stays: the threshold keeps its buffer above it.
    np.testing.assert_allclose(domain.low, [0.825, 0.79])
    np.testing.assert_allclose(domain.high, [0.87, 0.84])
    assert isinstance(pose(prepare(config)).market, Market)


FACTORS = "policy={factors: {markets: {aave_v3: {WETH: {base: 0.97, floor: 0.9}}}}}"
MOVING = "policy.factors.markets.aave_v3.WETH.base"


def test_limits_that_stay_replace_factors_that_move() -> None:
    config = _config(
        FACTORS,
        "optimize.maximize={mean_capital_efficiency: 1.0}",
        f"optimize.parameters={{{MOVING}: {{most_change: 0.05}}}}",
        "optimize.limits={liquidated: 1e8}",
    )
    other = without_factors(config)
    assert not has_factors(other)
    assert other.optimize is not None
    assert list(other.optimize.parameters) == [
        f"{RESERVE}.loan_to_value",
        f"{RESERVE}.liquidation_threshold",
    ]
    assert list(other.optimize.maximize) == ["capital_efficiency"]
    domain = pose(prepare(other)).problem.domain
    assert len(domain.orderings) == 1


@pytest.mark.slow
def test_a_factor_that_never_moves_gains_nothing_over_limits_that_stay() -> None:
    config = _config(
        FACTORS,
        "optimize.maximize={mean_capital_efficiency: 1.0}",
        f"optimize.parameters={{{MOVING}: {{most_change: 0.05}}}}",
        "optimize.limits={liquidated: 1e8}",
        "optimize.compare_static=true",
        "optimize.stress=[]",
        "optimize.paths=512",
        "optimize.fresh_paths=512",
    )
    found = optimize(prepare(config))
    # Without a binding limit the best factor is its cap, one.
    assert found.solution.best.point == pytest.approx(1.0, abs=1e-6)
    (static,) = found.static
    assert static.gain[0] <= 1e-6
    assert "Factors that move gain" in table(found)

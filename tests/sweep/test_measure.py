"""What is kept of a setting: the estimates of a run, and paired differences."""

import numpy as np
import pytest
from scipy import stats

from jaxrisk.config import Config, Variants, build_system, load
from jaxrisk.engine import simulate
from jaxrisk.risk import Moments, expected_shortfall
from jaxrisk.risk._ranks import Ranks
from jaxrisk.run import prepare
from jaxrisk.run import simulate as run
from jaxrisk.run._model import axes_of
from jaxrisk.sweep._measure import Measured, compared, measured
from jaxrisk.sweep._models import capital_efficiency

from .designs import CONFIGS, LIMIT, THRESHOLD


PATHS = 2000
CHANGES = (
    "horizon_days=0.125",
    "assets.WETH.volatility=9.0",
    "run.levels=[0.9, 0.95]",
    "keeper.tiers=1",
    "engine.rounds=1",
)


def _measured(config: Config) -> Measured:
    system = build_system(config, prepare(config).book)
    parts = list(simulate(system, paths=PATHS, seed=1))
    outcome = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=-1)
        for name in vars(parts[0])
    }
    return measured(config, axes_of(config), outcome)


@pytest.fixture(scope="module")
def config() -> Config:
    return load(CONFIGS / "minimal.yaml", CHANGES)


@pytest.fixture(scope="module")
def base(config: Config) -> Measured:
    return _measured(config)


@pytest.fixture(scope="module")
def higher(config: Config) -> Measured:
    return _measured(Variants(config)({THRESHOLD: 0.86}))


def test_estimates_are_those_of_a_run(config: Config, base: Measured) -> None:
    dataset = run(config, paths=PATHS, seed=1).to_xarray()
    assert {"bad_debt_es", "liquidations_at_risk_se", "time_to_first_deficit"} <= set(
        base.entries
    )
    for name, values in base.entries.items():
        np.testing.assert_array_equal(values, dataset[name].values, err_msg=name)


def test_a_setting_that_changes_nothing_differs_by_nothing(base: Measured) -> None:
    for name, values in compared(base, base).items():
        np.testing.assert_array_equal(values, 0, err_msg=name)


def test_errors_of_differences_are_those_of_the_paths_differences(
    base: Measured, higher: Measured
) -> None:
    found = compared(higher, base)
    gap = Moments.of(higher.rows["bad_debt"] - base.rows["bad_debt"]).estimate()
    np.testing.assert_allclose(found["bad_debt_mean_difference"], gap.value)
    np.testing.assert_allclose(found["bad_debt_mean_difference_se"], gap.standard_error)
    shortfalls = [
        expected_shortfall(Ranks.of(each.rows["liquidated"][0]), 0.95).value
        for each in (higher, base)
    ]
    assert found["liquidated_es_difference"][0, 1] == pytest.approx(
        shortfalls[0] - shortfalls[1]
    )
    alone = np.hypot(
        higher.entries["liquidated_mean_se"], base.entries["liquidated_mean_se"]
    )
    assert (found["liquidated_mean_difference_se"] < 0.9 * alone).all()


def test_errors_of_tail_differences_are_right_over_repeated_samples(
    config: Config,
) -> None:
    # Fails for a right formula about once in 10,000 seeds: 200 samples put the ratio of
    # standard deviations within 0.05 of one (se), and the quantile's error is itself
    # an estimate from few order statistics.
    generator = np.random.default_rng(5)
    found = []
    axes = axes_of(config)
    for _ in range(200):
        common = generator.exponential(size=1000)
        pair = []
        for weight in (0.8, 1.0):
            losses = weight * common + 0.2 * generator.exponential(size=1000)
            ranks = {
                "rows": {"bad_debt": losses[None], "liquidated": losses[None]},
                "valid": np.ones(1000, bool),
            }
            entries = _tails(losses)
            pair.append(Measured(axes=axes, levels=(0.9,), entries=entries, **ranks))
        more = compared(*pair)
        found.append(
            [
                more[f"{name}_difference{kind}"][0, 0]
                for name in ("bad_debt_var", "bad_debt_es")
                for kind in ("", "_se")
            ]
        )
    var, var_se, es, es_se = np.array(found).T
    for value, error in ((var, var_se), (es, es_se)):
        assert 0.8 < error.mean() / value.std(ddof=1) < 1.25
        assert stats.variation(error) < 0.3


def _tails(losses: np.ndarray) -> dict[str, np.ndarray]:
    from jaxrisk.risk import LossTally

    tally = LossTally(1, levels=[0.9])
    tally.push(losses[None])
    at_risk, shortfall = tally.value_at_risk(), tally.expected_shortfall()
    often = tally.probability()
    entries = {}
    for loss, risk in (
        ("bad_debt", "bad_debt_var"),
        ("liquidated", "liquidations_at_risk"),
    ):
        entries |= at_risk.variables(risk)
        entries |= shortfall.variables(f"{loss}_es")
        entries |= often.variables(f"{loss}_probability")
    return entries


def test_capital_efficiency_is_what_a_dollar_of_collateral_may_borrow(
    config: Config,
) -> None:
    model = prepare(config)
    found = capital_efficiency(config, model.book, model.axes)
    weth, usdc = model.book.collateral.sum(axis=0) * [2000.0, 1.0]
    assert found[0] == pytest.approx((0.805 * weth + 0.77 * usdc) / (weth + usdc))
    lower = Variants(config)({LIMIT: 0.5})
    assert capital_efficiency(lower, model.book, model.axes)[1] < found[1]

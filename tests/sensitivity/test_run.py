"""Sensitivities of a small config: against other bumps, zeros, errors."""

import functools
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import jaxrisk
from jaxrisk.config import Config, ConfigError, parameters, shifted
from jaxrisk.output import OutputError
from jaxrisk.sensitivity import save, sensitivities, table


MINIMAL = str(Path(__file__).resolve().parents[2] / "configs" / "minimal.yaml")
# Two days in which ETH moves enough for bad debt on every third path.
WILD = (
    "horizon_days=2",
    "assets.WETH.volatility=4",
    "venues.WETH.depth_usd=5e6",
    "run.paths=1024",
)
WETH = "markets.aave_v3.reserves.WETH"
THRESHOLD = f"{WETH}.liquidation_threshold"


@functools.cache
def config(*more: str) -> Config:
    return jaxrisk.load(MINIMAL, [*WILD, *more])


@functools.cache
def found() -> xr.Dataset:
    names = [THRESHOLD, f"{WETH}.loan_to_value", "venues.WETH.depth_usd"]
    return sensitivities(config(), wrt=names, width=0.02, method="bump")


def at(name: str, measure: str, entry: str = "derivative") -> float:
    return float(found()[entry].sel(parameter=name, measure=measure))


def test_the_value_is_that_of_a_run() -> None:
    run = jaxrisk.simulate(config()).to_xarray()
    assert float(run.bad_debt_mean[0]) > 1e4
    for measure, name in (("mean", "bad_debt_mean"), ("liquidated", "liquidated_mean")):
        assert float(found().value.sel(measure=measure)) == pytest.approx(
            float(run[name][0])
        )
        assert float(found().value_se.sel(measure=measure)) == pytest.approx(
            float(run[f"{name}_se"][0]), rel=1e-3
        )
    es = run.bad_debt_es.sel(level=0.99)[0]
    assert float(found().value.sel(measure="es99")) == pytest.approx(float(es))


@pytest.mark.parametrize("measure", ["mean", "liquidated"])
def test_an_independent_bump_of_the_whole_run_agrees(measure: str) -> None:
    """Other seed, one width: within three standard errors of both."""
    ends = []
    for value in (0.81, 0.85):
        run = jaxrisk.simulate(config(f"{THRESHOLD}={value}"), paths=8192, seed=77)
        name = {"mean": "bad_debt_mean", "liquidated": "liquidated_mean"}[measure]
        data = run.to_xarray()
        ends.append((float(data[name][0]), float(data[f"{name}_se"][0])))
    slope = (ends[1][0] - ends[0][0]) / 0.04
    error = np.hypot(ends[0][1], ends[1][1]) / 0.04
    mine = at(THRESHOLD, measure)
    assert abs(slope - mine) < 3 * np.hypot(
        error, at(THRESHOLD, measure, "derivative_se")
    )
    assert at(THRESHOLD, measure, "changed_paths") > 300


def test_a_limit_on_new_loans_does_nothing_to_a_fixed_book() -> None:
    for measure in found().measure.values:
        assert at(f"{WETH}.loan_to_value", measure) == 0
        assert at(f"{WETH}.loan_to_value", measure, "derivative_se") == 0


def test_borrowers_who_relever_lose_more_under_higher_limits() -> None:
    again = sensitivities(
        config(),
        of=["mean"],
        wrt=[f"{WETH}.loan_to_value"],
        book="relevered",
        method="bump",
    )
    slope = float(again.derivative[0, 0])
    assert slope > 5 * float(again.derivative_se[0, 0]) > 0


def test_deeper_venues_lose_less_and_a_rerun_is_equal_to_the_last_bit() -> None:
    assert at("venues.WETH.depth_usd", "mean") < 0
    again = sensitivities(config(), wrt=[THRESHOLD], width=0.02, method="bump")
    assert np.array_equal(again.derivative, found().derivative[:, :1])
    assert np.array_equal(again.derivative_se, found().derivative_se[:, :1])


def test_effects_are_for_a_percentage_point_or_a_percent() -> None:
    assert at(THRESHOLD, "mean", "effect") == 0.01 * at(THRESHOLD, "mean")
    assert found().quoted_step.values.tolist() == ["+1 pp", "+1 pp", "+1 %"]


def test_cross_derivatives_are_symmetric_and_have_errors() -> None:
    names = ["all:volatility", THRESHOLD]
    both = sensitivities(config(), of=["mean"], wrt=names, pairs=2, method="bump")
    cross = both.cross_effect.sel(measure="mean").values
    assert np.isnan(np.diag(cross)).all()
    assert cross[0, 1] == cross[1, 0] != 0
    assert both.cross_effect_se.values[0, 0, 1] > 0


def test_the_table_says_what_a_risk_officer_reads() -> None:
    text = table(found())
    assert "+1 pp of aave_v3.WETH.liquidation_threshold  " in text
    assert "se apart" in text
    assert "1,024 paths, seed 1, book fixed" in text
    assert "aave_v3.WETH.loan_to_value          no effect: " in text


def test_a_store_opens_again_and_is_not_written_over(tmp_path: Path) -> None:
    save(found(), tmp_path / "mine.zarr")
    read = xr.open_zarr(tmp_path / "mine.zarr", consolidated=False).load()
    assert np.array_equal(read.effect, found().effect)
    assert read.parameter.values.tolist() == found().parameter.values.tolist()
    assert [file.name for file in tmp_path.iterdir()] == ["mine.zarr"]
    with pytest.raises(OutputError, match="is there already"):
        save(found(), tmp_path / "mine.zarr")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rounds", "whole number, and has no derivative"),
        ("engine.rounds", "whole number, and has no derivative"),
        ("horizon_days", "sets how the engine computes"),
        ("liquidation_treshold", "did you mean liquidation_threshold"),
    ],
)
def test_what_can_have_no_derivative_is_refused(name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parameters(config(), name)


def test_a_family_is_one_parameter_for_each_and_all_is_one_for_all() -> None:
    each = parameters(config(), "liquidation_threshold")
    assert [one.values for one in each] == [(0.83,), (0.8,)]
    (both,) = parameters(config(), "all:liquidation_threshold")
    after = shifted(config(), both, 0.01).markets["aave_v3"].reserves
    assert after["WETH"].liquidation_threshold == pytest.approx(0.84)
    assert after["USDC"].liquidation_threshold == pytest.approx(0.81)
    assert config().markets["aave_v3"].reserves["WETH"].liquidation_threshold == 0.83


def test_times_are_shifted_by_whole_steps() -> None:
    (delay,) = parameters(
        config("oracle={kind: delayed, delay_seconds: 7200}"), "delay_seconds"
    )
    assert delay.quoted_name == "+1 step"
    assert delay.sizes == (3600.0,)


@pytest.mark.slow
def test_errors_are_calibrated() -> None:
    """Z-scores of 100 seeds: mean within .3 of zero, spread .8 to 1.25.

    The truth has 200 times the paths of a seed, as its own error is in all of them.
    164 paths are in the tail: with fewer the error of a shortfall is skewed.
    """
    wild = config("horizon_days=1", "step_minutes=120")
    names = [THRESHOLD, "assets.WETH.volatility"]

    def found(paths: int, seeds: range) -> tuple[np.ndarray, np.ndarray]:
        each = [
            sensitivities(wild, wrt=names, paths=paths, seed=seed, method="bump")
            for seed in seeds
        ]
        return (
            np.stack([one.derivative.values for one in each]),
            np.stack([one.derivative_se.values for one in each]),
        )

    truths, own = found(819_200, range(999, 1003))
    values, errors = found(16_384, range(100))
    truth, error = truths.mean(axis=0), np.sqrt((own**2).sum(axis=0)) / len(own)
    scores = (values - truth) / np.hypot(errors, error)
    mean, spread = scores.mean(axis=0), scores.std(axis=0, ddof=1)
    assert (np.abs(mean) < 0.3).all(), mean
    assert ((spread > 0.8) & (spread < 1.25)).all(), spread

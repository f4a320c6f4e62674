"""Slopes of paths: their audit, what they are good for, and where there are none."""

import functools
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import jaxrisk
from jaxrisk.config import Config, ConfigError
from jaxrisk.run import prepare
from jaxrisk.sensitivity import sensitivities
from jaxrisk.sensitivity._control import BlockMeans, Verdict, judge
from jaxrisk.sensitivity._gain import cascade_gain


MINIMAL = str(Path(__file__).resolve().parents[2] / "configs" / "minimal.yaml")
WILD = ("horizon_days=2", "assets.WETH.volatility=4", "venues.WETH.depth_usd=5e6")
WETH = "markets.aave_v3.reserves.WETH"
THRESHOLD = f"{WETH}.liquidation_threshold"
METHODS = {"bump", "extrapolated", "controlled", "pathwise", "none"}
ASKED = (THRESHOLD, f"{WETH}.loan_to_value", "venues.WETH.depth_usd")


def config(*more: str) -> Config:
    return jaxrisk.load(MINIMAL, [*WILD, *more])


@functools.cache
def found(method: str) -> xr.Dataset:
    of = ["mean", "es99", "liquidated"]
    return sensitivities(config(), of=of, wrt=ASKED, paths=2048, method=method)  # type: ignore[arg-type]


@pytest.mark.slow
def test_what_is_reported_agrees_with_bumps_on_other_draws() -> None:
    other = sensitivities(
        config(),
        wrt=ASKED,
        of=["mean", "liquidated"],
        paths=8192,
        seed=5,
        method="bump",
    )
    mine = found("auto").sel(measure=["mean", "liquidated"])
    error = np.hypot(mine.derivative_se, other.derivative_se).values
    gap = np.abs(mine.derivative - other.derivative).values
    moved = [0, 2]
    assert (gap[:, moved] < 3 * error[:, moved]).all()
    assert (error[:, moved] > 0).all()


@pytest.mark.slow
def test_slopes_are_audited_on_the_same_paths() -> None:
    """Of the depth: an account is a switch, what a sale moves is not."""
    here = found("auto").sel(measure="mean", parameter="venues.WETH.depth_usd")
    assert abs(float(here.slope)) > 3 * float(here.slope_se) > 0
    assert abs(float(here.audit)) < abs(float(here.slope))
    assert float(here.audit_se) > 0
    assert set(found("auto").method.values.ravel()) <= METHODS


def test_pathwise_alone_reports_the_slopes_with_their_audit() -> None:
    here = found("pathwise").sel(parameter=THRESHOLD)
    assert here.method.values.tolist() == ["pathwise"] * 3
    assert np.array_equal(here.derivative, here.slope)
    assert np.isfinite(here.audit).all()


def test_what_does_nothing_has_a_slope_of_exactly_zero() -> None:
    here = found("auto").sel(parameter=f"{WETH}.loan_to_value")
    assert (here.derivative == 0).all()
    assert (here.derivative_se == 0).all()


@pytest.mark.parametrize(
    ("of", "wrt", "change", "words"),
    [
        ("probability", THRESHOLD, "", "an indicator has no slope"),
        (
            "mean",
            "delay_seconds",
            "oracle={kind: delayed, delay_seconds: 7200}",
            "it works in whole steps",
        ),
        (
            "mean",
            "deviation",
            "oracle={kind: heartbeat, deviation: 0.01, heartbeat_seconds: 7200}",
            "only decides when an oracle publishes",
        ),
    ],
)
def test_what_has_no_slope_is_refused_with_the_reason(
    of: str, wrt: str, change: str, words: str
) -> None:
    settings = [change] if change else []
    with pytest.raises(ConfigError, match=words):
        sensitivities(
            config(*settings), of=[of], wrt=[wrt], method="pathwise", paths=64
        )


CHANCE = np.random.default_rng(0)
SLOPES = CHANCE.normal(5, 1, 400)
NOISE = CHANCE.normal(0, 1, 100)


def judged(bump: np.ndarray, *, changed: int = 1000) -> Verdict:
    return judge(
        bump[None],
        SLOPES[None],
        bias=np.zeros(1),
        alone=np.array([1 / np.sqrt(400)]),
        changed=np.array([changed]),
        settle=False,
    )


def test_slopes_that_agree_are_taken_for_themselves() -> None:
    verdict = judged(SLOPES[:100] + 0.1 * NOISE)
    assert verdict.method.tolist() == ["pathwise"]
    assert verdict.value[0] == pytest.approx(SLOPES.mean())
    assert verdict.standard_error[0] == pytest.approx(SLOPES.std(ddof=1) / 20)


def test_slopes_that_miss_jumps_still_cut_the_error() -> None:
    """Bumps of twice the slope and a little noise: regression finds the two."""
    verdict = judged(2 * SLOPES[:100] + 0.1 * NOISE)
    assert verdict.method.tolist() == ["controlled"]
    assert verdict.value[0] == pytest.approx(2 * SLOPES.mean(), abs=0.05)
    assert verdict.standard_error[0] < 2.1 * SLOPES.std(ddof=1) / 20


def test_slopes_of_nothing_or_of_few_paths_are_not_used() -> None:
    assert not judged(5 * NOISE).settled[0]
    assert not judged(SLOPES[:100] + 0.1 * NOISE, changed=29).settled[0]
    assert np.isinf(judged(SLOPES[:100], changed=29).standard_error[0])


def test_the_error_of_a_controlled_bump_is_calibrated() -> None:
    chance, scores = np.random.default_rng(1), []
    for _ in range(400):
        slopes = chance.normal(1, 1, 200)
        bump = 2 * slopes[:50] + chance.normal(1, 0.3, 50)
        verdict = judge(
            bump[None],
            slopes[None],
            bias=np.zeros(1),
            alone=np.ones(1),
            changed=np.array([99]),
            settle=False,
        )
        scores.append((verdict.value[0] - 3) / verdict.standard_error[0])
    assert abs(np.mean(scores)) < 0.2
    assert 0.9 < np.std(scores) < 1.1


def test_block_means_do_not_depend_on_the_pieces() -> None:
    values, valid = CHANCE.normal(size=(2, 1000)), CHANCE.random(1000) > 0.1
    one, pieces = BlockMeans(2), BlockMeans(2)
    one.push(values, valid)
    for part in np.split(np.arange(1000), [3, 200, 777]):
        pieces.push(values[:, part], valid[part])
    assert one.means().shape == (2, 7)
    assert np.allclose(one.means(), pieces.means(), rtol=1e-14)


def test_the_gain_falls_with_depth() -> None:
    """Linear impact: forced sales are the same, what they do is not."""
    gains = [
        cascade_gain(prepare(config(f"venues.WETH.depth_usd={depth}")).system)
        for depth in (1e6, 4e6)
    ]
    assert gains[0][0] > gains[1][0] > 0

"""The page of plots: written as asked, and its lines lie on the dots in numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import (
    Calibration,
    Chosen,
    Panel,
    draw,
    fit_correlation,
    fit_merton,
    fit_student_t,
    fit_volatility,
)
from jaxrisk.calibrate._simulated import simulated_returns

from . import _simulate
from .markets import CALM, engine_market


STARTS = {".pdf": b"%PDF", ".png": b"\x89PNG", ".svg": b"<?xml"}
CHANCES = np.array([0.001, 0.01, 0.1, 0.9, 0.99, 0.999])


def chosen_of(steps: Panel) -> Chosen:
    several = len(steps.assets) > 1
    return Chosen(
        volatility={name: fit_volatility(steps, name) for name in steps.assets},
        correlation=fit_correlation(steps) if several else None,
        shocks=fit_student_t(steps),
        regimes=None,
        jumps=None,
        pegs={},
        depths={},
    )


@pytest.fixture(scope="module")
def steps() -> Panel:
    """Steps of a path of the engine with fat tails."""
    return engine_market(paths=1, steps=6_000, degrees=4.0, seed=8)[0].of("A", "B")


@pytest.fixture(scope="module")
def calibration(steps: Panel) -> Calibration:
    return Calibration((), (), chosen_of(steps), steps)


@pytest.mark.parametrize("suffix", STARTS)
def test_a_page_is_written_in_every_format(
    calibration: Calibration, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"page{suffix}"
    draw(calibration, path)
    assert path.read_bytes().startswith(STARTS[suffix])
    assert 5_000 < path.stat().st_size < 500_000


def test_a_page_of_one_asset_or_none_is_written(
    calibration: Calibration, steps: Panel, tmp_path: Path
) -> None:
    alone = steps.of("A")
    draw(replace(calibration, chosen=chosen_of(alone), steps=alone), tmp_path / "a.png")
    draw(replace(calibration, steps=None), tmp_path / "b.png")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_page_of_a_price_that_stands_still_at_times_is_written(
    calibration: Calibration, steps: Panel, tmp_path: Path
) -> None:
    returns = steps.returns.copy()
    returns[0, ::2] = 0.0
    returns[0, 1::4] = np.nan
    draw(
        replace(calibration, steps=replace(steps, returns=returns)), tmp_path / "a.svg"
    )
    assert (tmp_path / "a.svg").exists()


def misses(observed: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """How far quantiles of either tail are apart [log]."""
    seen, law = np.quantile(observed, CHANCES), np.quantile(fitted, CHANCES)
    return np.abs(np.log(law / seen))


def test_tails_of_the_fitted_law_are_those_of_the_prices(
    calibration: Calibration, steps: Panel
) -> None:
    chosen = calibration.chosen
    fitted = simulated_returns(chosen, steps, count=200_000)
    for place in range(2):
        found = misses(steps.returns[place], fitted[place])
        # Six returns lie beyond the outer quantiles: 40 % of an error there.
        assert found[[1, 2, 3, 4]].max() < 0.12
        assert found[[0, 5]].max() < 0.4
    assert np.corrcoef(fitted)[0, 1] == pytest.approx(CALM[0, 1], abs=0.03)
    normal = simulated_returns(replace(chosen, shocks=None), steps, count=200_000)
    assert misses(steps.returns[0], normal[0])[[2, 3]].max() > 0.12


def test_jumps_are_part_of_the_law_on_the_page() -> None:
    law = {
        "volatility": 0.5,
        "intensity": 60.0,
        "mean": -0.04,
        "sd": 0.01,
        "drift": 0.0,
    }
    steps = _simulate.panel(_simulate.merton(4, 12_000, law)[None])
    volatility = {"A": fit_volatility(steps, "A")}
    chosen = Chosen(volatility, None, None, None, fit_merton(steps), {}, {})
    fitted = simulated_returns(chosen, steps, count=400_000)[0]
    beyond = -0.03
    share = np.mean(steps.returns[0] < beyond)
    assert share > 0.004  # normal returns reach it with a chance of 1e-8
    assert np.mean(fitted < beyond) == pytest.approx(share, rel=0.3)


def test_regimes_cluster_on_the_page() -> None:
    """Spells last as long as their rates say."""
    from jaxrisk.calibrate import fit_regimes

    steps = engine_market(paths=1, steps=6_000, rates=(60.0, 180.0), seed=3)[0].of("A")
    regimes = fit_regimes(steps, innovation="gaussian")
    volatility = {"A": fit_volatility(steps, "A")}
    chosen = Chosen(volatility, None, None, regimes, None, {}, {})
    fitted = simulated_returns(chosen, steps, count=120_000)[0]
    assert fitted.std() == pytest.approx(steps.returns[0].std(), rel=0.15)
    size = np.abs(fitted)
    near = np.corrcoef(size[1:], size[:-1])[0, 1]
    far = np.corrcoef(size[500:], size[:-500])[0, 1]
    assert near > 0.1
    assert abs(far) < 0.05

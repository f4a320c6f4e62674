"""A calibration in the words of a config: another config extends it, and takes all."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jaxrisk.calibrate import (
    Calibration,
    Chosen,
    DepthFit,
    Estimate,
    Fit,
    Goodness,
    Record,
    Window,
    sections_of,
)
from jaxrisk.config import Config, build_system, load, load_book, yaml_text
from jaxrisk.config._venue import PowerLawConfig


FINE = Goodness("test of nothing", 1.0, 0.5)
CHILD = """\
extends: market.yaml
name: child
horizon_days: 1
assets:
  WETH: {price_usd: 2000}
  WBTC: {price_usd: 40000}
  USDC: {price_usd: 1}
  wstETH: {price_usd: 2300}
oracle: {kind: instant}
venues: {WBTC: {kind: infinite}, USDC: {kind: infinite}, wstETH: {kind: infinite}}
keeper: {kind: rational, gas_usd: 25}
markets:
  one:
    close_factor: {kind: aave_v3}
    reserves:
      WETH: {loan_to_value: 0.8, liquidation_threshold: 0.83, liquidation_bonus: 0.05}
      USDC: {loan_to_value: 0.7, liquidation_threshold: 0.8, liquidation_bonus: 0.05}
book: {accounts: [{account: a, collateral: {WETH: 1}, debt: {USDC: 1000}}]}
"""


def fitted(model: str, *subject: str, **values: float) -> Fit:
    """A fit with these values; `__` in a name stands for a dot."""
    window = Window(
        np.datetime64("2022-01-01", "ns"), np.datetime64("2023-01-01", "ns"), 3600.0, 99
    )
    parameters = {
        name.replace("__", "."): Estimate.normal(value, 0.01, "ratio")
        for name, value in values.items()
    }
    return Fit(model, subject, parameters, window, FINE, -1.0)


BOTH = ("WETH", "WBTC")
VOLATILITY = {name: fitted("realized", name, volatility=0.9) for name in BOTH}
CORRELATION = fitted("correlation", *BOTH, correlation__WETH__WBTC=0.77)
REGIMES = fitted(
    "two regimes",
    *BOTH,
    volatility__WETH=0.512345,
    volatility__WBTC=0.41,
    volatility_multiplier=2.1,
    correlation__WETH__WBTC=0.81234,
    stress__correlation__WETH__WBTC=0.9,
    enter_stress_per_year=10.5,
    leave_stress_per_year=52.0,
)
SHOCKS = fitted("Student-t", *BOTH, degrees_of_freedom=3.7)
JUMPS = fitted(
    "jumps",
    *BOTH,
    common_intensity=6.0,
    common_mean=-0.05,
    common_sd=0.03,
    beta__WETH=1.0,
    volatility__WETH=0.47,
    intensity__WETH=0.0,
    beta__WBTC=0.8,
    volatility__WBTC=0.38,
    intensity__WBTC=2.0,
    mean__WBTC=-0.02,
    sd__WBTC=0.04,
)
PEG = fitted(
    "peg", "USDC", "USD", speed=120.0, volatility=0.015, intensity=0.0, noise=0.001
)
STAKED = fitted(
    "peg",
    *("wstETH", "WETH"),
    **{"speed": 50.0, "volatility": 0.03, "growth": 0.035, "level": 0.1},
    **{"intensity": 3.0, "mean": -0.01, "sd": 0.02},
)
DEPTH = DepthFit(
    fit=fitted("depth", "WETH", "USDC", depth_usd=24.5e6, exponent=0.9),
    exponent=0.9,
    reference_move=0.02,
    rmse=1e-4,
    last_quote_usd=48e6,
    last_fall=0.02,
    left_out=3,
)
CHOSEN = Chosen(
    volatility=VOLATILITY,
    correlation=CORRELATION,
    shocks=SHOCKS,
    regimes=REGIMES,
    jumps=None,
    pegs={"USDC": PEG, "wstETH": STAKED},
    depths={"WETH": DEPTH},
)
RECORDS = (Record("a.csv", "ab" * 32, "prices"),)


def written(tmp_path: Path, chosen: Chosen, *fits: Fit) -> Config:
    """The sections in a file, and a config that extends it."""
    made = Calibration(fits, ("Kou: refused, and why.",), chosen, None)
    text = yaml_text(sections_of(made, RECORDS))
    (tmp_path / "market.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "run.yaml").write_text(CHILD, encoding="utf-8")
    return load(tmp_path / "run.yaml")


def volatilities(config: Config) -> Mapping[str, float | None]:
    return {name: config.assets[name].volatility for name in BOTH}


def test_a_config_takes_every_number_of_the_fits(tmp_path: Path) -> None:
    config = written(tmp_path, CHOSEN)
    assert volatilities(config) == {"WETH": 0.5123, "WBTC": 0.41}
    model, regimes = config.market_model, config.market_model.regimes
    assert regimes is not None
    assert model.innovation.model_dump() == {
        "kind": "student_t",
        "degrees_of_freedom": 3.7,
    }
    assert model.correlation == {"WETH": {"WBTC": 0.812}}
    assert regimes.correlation == {"WETH": {"WBTC": 0.9}}
    assert regimes.volatility_multiplier == 2.1
    assert regimes.enter_stress_per_year == 10.5
    assert regimes.leave_stress_per_year == 52.0
    assert model.common_jumps.intensity == 0
    venue = config.venues["WETH"]
    assert isinstance(venue, PowerLawConfig)
    assert (venue.depth_usd, venue.exponent, venue.reference_move) == (
        24.5e6,
        0.9,
        0.02,
    )


def test_pegs_have_their_growth_and_their_jumps(tmp_path: Path) -> None:
    config = written(tmp_path, CHOSEN)
    dollar, staked = config.assets["USDC"].peg, config.assets["wstETH"].peg
    assert dollar is not None
    assert staked is not None
    assert (dollar.reference, dollar.speed, dollar.volatility) == ("USD", 120.0, 0.015)
    assert dollar.jumps.intensity == 0
    assert (staked.reference, staked.growth) == ("WETH", 0.035)
    jumps = staked.jumps
    assert (jumps.intensity, jumps.mean, jumps.sd) == (3.0, -0.01, 0.02)


def test_the_system_is_built_with_these_numbers(tmp_path: Path) -> None:
    config = written(tmp_path, CHOSEN)
    system = build_system(config, load_book(config))
    calm, stress = np.asarray(system.prices.scale)
    assert calm[:2] == pytest.approx(np.array([0.5123, 0.41]) / np.sqrt(8760), rel=1e-5)
    assert stress / calm == pytest.approx(2.1, rel=1e-4)
    pairs = [
        float((root @ root.T)[0, 1]) for root in np.asarray(system.prices.cholesky)
    ]
    assert pairs == pytest.approx([0.812, 0.9], abs=1e-5)


def test_without_regimes_it_is_the_realized_market(tmp_path: Path) -> None:
    config = written(tmp_path, replace(CHOSEN, regimes=None, shocks=None))
    assert volatilities(config) == {"WETH": 0.9, "WBTC": 0.9}
    assert config.market_model.regimes is None
    assert config.market_model.innovation.kind == "gaussian"
    assert config.market_model.correlation == {"WETH": {"WBTC": 0.77}}


def test_volatility_beside_jumps_is_that_without_them(tmp_path: Path) -> None:
    """The regimes' volatility has the jumps in it: both would count them twice."""
    config = written(tmp_path, replace(CHOSEN, jumps=JUMPS))
    assert volatilities(config) == {"WETH": 0.47, "WBTC": 0.38}
    common = config.market_model.common_jumps
    assert (common.intensity, common.mean, common.sd) == (6.0, -0.05, 0.03)
    assert common.beta == {"WETH": 1.0, "WBTC": 0.8}
    assert config.assets["WETH"].jumps.intensity == 0
    own = config.assets["WBTC"].jumps
    assert (own.intensity, own.mean, own.sd) == (2.0, -0.02, 0.04)


def test_one_asset_has_no_pairs_and_jumps_without_a_suffix() -> None:
    names = {"volatility": 0.4, "intensity": 5.0, "mean": -0.04, "sd": 0.02}
    alone = Chosen(
        volatility={"WETH": VOLATILITY["WETH"]},
        correlation=None,
        shocks=None,
        regimes=None,
        jumps=fitted("Merton", "WETH", **names),
        pegs={},
        depths={},
    )
    sections = sections_of(Calibration((), (), alone, None), RECORDS)
    jumps = {"intensity": 5.0, "mean": -0.04, "sd": 0.02}
    assert sections["assets"] == {"WETH": {"volatility": 0.4, "jumps": jumps}}
    assert sections["market_model"] == {"innovation": {"kind": "gaussian"}}
    assert "venues" not in sections


def test_a_matrix_that_no_prices_can_have_is_mended(tmp_path: Path) -> None:
    """Pairs that were fitted one by one: a config would refuse them."""
    names = ("WETH", "WBTC", "LINK")
    pairs = {
        "correlation__WETH__WBTC": 0.9,
        "correlation__WETH__LINK": 0.9,
        "correlation__WBTC__LINK": 0.2,
    }
    chosen = replace(
        CHOSEN,
        volatility={name: fitted("realized", name, volatility=0.9) for name in names},
        correlation=fitted("correlation", *names, **pairs),
        regimes=None,
    )
    model = sections_of(Calibration((), (), chosen, None), RECORDS)["market_model"]
    (one, two), (three,) = (row.values() for row in model["correlation"].values())
    matrix = np.array([[1, one, two], [one, 1, three], [two, three, 1]])
    assert np.linalg.eigvalsh(matrix)[0] > 1e-6
    assert np.abs(matrix - [[1, 0.9, 0.9], [0.9, 1, 0.2], [0.9, 0.2, 1]]).max() < 0.2


def test_where_numbers_come_from_is_kept_and_survives(tmp_path: Path) -> None:
    garch = fitted("GARCH", "WETH", alpha=0.1, volatility=float("inf"))
    nan = float("nan")
    unknown = Estimate(0.1, nan, nan, nan, "ratio")
    unsure = replace(SHOCKS, parameters={"shrinkage": unknown})
    config = written(tmp_path, CHOSEN, garch, unsure)
    kept = config.calibration
    assert kept is not None
    assert (kept.files[0].name, kept.files[0].sha256) == ("a.csv", "ab" * 32)
    assert kept.refused == ["Kou: refused, and why."]
    assert list(kept.fits[0].parameters) == ["alpha"]  # infinity is no number in JSON
    assert kept.fits[0].parameters["alpha"].low == pytest.approx(0.0804, abs=1e-4)
    assert kept.fits[1].parameters["shrinkage"].standard_error is None
    assert kept.fits[0].start == "2022-01-01T00:00:00Z"
    again = Config.model_validate_json(config.model_dump_json())
    assert again.calibration == kept
    assert config.hash == config.model_copy(update={"calibration": None}).hash

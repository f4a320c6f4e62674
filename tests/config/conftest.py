"""A small config that is right, for tests that spoil it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from jaxrisk.config import Config, ConfigError, load

from .derivatives import DERIVATIVES


SOUND = """\
name: sound
horizon_days: 7
step_minutes: 60
assets:
  WETH: {price_usd: 1800, volatility: 0.75}
  WBTC: {price_usd: 35000, volatility: 0.6}
  LINK: {price_usd: 11, volatility: 0.9}
  wstETH:
    price_usd: 2060
    peg: {reference: WETH, speed: 50, volatility: 0.03, floor: 0.8}
  USDC:
    price_usd: 1.0
    peg: {reference: USD, speed: 200, volatility: 0.02}
market_model:
  innovation: {kind: student_t, degrees_of_freedom: 4}
  correlation:
    WETH: {WBTC: 0.85, LINK: 0.7}
    WBTC: {LINK: 0.6}
  common_jumps: {intensity: 6, mean: -0.08, sd: 0.05, beta: {LINK: 1.2}}
  regimes: {enter_stress_per_year: 6, leave_stress_per_year: 60, correlation_floor: 0.8}
oracle:
  kind: heartbeat
  deviation: 0.005
  assets: {USDC: {heartbeat_seconds: 86400}}
venues:
  WETH: {kind: power_law, depth_usd: 46e6}
  WBTC: {kind: constant_product, quote_reserve_usd: 14e6}
  LINK: {kind: infinite}
  wstETH:
    {kind: stableswap, amplification: 30, token_balance: 24e4, reference_balance: 2e5}
  USDC: {kind: infinite}
keeper: {kind: rational, gas_usd: 25, latency_minutes: 0}
markets:
  aave:
    close_factor: {kind: aave_v3.3}
    reserve_fund_usd: 1e6
    reserves:
      WETH: {loan_to_value: 0.8, liquidation_threshold: 0.83, liquidation_bonus: 0.05}
      wstETH:
        loan_to_value: 0.78
        liquidation_threshold: 0.81
        liquidation_bonus: 0.06
        protocol_fee: 0.1
      coins:
        asset: USDC
        loan_to_value: 0.77
        liquidation_threshold: 0.8
        liquidation_bonus: 0.045
        supplied: 2e6
    e_modes:
      ETH:
        loan_to_value: 0.9
        liquidation_threshold: 0.93
        liquidation_bonus: 0.01
        reserves: [WETH, wstETH]
book:
  accounts:
    - {account: alice, collateral: {WETH: 100}, debt: {coins: 100e3}}
    - {account: bob, e_mode: ETH, collateral: {wstETH: 100}, debt: {WETH: 95}}
run: {paths: 1e5, seed: 7}
"""


@pytest.fixture
def sound_text() -> str:
    """The YAML of a config without faults."""
    return SOUND


@pytest.fixture
def derivatives_text(sound_text: str) -> str:
    """The same with options and perpetuals.

    A day is enough: tables have a row for every hour.
    """
    return sound_text.replace("horizon_days: 7", "horizon_days: 1") + DERIVATIVES


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Config]:
    """Write text as run.yaml and load it."""

    def write_and_load(text: str, *overrides: str) -> Config:
        path = tmp_path / "run.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path, overrides)

    return write_and_load


@pytest.fixture
def faults(read: Callable[..., Config], tmp_path: Path) -> Callable[..., list[str]]:
    """Load text that must fail; its faults, files without their folder."""

    def load_and_fail(text: str, *overrides: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            read(text, *overrides)
        return str(caught.value).replace(f"{tmp_path}/", "").splitlines()

    return load_and_fail

"""Policy: from settings to parts, and faults in words."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from jaxrisk.config import Config, parameters, shifted
from jaxrisk.policy import (
    AtRisk,
    Breakers,
    Caps,
    DynamicFactors,
    FixedConcentration,
    ImpliedVolatility,
    Limits,
    ListedFactors,
    LiveConcentration,
    NoBreakers,
    NoCaps,
    NoForecast,
    NoLimits,
    NoPolicy,
    NoWaterfall,
    Policy,
    RealisedVolatility,
    Waterfall,
)

from .derivatives import system_of


POLICY = """\
policy:
  breakers:
    fast:
      assets: [WETH, USDC]
      window_minutes: 120
      fall: 0.1
      pause_minutes: 60
      stops: [liquidations]
    slow:
      assets: [wstETH]
      markets: [aave]
      window_minutes: 1440
      rise: 0.25
      pause_minutes: 360
      cool_down_minutes: 720
      stops: [borrowing, trading]
  markets:
    aave:
      limits: {repaid_usd_per_hour: 2e6, repaid_share_per_hour: 0.1, closing_share: 0.5}
      caps:
        coins: {borrow_tokens: 1.5e6}
        wstETH: {supply_tokens: 500, debt_ceiling_usd: 1e6}
      waterfall:
        treasury_usd: 1e5
        treasury_tokens: {asset: WBTC, tokens: 3}
        safety_module: {asset: LINK, tokens: 1e5, most_slashed: 0.2}
        backstop_usd: 5e4
        largest_fall: 0.3
  factors:
    volatility: {kind: realised, half_life_hours: 12, start: {WETH: 0.5}}
    concentration: {accounts: 1}
    notice_minutes: 180
    markets:
      aave:
        WETH:
          {on_volatility: 0.1, calm_volatility: 0.8, floor: 0.8, speed_per_hour: 0.01}
        wstETH: {on_depth_loss: 2, on_concentration: 0.3, float_tokens: 1000}
"""

FAULTS = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("policy_faults.yaml")
)
INF = np.inf


@pytest.fixture
def text(sound_text: str) -> str:
    return sound_text + POLICY


def policy_of(config: Config) -> Policy:
    found = system_of(config).policy
    assert isinstance(found, Policy)
    return found


@pytest.mark.parametrize(
    "missing",
    ["breakers={}", "factors=null", "markets={}", "markets.aave.waterfall=null"],
)
def test_the_config_knows_which_parts_its_policy_has(
    read: Callable[..., Config], text: str, missing: str
) -> None:
    config = read(text, f"policy.{missing}")
    assert config.policy is not None
    assert config.policy.parts == policy_of(config).parts


def test_breakers_have_the_config_s_numbers(
    read: Callable[..., Config], text: str
) -> None:
    """Reserves are WETH, wstETH and coins, which lists USDC."""
    breakers = policy_of(read(text)).breakers
    assert isinstance(breakers, Breakers)
    fast, slow = breakers.each
    assert (fast.assets, fast.window) == ((0, 4), 2)
    assert (slow.assets, slow.window) == ((3,), 24)
    np.testing.assert_allclose(fast.fall, -np.log([0.9, 0.9]), rtol=1e-6)
    np.testing.assert_allclose(fast.rise, [INF, INF])
    np.testing.assert_allclose(slow.fall, [INF])
    np.testing.assert_allclose(slow.rise, np.log([1.25]), rtol=1e-6)
    assert (float(fast.pause), float(fast.cool_down)) == (1, 0)
    assert (float(slow.pause), float(slow.cool_down)) == (6, 12)
    np.testing.assert_array_equal(fast.liquidations, np.ones((3, 2)))
    np.testing.assert_array_equal(fast.trading, np.zeros((3, 2)))
    np.testing.assert_array_equal(slow.liquidations, [[0], [0], [0]])
    np.testing.assert_array_equal(slow.borrowing, [[1], [1], [1]])
    np.testing.assert_array_equal(slow.trading, [[0], [1], [0]])


def test_limits_caps_and_layers_have_the_config_s_numbers(
    read: Callable[..., Config], text: str
) -> None:
    policy = policy_of(read(text, "step_minutes=30", "policy.factors=null"))
    limits, caps, waterfall = policy.limits, policy.caps, policy.waterfall
    assert isinstance(limits, Limits)
    np.testing.assert_allclose(limits.amount, [1e6])
    np.testing.assert_allclose(limits.share, [0.05])
    np.testing.assert_allclose(limits.closing, [0.5])
    assert limits.throttles
    assert limits.gradual
    assert isinstance(caps, Caps)
    np.testing.assert_allclose(caps.supply, [INF, 500, INF])
    np.testing.assert_allclose(caps.borrow, [INF, INF, 1.5e6])
    np.testing.assert_allclose(caps.ceiling, [INF, 1e6, INF])
    assert caps.isolates
    assert isinstance(waterfall, Waterfall)
    assert (waterfall.token, waterfall.stake) == ((1,), (2,))
    np.testing.assert_allclose(waterfall.cash, [1e5])
    np.testing.assert_allclose(waterfall.tokens, [3])
    np.testing.assert_allclose(waterfall.staked, [1e5])
    np.testing.assert_allclose(waterfall.slashed, [0.2], rtol=1e-6)
    np.testing.assert_allclose(waterfall.backstop, [5e4])
    np.testing.assert_allclose(waterfall.fall, [-np.log(0.7)], rtol=1e-6)
    assert isinstance(policy.factors, ListedFactors)


def test_factors_have_the_config_s_numbers(
    read: Callable[..., Config], text: str
) -> None:
    factors = policy_of(read(text)).factors
    assert isinstance(factors, DynamicFactors)
    assert (factors.notice, factors.for_new_only) == (3, False)
    np.testing.assert_allclose(factors.on_volatility, [0.1, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(factors.calm, [0.8, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(factors.on_depth, [0, 2, 0])
    np.testing.assert_allclose(factors.floor, [0.8, 0.5, 1], rtol=1e-6)
    np.testing.assert_allclose(factors.speed, [0.01, INF, INF], rtol=1e-6)
    assert isinstance(factors.forecast, NoForecast)
    volatility, held = factors.volatility, factors.concentration
    assert isinstance(volatility, RealisedVolatility)
    np.testing.assert_allclose(volatility.memory, 0.5 ** (1 / 12), rtol=1e-6)
    staked = np.hypot(0.03, 0.75)
    np.testing.assert_allclose(
        volatility.start, [0.5, 0.6, 0.9, staked, 0.02], rtol=1e-6
    )
    assert isinstance(held, FixedConcentration)
    # Alice has all of the WETH collateral; bob 100 of the 1000 wstETH that trade.
    np.testing.assert_allclose(held.value, [1, 0.1, 0], rtol=1e-6)


def test_factors_may_look_at_options_at_live_accounts_and_ahead(
    read: Callable[..., Config], text: str, derivatives_text: str
) -> None:
    own = "policy.factors"
    factors = policy_of(
        read(
            derivatives_text + POLICY,
            f"{own}.volatility={{kind: implied}}",
            f"{own}.concentration.live=true",
            f"{own}.applies_to=new_borrowing",
            f"{own}.markets.aave.WETH.on_risk=0.4",
            f"{own}.forecast={{deviations: 3, horizon_hours: 876}}",
        )
    ).factors
    assert isinstance(factors, DynamicFactors)
    assert factors.for_new_only
    assert isinstance(factors.concentration, LiveConcentration)
    np.testing.assert_allclose(
        factors.concentration.held, [[1, 0, 0], [0, 0.1, 0]], rtol=1e-6
    )
    assert factors.concentration.account == (0, 1)
    assert isinstance(factors.volatility, ImpliedVolatility)
    assert factors.volatility.underlying == (0, 1, -1, -1, -1)
    assert float(factors.volatility.start[0]) == pytest.approx(0.6)
    assert isinstance(factors.forecast, AtRisk)
    assert float(factors.forecast.horizon) == pytest.approx(0.1)
    np.testing.assert_allclose(factors.forecast.slope, [0.4, 0, 0], rtol=1e-6)


def test_what_is_absent_is_a_null_object_and_leaves_the_hash(
    read: Callable[..., Config], sound_text: str
) -> None:
    plain = read(sound_text)
    assert isinstance(system_of(plain).policy, NoPolicy)
    assert plain.hash == read(sound_text + "policy:\n").hash
    nothing = read(sound_text + "policy: {markets: {aave: {}}}\n")
    assert plain.hash != nothing.hash
    policy = policy_of(nothing)
    assert isinstance(policy.breakers, NoBreakers)
    assert isinstance(policy.limits, NoLimits)
    assert isinstance(policy.caps, NoCaps)
    assert isinstance(policy.waterfall, NoWaterfall)
    assert isinstance(policy.factors, ListedFactors)


def test_its_numbers_are_parameters_to_be_shifted(
    read: Callable[..., Config], text: str
) -> None:
    config = read(text)
    slope = "policy.factors.markets.aave.WETH.on_volatility"
    (parameter,) = parameters(config, slope)
    moved = policy_of(shifted(config, parameter, 0.5)).factors
    assert isinstance(moved, DynamicFactors)
    expected = 0.1 + 0.5 * parameter.sizes[0]
    assert float(moved.on_volatility[0]) == pytest.approx(expected)
    (window,) = parameters(config, "policy.breakers.slow.window_minutes")
    assert window.whole_steps
    assert window.sizes == (60,)


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_one_sentence_with_place_value_reason_and_remedy(
    case: str, text: str, faults: Callable[..., list[str]]
) -> None:
    old, new, expected = (FAULTS[case][part] for part in ("old", "new", "says"))
    assert old in text
    found = faults(text.replace(old, new, 1))
    matching = [line for line in found if expected in line]
    assert matching, "\n".join(found)
    assert all(line.startswith("run.yaml:") and ";" in line for line in matching)

"""From settings to the engine's numbers: units, indices, defaults."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

from jaxrisk.config import (
    Config,
    ConfigError,
    asset_of_reserve,
    build_system,
    compress_book,
    layout_of,
    liquidation_bonuses,
    liquidation_thresholds,
    load_book,
    loan_to_values,
    reserve_prices,
    supplied_tokens,
)
from jaxrisk.config._covariance import reserve_covariance
from jaxrisk.keeper import FixedLatency, GreedyKeeper, NoLatency, RationalKeeper
from jaxrisk.oracle import DelayedOracle, HeartbeatOracle, InstantOracle
from jaxrisk.process import Gaussian, StudentT, TwoRegimes
from jaxrisk.venue import PowerLawVenue


YEAR = 365 * 24 * 3600


@pytest.fixture
def config(read: Callable[..., Config], sound_text: str) -> Config:
    return read(sound_text)


def test_an_e_mode_replaces_the_numbers_of_its_reserves_only(config: Config) -> None:
    assert layout_of(config).categories == (("aave", ""), ("aave", "ETH"))
    thresholds = [[0.83, 0.81, 0.8], [0.93, 0.93, 0.8]]
    np.testing.assert_allclose(liquidation_thresholds(config), thresholds)
    bonuses = [[0.05, 0.06, 0.045], [0.01, 0.01, 0.045]]
    np.testing.assert_allclose(liquidation_bonuses(config), bonuses)
    limits = [[0.8, 0.78, 0.77], [0.9, 0.9, 0.77]]
    np.testing.assert_allclose(loan_to_values(config), limits)


def test_a_reserve_may_have_another_name_than_its_asset(config: Config) -> None:
    assert asset_of_reserve(config).tolist() == [0, 3, 4]
    np.testing.assert_allclose(reserve_prices(config), [1800, 2060, 1.0])


def test_accounts_in_the_config_become_a_book(config: Config) -> None:
    book = load_book(config)
    assert book.account.tolist() == ["alice", "bob"]
    assert book.category.tolist() == [0, 1]
    np.testing.assert_allclose(book.collateral, [[100, 0, 0], [0, 100, 0]])
    np.testing.assert_allclose(book.debt, [[0, 0, 1e5], [95, 0, 0]])
    assert compress_book(config, book) is book


def test_supply_is_as_given_or_follows_the_book(config: Config) -> None:
    # WETH: collateral 100 against 95 / 0.8 at the kink; coins: as given.
    supplied = supplied_tokens(config, load_book(config))
    np.testing.assert_allclose(supplied, [95 / 0.8, 100, 2e6])


def test_a_reserve_that_lends_more_than_it_has_is_refused(
    read: Callable[..., Config], sound_text: str
) -> None:
    config = read(sound_text, "markets.aave.reserves.coins.supplied=10")
    with pytest.raises(ConfigError, match=r"coins\.supplied: got 10: .* owes 100,000"):
        build_system(config, load_book(config))


def test_times_become_years_and_steps(
    read: Callable[..., Config], sound_text: str
) -> None:
    overrides = (
        "keeper.latency_minutes=120",
        "venues.WETH.resilience_half_life_minutes=60",
    )
    config = read(sound_text, *overrides)
    system = build_system(config, load_book(config), dtype=np.dtype("float32"))
    assert isinstance(system.oracle, HeartbeatOracle)
    seconds = np.asarray(system.oracle.heartbeat, np.float64) * YEAR
    np.testing.assert_allclose(seconds, [3600, 3600, 3600, 3600, 86400], rtol=1e-6)
    assert isinstance(system.latency, FixedLatency)
    assert float(system.latency.steps) == 2
    np.testing.assert_allclose(float(system.dt) * YEAR, 3600, rtol=1e-6)
    np.testing.assert_allclose(system.venues.decay[:2], [0.5, 1.0], rtol=1e-6)
    assert (system.steps, system.rounds) == (168, 4)


def test_the_price_process_has_the_config_s_numbers(config: Config) -> None:
    system = build_system(config, load_book(config))
    prices = system.prices
    np.testing.assert_allclose(
        np.exp(prices.anchor), [1800, 35000, 11, 2060, 1], rtol=1e-5
    )
    daily = np.asarray(prices.scale[0, :3], np.float64) * np.sqrt(365 * 24)
    np.testing.assert_allclose(daily, [0.75, 0.6, 0.9], rtol=1e-5)
    np.testing.assert_allclose(prices.floor[3], np.log(0.8), rtol=1e-6)
    assert np.asarray(prices.lift)[3].tolist() == [1, 0, 0, 1, 0]
    assert isinstance(prices.innovation, StudentT)
    assert isinstance(prices.regimes, TwoRegimes)
    stress = np.asarray(prices.cholesky[1], np.float64)
    np.testing.assert_allclose((stress @ stress.T)[0, 1:4], [0.85, 0.8, 0], atol=1e-6)


def test_common_jumps_hit_base_assets_at_their_beta(config: Config) -> None:
    jumps = build_system(config, load_book(config)).prices.jumps
    loading = np.asarray(getattr(jumps, "loading"))  # noqa: B009
    assert loading.shape == (5, 1)
    np.testing.assert_allclose(loading[:, 0], [1, 1, 1.2, 0, 0], rtol=1e-6)


def test_a_quoted_depth_moves_the_price_by_the_reference_move(config: Config) -> None:
    system = build_system(config, load_book(config))
    venue = next(x for x in system.venues.kinds if isinstance(x, PowerLawVenue))
    price = jnp.full((1, 1), 1800.0, jnp.float32)
    after = np.exp(venue.displacement(46e6 / price, price))
    np.testing.assert_allclose(after, 0.98, rtol=1e-6)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("aave_v2", (0.5, 0, 0, 0, np.inf)),
        ("aave_v3", (0.5, 0.95, 0, 0, np.inf)),
        ("aave_v3.3", (0.5, 0.95, 2000, 1000, np.inf)),
        ("full", (1, 0, 0, 0, np.inf)),
        ("restore, target_health: 1.1", (1, 0, 0, 0, 1.1)),
    ],
)
def test_a_close_factor_is_five_numbers(
    kind: str,
    expected: tuple[float, ...],
    read: Callable[..., Config],
    sound_text: str,
) -> None:
    config = read(sound_text, f"markets.aave.close_factor={{kind: {kind}}}")
    rule = build_system(config, load_book(config)).close_factor
    numbers = (
        rule.close_factor,
        rule.full_below_health,
        rule.full_below_size,
        rule.least_remainder,
        rule.target_health,
    )
    np.testing.assert_allclose(np.concatenate(numbers), expected, rtol=1e-6)


def test_absent_parts_are_null_objects(
    read: Callable[..., Config], sound_text: str
) -> None:
    config = read(
        sound_text,
        "oracle={kind: instant}",
        "keeper={kind: greedy}",
        "market_model={}",
    )
    system = build_system(config, load_book(config))
    assert isinstance(system.oracle, InstantOracle)
    assert isinstance(system.keeper, GreedyKeeper)
    assert isinstance(system.latency, NoLatency)
    assert isinstance(system.prices.innovation, Gaussian)
    assert system.prices.regimes.count == 1
    delayed = read(sound_text, "oracle={kind: delayed, delay_seconds: 7200}")
    oracle = build_system(delayed, load_book(delayed)).oracle
    assert isinstance(oracle, DelayedOracle)
    assert oracle.steps == 2


def test_unlimited_capital_is_infinite(config: Config) -> None:
    keeper = build_system(config, load_book(config)).keeper
    assert isinstance(keeper, RationalKeeper)
    assert np.isinf(float(keeper.initial_capital))


def test_covariance_to_the_horizon_has_the_closed_form(
    read: Callable[..., Config], sound_text: str
) -> None:
    config = read(sound_text, "market_model={correlation: {WETH: {wstETH: 0.5}}}")
    horizon = 7 / 365
    own, basis = 0.75**2 * horizon, 0.03**2 * -np.expm1(-100 * horizon) / 100
    cross = 0.5 * 0.75 * 0.03 * -np.expm1(-50 * horizon) / 50
    covariance = reserve_covariance(config)
    np.testing.assert_allclose(covariance[0, 0], own, rtol=1e-12)
    np.testing.assert_allclose(covariance[0, 1], own + cross, rtol=1e-12)
    np.testing.assert_allclose(covariance[1, 1], own + 2 * cross + basis, rtol=1e-12)
    assert covariance[0, 2] == 0


def test_stress_and_jumps_add_to_the_covariance(
    read: Callable[..., Config], sound_text: str
) -> None:
    horizon = 7 / 365
    regimes = "{enter_stress_per_year: 6, leave_stress_per_year: 0"
    jumps = "common_jumps: {intensity: 6, mean: -0.08, sd: 0.05}"
    model = f"{{{jumps}, regimes: {regimes}, volatility_multiplier: 2}}}}"
    config = read(sound_text, f"market_model={model}")
    share = 1 - -np.expm1(-6 * horizon) / (6 * horizon)
    diffusion = 0.75**2 * (1 - share + 4 * share)
    expected = (diffusion + 6 * (0.08**2 + 0.05**2)) * horizon
    np.testing.assert_allclose(reserve_covariance(config)[0, 0], expected, rtol=1e-12)


def test_cohorts_are_as_many_as_asked_for(
    read: Callable[..., Config], sound_text: str
) -> None:
    config = read(sound_text, "book.cohorts=2")
    book = compress_book(config, load_book(config))
    assert book.account.size == 2

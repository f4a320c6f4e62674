"""Laws of the price process: martingale, correlation, pegs, floors, regimes."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from jaxrisk._random import Draw, seed_words
from jaxrisk.process import (
    AbstractInnovation,
    AbstractRegimes,
    AssetModel,
    Gaussian,
    JumpSources,
    OneRegime,
    Prices,
    PriceState,
    StudentT,
    TwoRegimes,
    build_prices,
)


PATHS = 1 << 16
DT = 1 / 1460  # six hours
SINGLE = np.dtype(np.float32)
CALM = np.array([[1.0, 0.3, 0.0], [0.3, 1.0, 0.0], [0.0, 0.0, 1.0]])
STRESS = np.array([[1.0, 0.9, 0.5], [0.9, 1.0, 0.5], [0.5, 0.5, 1.0]])
NO_JUMPS = JumpSources(np.zeros((3, 0)), np.zeros(0), np.zeros(0), np.zeros(0))
JUMPS = JumpSources(
    loading=np.array([[1.0, 0.0], [1.2, 0.0], [0.0, 1.0]]),
    intensity=np.array([560.0, 220.0]),
    mean=np.array([-0.1, -0.02]),
    sd=np.array([0.05, 0.02]),
)
ASSETS = (
    AssetModel(price=2000.0, volatility=0.8),
    AssetModel(price=10.0, volatility=1.2, trend=0.5),
    AssetModel(
        price=2100.0, volatility=0.05, trend=0.04, claims=((0, 1.0),), speed=730.0
    ),
)
WILD = tuple(dataclasses.replace(one, volatility=20 * one.volatility) for one in ASSETS)


def stuck() -> TwoRegimes:
    """Regimes that never change: which one holds is for the test to say."""
    return TwoRegimes(enter=jnp.float32(0), leave=jnp.float32(0))


def switching() -> TwoRegimes:
    """Regimes that change often."""
    return TwoRegimes(enter=jnp.float32(0.1), leave=jnp.float32(0.3))


def process(
    *,
    assets: tuple[AssetModel, ...] = ASSETS,
    innovation: AbstractInnovation | None = None,
    regimes: AbstractRegimes | None = None,
    jumps: JumpSources = NO_JUMPS,
) -> Prices:
    """Two base assets and a token pegged to the first."""
    chain = regimes or OneRegime()
    return build_prices(
        assets,
        [CALM, STRESS][: chain.count],
        volatility_multiplier=[1.0, 2.0][: chain.count],
        innovation=innovation or Gaussian(),
        regimes=chain,
        jumps=jumps,
        dt=DT,
        dtype=SINGLE,
    )


@eqx.filter_jit
def after(prices: Prices, state: PriceState, steps: jax.Array) -> PriceState:
    """The state some steps later."""
    path = jnp.arange(state.regime.shape[0], dtype=jnp.uint32)

    def body(index: jax.Array, now: PriceState) -> PriceState:
        draw = Draw(seed=seed_words(11), path=path, step=index)
        return prices.step(now, draw)

    return lax.fori_loop(jnp.uint32(0), steps, body, state)


def stepped(prices: Prices, steps: int, *, regime: int = 0) -> PriceState:
    """The state some steps after the start, in a regime."""
    start = prices.init(PATHS)
    start = eqx.tree_at(lambda at: at.regime, start, start.regime + regime)
    return after(prices, start, jnp.uint32(steps))


PROCESSES = {
    "gaussian": {},
    "student": {"innovation": StudentT.of(4.5, SINGLE)},
    # The variance of a weight is hardly finite.
    "wild": {"innovation": StudentT.of(2.2, SINGLE), "assets": WILD},
    "jumps": {"jumps": JUMPS},
    "regimes": {"regimes": switching()},
    "everything": {
        "innovation": StudentT.of(4.5, SINGLE),
        "jumps": JUMPS,
        "regimes": switching(),
    },
}


@pytest.mark.parametrize(
    ("name", "regime"),
    [(name, 0) for name in PROCESSES] + [("regimes", 1), ("everything", 1)],
)
def test_a_base_asset_is_a_martingale_after_its_trend(name: str, regime: int) -> None:
    """4 se, two assets, seven cases: fails for a right process once in 1,100 seeds."""
    prices = process(**PROCESSES[name])
    growth = np.exp(np.asarray(stepped(prices, 1, regime=regime).position[:2], float))
    error = growth.std(axis=1) / np.sqrt(PATHS)
    assert np.all(np.abs(growth.mean(axis=1) - 1) < 4 * error)


@pytest.mark.parametrize("degrees", [2.1, 2.895, 4.0, 30.0])
def test_no_martingale_falls_by_more_than_the_scale_of_its_shocks(
    degrees: float,
) -> None:
    """Of a bounded weighted scale s: (exp(s^2/2) - 1) / (s^2/2) <= 1.2974."""
    sd = np.geomspace(1e-4, 2, 30)
    ratio = StudentT.of(degrees, SINGLE).log_moment(sd) / (sd**2 / 2)
    assert np.all((ratio > 0) & (ratio < 1.2975))


def test_a_missing_compensation_would_be_seen() -> None:
    """The same test on a process without it: 40 se away from a martingale."""
    prices = process(jumps=JUMPS)
    wrong = eqx.tree_at(
        lambda at: at.compensation, prices, jnp.zeros_like(prices.compensation)
    )
    growth = np.exp(np.asarray(stepped(wrong, 1).position[:2], float))
    error = growth.std(axis=1) / np.sqrt(PATHS)
    assert np.all(np.abs(growth.mean(axis=1) - 1) > 20 * error)


@pytest.mark.parametrize("innovation", [Gaussian(), StudentT.of(4.5, SINGLE)])
@pytest.mark.parametrize(("regime", "expected"), [(0, CALM), (1, STRESS)])
def test_shocks_have_the_correlation_and_scale_of_their_regime(
    innovation: AbstractInnovation, regime: int, expected: np.ndarray
) -> None:
    """4.5 se from the moments themselves: fails once in 6,000 seeds."""
    prices = process(innovation=innovation, regimes=stuck())
    move = np.asarray(stepped(prices, 1, regime=regime).position, float)
    shock = move + np.asarray(prices.compensation, float)[regime][:, None]
    shock /= np.asarray(prices.scale, float)[regime][:, None]
    for row in range(3):
        for column in range(row + 1):
            product = shock[row] * shock[column]
            error = product.std() / np.sqrt(PATHS)
            assert abs(product.mean() - expected[row, column]) < 4.5 * error


def test_student_shocks_of_uncorrelated_assets_have_extremes_together() -> None:
    """Of two uncorrelated shocks, both beyond 4: common mixing, 5 se above chance."""
    prices = process(innovation=StudentT.of(4.5, SINGLE))
    move = np.asarray(stepped(prices, 1).position, float)
    shock = np.abs(move / move.std(axis=1, keepdims=True)) > 4
    alone, together = shock.mean(axis=1), (shock[0] & shock[2]).mean()
    chance = alone[0] * alone[2]
    assert together > chance + 5 * np.sqrt(chance / PATHS)


def test_a_basis_decays_exponentially() -> None:
    calm = AssetModel(
        price=2100.0, volatility=0.0, claims=((0, 1.0),), speed=730.0, basis=-0.05
    )
    state = stepped(process(assets=(*ASSETS[:2], calm)), 3)
    assert np.allclose(state.position[2], -0.05 * np.exp(-730.0 * 3 * DT), rtol=1e-5)


def test_a_basis_has_the_stationary_spread_of_its_law() -> None:
    """Variance within 4.5 se: fails for a right process once in 150,000 seeds."""
    state = stepped(process(), 20)  # ten times the mean reversion time
    basis = np.asarray(state.position[2], float)
    expected = ASSETS[2].volatility ** 2 / (2 * ASSETS[2].speed)
    assert abs(basis.var() / expected - 1) < 4.5 * np.sqrt(2 / PATHS)
    assert abs(basis.mean()) < 4.5 * np.sqrt(expected / PATHS)


def test_a_basis_never_falls_below_its_floor() -> None:
    floored = AssetModel(
        price=2100.0, volatility=0.5, claims=((0, 1.0),), speed=730.0, floor=-0.02
    )
    basis = stepped(process(assets=(*ASSETS[:2], floored), jumps=JUMPS), 5).position[2]
    assert basis.min() == np.float32(-0.02)
    assert (basis > np.float32(-0.02)).mean() > 0.3


def test_the_chain_spends_the_share_of_its_rates_in_stress() -> None:
    """Binomial, 4.5 se: fails for a right chain once in 150,000 seeds."""
    share = float((stepped(process(regimes=switching()), 30).regime == 1).mean())
    expected = 0.1 / (0.1 + 0.3)
    assert abs(share - expected) < 4.5 * np.sqrt(expected * (1 - expected) / PATHS)


def test_one_step_switches_with_the_probability_of_the_present_regime() -> None:
    """Binomial, 4.5 se twice: fails for a right chain once in 70,000 seeds."""
    prices = process(regimes=switching())
    for regime, chance in ((0, 0.1), (1, 0.3)):
        switched = np.asarray(stepped(prices, 1, regime=regime).regime != regime).mean()
        assert abs(switched - chance) < 4.5 * np.sqrt(chance * (1 - chance) / PATHS)


def test_a_pegged_price_follows_its_reference() -> None:
    """Shocks, impact and drift of the reference move it one for one."""
    prices = process()
    state = prices.init(4)
    impact = jnp.zeros((3, 4)).at[0].set(-0.1)
    moved = prices.log_price(state, impact) - prices.log_price(state, impact * 0)
    assert np.allclose(moved, np.array([-0.1, 0.0, -0.1])[:, None], atol=1e-6)
    own = prices.log_price(state, jnp.zeros((3, 4)).at[2].set(-0.1))
    assert np.allclose(own[0], prices.log_price(state, impact * 0)[0])


def test_prices_start_where_they_are_said_to() -> None:
    pegged = AssetModel(
        price=2100.0, volatility=0.1, claims=((0, 1.0),), speed=5.0, basis=0.2
    )
    dollar = AssetModel(price=1.0, volatility=0.01, speed=5.0, basis=-0.01)
    prices = process(assets=(ASSETS[0], dollar, pegged))
    start = prices.init(2)
    found = jnp.exp(prices.log_price(start, jnp.zeros((3, 2))))
    assert np.allclose(found[:, 0], [2000.0, 1.0, 2100.0], rtol=1e-6)


def test_jump_counts_have_the_mean_and_variance_of_a_poisson_law() -> None:
    """Sizes fixed at one: 4.5 se twice; fails for a right law once in 70,000 seeds."""
    unit = JumpSources(np.eye(3)[:, :1], np.array([560.0]), np.ones(1), np.zeros(1))
    still = tuple(AssetModel(price=1.0, volatility=0.0) for _ in range(3))
    prices = process(assets=still, jumps=unit)
    prices = eqx.tree_at(
        lambda at: at.compensation, prices, jnp.zeros_like(prices.compensation)
    )
    count = np.asarray(stepped(prices, 1).position[0], float)
    expected = 560.0 * DT
    assert np.array_equal(count, np.round(count))
    assert abs(count.mean() - expected) < 4.5 * np.sqrt(expected / PATHS)
    spread = np.sqrt((expected + 2 * expected**2) / PATHS)  # of a Poisson variance
    assert abs(count.var() - expected) < 4.5 * spread

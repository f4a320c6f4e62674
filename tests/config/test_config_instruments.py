"""Instruments: faults in words, and what is built."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import ndtr

from jaxrisk._random import seed_words
from jaxrisk.config import Config, initial_prices, reserve_prices
from jaxrisk.config._covariance import reserve_covariance
from jaxrisk.engine import Outcome, System
from jaxrisk.engine._rollout import rollout
from jaxrisk.options import Instruments, NoInstruments
from jaxrisk.run import prepare
from jaxrisk.run._book_facts import book_profile

from .derivatives import system_of


INSTRUMENTS = """\
instruments:
  floored:
    kind: protective_put
    underlying: WETH
    strike: 1440
    expiry_days: 10
    surface: {kind: flat, volatility: 0.8}
    stress: {moves: [-0.1, 0], volatility_factors: [0.8, 1], haircut: 0.05}
  both:
    kind: portfolio
    underlying: wstETH
    units: 2
    options:
      - {strike: 2200, expiry_days: 20, type: call, position: -1}
      - {strike: 1800, expiry_days: 20, type: put, position: 0.5}
    surface: {kind: flat, volatility: 0.8}
    move: {kind: sticky_delta, realized_weight: 0.5, half_life_days: 1}
"""

OTHERS = """\
policy:
  factors:
    volatility: {kind: realised, half_life_hours: 12}
    markets:
      aave:
        WETH:
          {on_volatility: 0.1, calm_volatility: 0.8, floor: 0.8, speed_per_hour: 0.01}
behaviour:
  providers: {WETH: {leave_per_loss: 5, calm_volatility: 0.5, leave_hours: 2}}
"""


@pytest.fixture
def text(sound_text: str) -> str:
    """The sound config, with one reserve that lists an instrument."""
    below = sound_text.replace("horizon_days: 7", "horizon_days: 1")
    below = below.replace(
        "  USDC: {kind: infinite}\n",
        "  USDC: {kind: infinite}\n  floored: {kind: power_law, depth_usd: 5e6}\n"
        "  both: {kind: infinite}\n",
    )
    below = below.replace(
        "      WETH: {loan_to_value: 0.8",
        "      WETH: {asset: floored, loan_to_value: 0.8",
        1,
    )
    return below + INSTRUMENTS


@pytest.fixture
def config(read: Callable[..., Config], text: str) -> Config:
    return read(text)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "underlying: WETH",
            "underlying: WEHT",
            'instruments.floored.underlying: got "WEHT": there is no such asset; did '
            "you mean WETH?",
        ),
        (
            "underlying: wstETH",
            "underlying: floored",
            'instruments.both.underlying: got "floored": there is no such asset',
        ),
        (
            "  both:\n",
            "  LINK:\n",
            'instruments.LINK: got "LINK": an asset has this name; choose another',
        ),
        (
            "expiry_days: 10",
            "expiry_days: 0.5",
            "instruments.floored.expiry_days: got 0.5: it is before the horizon, so "
            "what it is settled at would depend on the path; write 1 or more",
        ),
        (
            "expiry_days: 20, type: put",
            "expiry_days: 0.9, type: put",
            "instruments.both.options[1].expiry_days: got 0.9: it is before the",
        ),
        (
            "haircut: 0.05",
            "haircut: 5",
            "instruments.floored.stress.haircut: got 5: this is a ratio",
        ),
        (
            "moves: [-0.1, 0]",
            "moves: []",
            "instruments.floored.stress.moves: got []: this must not be empty",
        ),
        (
            "  both: {kind: infinite}\n",
            "",
            "venues.both: both has no venue; write both: {kind: infinite}",
        ),
        (
            "kind: protective_put",
            "kind: protective",
            'instruments.floored.kind: got "protective": unknown kind; did you mean '
            "protective_put?",
        ),
        (
            "asset: floored",
            "asset: flored",
            'got "flored": there is no such asset; did you mean floored?',
        ),
    ],
)
def test_a_fault_is_one_sentence_with_place_value_reason_and_remedy(
    old: str, new: str, says: str, text: str, faults: Callable[..., list[str]]
) -> None:
    assert old in text
    found = faults(text.replace(old, new, 1))
    matching = [line for line in found if says in line]
    assert matching, "\n".join(found)
    assert all(line.startswith("run.yaml:") and ";" in line for line in matching)


def test_what_cannot_be_worth_anything_is_no_collateral(
    text: str, faults: Callable[..., list[str]]
) -> None:
    found = faults(text.replace("position: -1}", "position: -100}"))
    assert "it is worth nothing at the start, and cannot be collateral" in found[0]


def test_what_is_absent_is_a_null_object_and_leaves_the_hash(
    read: Callable[..., Config], sound_text: str
) -> None:
    plain = read(sound_text)
    assert read(sound_text, "instruments=").hash == plain.hash
    system = system_of(plain)
    assert isinstance(system.instruments, NoInstruments)
    assert system.keepers_alone


def test_instruments_are_assets_after_the_others(config: Config) -> None:
    model = prepare(config)
    assert model.axes.assets == (*config.assets, "floored", "both")
    built = model.system.instruments
    assert isinstance(built, Instruments)
    assert built.assets == (5, 6)
    assert built.underlyings == (0, 3)
    np.testing.assert_allclose(built.weight, [0, 0.5])
    np.testing.assert_allclose(built.memory[1], 0.5 ** (1 / 24), rtol=1e-6)
    assert not model.system.keepers_alone
    assert float(model.system.prices.scale[:, 5:].max()) == 0.0


def test_an_instrument_starts_at_black_s_price(config: Config) -> None:
    deviation = 0.8 * np.sqrt(10 / 365)
    d = np.log(1800 / 1440) / deviation + deviation / 2
    put = 1440 * ndtr(deviation - d) - 1800 * ndtr(-d)
    np.testing.assert_allclose(initial_prices(config)[5], 1800 + put, rtol=1e-12)
    assert reserve_prices(config)[0] == initial_prices(config)[5]
    start = np.exp(np.asarray(system_of(config).prices.anchor))
    np.testing.assert_allclose(start[5:], initial_prices(config)[5:], rtol=1e-5)


def test_it_counts_for_its_value_under_the_worst_stress(config: Config) -> None:
    """A tenth lower and with less volatility, less five per cent."""
    system = system_of(config)
    deviation = 0.8 * 0.8 * np.sqrt(10 / 365)
    d = np.log(1620 / 1440) / deviation + deviation / 2
    put = 1440 * ndtr(deviation - d) - 1620 * ndtr(-d)
    value = initial_prices(config)
    price = jnp.asarray(value, jnp.float32)[:, None]
    share = system.instruments.counted(system.instruments.init(price), price)
    np.testing.assert_allclose(share[5], 0.95 * (1620 + put) / value[5], rtol=1e-4)
    np.testing.assert_allclose(share[6], 1.0, rtol=1e-6)


def test_cohorts_and_profiles_take_it_to_fall_as_its_underlying_does(
    config: Config, read: Callable[..., Config], text: str
) -> None:
    model = prepare(config)
    of_eth = model.axes.assets.index("WETH")
    profile = book_profile(model, model.full)
    assert profile.collateral[of_eth].max() > 0
    assert not profile.collateral[5].any()
    plain = read(text.replace("asset: floored, ", ""))
    np.testing.assert_allclose(reserve_covariance(config), reserve_covariance(plain))


def test_all_sections_together_have_a_row_for_every_instrument(
    read: Callable[..., Config], text: str
) -> None:
    failure = "assets.USDC.failure={hazard_per_year: 1, loss: 0.1}"
    system = system_of(read(text + OTHERS, failure))

    def run(system: System) -> Outcome:
        return rollout(system, seed_words(1), jnp.arange(4, dtype=jnp.uint32))[1]

    found = jax.eval_shape(run, system)
    assert found.final_price.shape == (7, 4)

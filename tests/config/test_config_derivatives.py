"""Options and perpetuals: faults in words, and the dealers that are built."""

import logging
from collections.abc import Callable
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy.special import ndtr

from jaxrisk.config import Config, ConfigError, load, parameters
from jaxrisk.config._build_options import LEVELS
from jaxrisk.config._option_positions import option_positions
from jaxrisk.options import (
    BandHedging,
    Dealers,
    ImplicitHedging,
    IntervalHedging,
    NoDealers,
    OptionBook,
)
from jaxrisk.perps import NoPerps
from jaxrisk.run import prepare
from tests.data.option_files import csv_text, quotes, snapshot_row

from .derivatives import system_of
from .test_config_files import CONFIGS


FAULTS = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("derivatives_faults.yaml")
)

SURFACE = "options.underlyings.WETH.surface"
GRID = "{kind: grid, expiry_days: [7, 9], moneyness: [-0.1, 0.1]"


@pytest.fixture
def config(read: Callable[..., Config], derivatives_text: str) -> Config:
    return read(derivatives_text)


def book_of(config: Config, underlying: str) -> OptionBook:
    assert config.options is not None
    return option_positions(config, config.options, underlying)


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_one_sentence_with_place_value_reason_and_remedy(
    case: str, derivatives_text: str, faults: Callable[..., list[str]]
) -> None:
    old, new, expected = (FAULTS[case][part] for part in ("old", "new", "says"))
    assert old in derivatives_text
    found = faults(derivatives_text.replace(old, new, 1))
    matching = [line for line in found if expected in line]
    assert matching, "\n".join(found)
    assert all(line.startswith("run.yaml:") and ";" in line for line in matching)


def test_what_is_absent_is_a_null_object_and_leaves_the_hash(
    read: Callable[..., Config], sound_text: str, derivatives_text: str
) -> None:
    without = read(derivatives_text, "options=", "perps=")
    assert (
        without.hash
        == read(sound_text, "horizon_days=1").hash
        != read(derivatives_text).hash
    )
    system = system_of(without)
    assert isinstance(system.dealers, NoDealers)
    assert isinstance(system.perps, NoPerps)
    assert system.keepers_alone


def test_rows_have_the_names_of_their_underlyings(config: Config) -> None:
    model = prepare(config)
    assert model.axes.dealers == ("WETH", "WBTC")
    assert model.axes.perps == ("WETH", "LINK")
    assert model.system.dealers.assets == (0, 1)


def test_a_share_of_a_listed_book_is_that_of_its_type_or_range(config: Config) -> None:
    book = book_of(config, "WETH")
    np.testing.assert_allclose(book.position, [-1000, -200, 50])
    np.testing.assert_allclose(book.expiry, np.array([10, 10, 3]) / 365)
    assert book.is_call.tolist() == [False, False, True]


def test_a_grid_has_its_total_split_by_type_expiry_and_density(config: Config) -> None:
    book = book_of(config, "WBTC")
    calls, puts = (
        np.where(side, book.position, 0) for side in (book.is_call, ~book.is_call)
    )
    np.testing.assert_allclose(calls.sum(), -0.1 * 0.6 * 70e6 / 35e3)
    np.testing.assert_allclose(puts.sum(), -0.2 * 0.4 * 70e6 / 35e3)
    soon = book.expiry < 10 / 365
    np.testing.assert_allclose(puts[soon].sum(), puts.sum() / 2)
    centre = -0.1
    low, middle = (np.log(strike / 35e3) - centre for strike in (30e3, 35e3))
    expected = np.exp((middle**2 - low**2) / (2 * 0.1**2))
    of_puts = soon & ~book.is_call
    low, middle = (book.position[of_puts & (book.strike == k)] for k in (30e3, 35e3))
    np.testing.assert_allclose(low / middle, expected)


def test_a_far_centre_leaves_weight_at_the_nearest_strike(
    read: Callable[..., Config], derivatives_text: str
) -> None:
    path = "options.underlyings.WBTC.book"
    far = read(derivatives_text, f"{path}.put_centre=-5", f"{path}.width=0.001")
    book = book_of(far, "WBTC")
    puts = ~book.is_call & (book.position != 0)
    assert book.strike[puts].tolist() == [30e3, 30e3]


def test_a_chain_is_read_from_beside_the_config(
    read: Callable[..., Config],
    derivatives_text: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = [snapshot_row(quote) for quote in quotes()]
    (tmp_path / "chain.csv").write_text(csv_text(rows), encoding="utf-8")
    path = "options.underlyings.WBTC.book"
    config = read(
        derivatives_text, f"{path}={{kind: chain, file: {tmp_path}/chain.csv}}"
    )
    book = book_of(config, "WBTC")
    assert book.strike.size == len(rows)
    np.testing.assert_allclose(np.abs(book.position), np.where(book.is_call, 1, 2))
    days = (8 - 12) / 24 + 8
    np.testing.assert_allclose(book.expiry.min(), days / 365)
    warning = (
        "assets.WBTC.price_usd: got 35000: the next forward of the file is 9,500 USD"
    )
    assert warning in caplog.text
    wrong = read(
        derivatives_text,
        f"{path}={{kind: chain, file: {tmp_path}/chain.csv, coin: ETH}}",
    )
    with pytest.raises(ConfigError, match=r'WBTC\.book\.coin: got "ETH": .*known: BTC'):
        book_of(wrong, "WBTC")


def test_a_chain_that_is_not_there_is_a_fault(
    derivatives_text: str, faults: Callable[..., list[str]]
) -> None:
    path = "options.underlyings.WBTC.book"
    found = faults(derivatives_text, f"{path}={{kind: chain, file: none.csv}}")
    assert len(found) == 1
    assert f'{path}.file: got "none.csv": there is no such file' in found[0]


def test_a_chain_s_file_moves_with_a_config_that_extends(
    read: Callable[..., Config], derivatives_text: str, tmp_path: Path
) -> None:
    (tmp_path / "below").mkdir()
    rows = [snapshot_row(quote) for quote in quotes()]
    (tmp_path / "below" / "chain.csv").write_text(csv_text(rows), encoding="utf-8")
    start = derivatives_text.index("        kind: grid")
    grid = derivatives_text[
        start : derivatives_text.index("      dealers: {calls: -0.1")
    ]
    chain = derivatives_text.replace(
        grid, "        kind: chain\n        file: chain.csv\n"
    )
    (tmp_path / "below" / "base.yaml").write_text(chain, encoding="utf-8")
    config = read("extends: below/base.yaml\n")
    assert book_of(config, "WBTC").strike.size == len(rows)


def test_dealers_have_the_config_s_numbers(config: Config) -> None:
    dealers = system_of(config).dealers
    assert isinstance(dealers, Dealers)
    np.testing.assert_allclose(dealers.price, [1800, 35000])
    np.testing.assert_allclose(dealers.weight, [0, 0.5])
    np.testing.assert_allclose(dealers.variance, [1, 0.6**2], rtol=1e-6)
    np.testing.assert_allclose(
        dealers.memory, 0.5 ** (1 / 24 / np.array([3, 2])), rtol=1e-6
    )
    assert dealers.table.values.shape[:3] == (2, 25, LEVELS.size)
    assert isinstance(dealers.hedging, IntervalHedging)
    assert dealers.hedging.every == 4


def test_a_level_that_nobody_follows_is_not_tabulated(
    read: Callable[..., Config], derivatives_text: str
) -> None:
    config = read(derivatives_text, "options.underlyings.WBTC.move.realized_weight=0")
    dealers = system_of(config).dealers
    assert isinstance(dealers, Dealers)
    assert dealers.table.values.shape[2] == 1


def test_a_table_has_black_s_delta_at_the_start(config: Config) -> None:
    dealers = system_of(config).dealers
    assert isinstance(dealers, Dealers)
    still = jnp.zeros((2, 1), jnp.float32)
    delta = dealers.table.at(jnp.asarray(0), still, still)[0]
    strike, days = np.array([1800, 1600, 2000]), np.array([10, 10, 3])
    deviation = 0.6 * np.sqrt(days / 365)
    of_call = ndtr(np.log(1800 / strike) / deviation + deviation / 2)
    expected = np.array([-1000, -200, 50]) @ (of_call - [1, 1, 0])
    np.testing.assert_allclose(delta[0], expected, atol=1e-4 * 1250)


@pytest.mark.parametrize(
    ("hedging", "kind", "band"),
    [
        ("kind: at_once", ImplicitHedging, []),
        ("kind: band, tokens: 7", BandHedging, [7, 7]),
        ("kind: band, share: 0.1", BandHedging, [125, 28]),
    ],
)
def test_a_policy_is_common_to_all_underlyings(
    hedging: str,
    kind: type,
    band: list[float],
    read: Callable[..., Config],
    derivatives_text: str,
) -> None:
    dealers = system_of(
        read(derivatives_text, f"options.hedging={{{hedging}}}")
    ).dealers
    assert isinstance(dealers, Dealers)
    assert isinstance(dealers.hedging, kind)
    if isinstance(dealers.hedging, BandHedging):
        np.testing.assert_allclose(dealers.hedging.band, band, rtol=1e-6)


def test_arbitrage_is_a_warning_and_no_fault(
    read: Callable[..., Config], derivatives_text: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="jaxrisk.config"):
        config = read(
            derivatives_text, "options.underlyings.WBTC.surface.smiles.1.a=-0.005"
        )
    fields = {field for field, _ in config.warnings}
    assert fields == {"options.underlyings.WBTC.surface"}
    assert "surface: got" in caplog.text
    assert "it allows arbitrage: Expiries 0.0191781 to 0.0767123 years" in caplog.text


def test_a_grid_of_volatilities_is_one(
    read: Callable[..., Config], derivatives_text: str
) -> None:
    config = read(
        derivatives_text, f"{SURFACE}={GRID}, volatility: [[0.7, 0.6], [0.6, 0.5]]}}"
    )
    assert system_of(config).dealers.assets == (0, 1)


def test_a_table_of_volatilities_has_a_value_for_every_column(
    derivatives_text: str, faults: Callable[..., list[str]]
) -> None:
    found = faults(derivatives_text, f"{SURFACE}={GRID}, volatility: [[0.7], [1, 1]]}}")
    assert (
        "its rows have 1, 2 values, and there are 2 expiries and 2 columns" in found[0]
    )


def test_numbers_of_derivatives_are_parameters(config: Config) -> None:
    depth, steps = (
        parameters(config, name)[0]
        for name in ("perps.insurance_usd", "options.hedging.every_hours")
    )
    assert depth.values == (1e6,)
    assert steps.whole_steps
    assert steps.sizes == (1.0,)


@pytest.mark.parametrize(
    ("name", "moves", "said"),
    [
        ("short_gamma_selloff", [0.0, -0.1], [0.31, 0.32]),
        ("gamma_squeeze", [0.0, 0.1], [0.26, 0.36]),
    ],
)
def test_a_scenario_s_feedback_is_what_its_comment_says(
    name: str, moves: list[float], said: list[float]
) -> None:
    """Gamma in tokens, by what a token moves the log price."""
    config = load(CONFIGS / f"{name}.yaml")
    dealers = system_of(config).dealers
    assert isinstance(dealers, Dealers)
    at = jnp.log1p(jnp.array([moves], jnp.float32))
    slope = dealers.table.at(jnp.asarray(0), at, jnp.zeros_like(at))[1]
    impact = -np.log(0.98) * 2000 * (1 + np.array(moves)) / 46e6
    np.testing.assert_allclose(-slope[0] * impact, said, atol=0.006)
    text = (CONFIGS / f"{name}.yaml").read_text(encoding="utf-8")
    assert all(f"{one} at" in text for one in said)

"""Claims, stablecoins and credit lines: faults in words, and what is built."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from jaxrisk.behaviour import CreditLines, NoCredit
from jaxrisk.config import (
    Config,
    ConfigError,
    build_system,
    load_book,
    marked_assets,
    parameters,
)
from jaxrisk.engine import System
from jaxrisk.network import Claims, NoNetwork
from jaxrisk.run import prepare
from jaxrisk.run._book_facts import pledges

from .claims import with_claims
from .derivatives import system_of


FAULTS = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("claims_faults.yaml")
)


@pytest.fixture
def text(sound_text: str) -> str:
    return with_claims(sound_text)


@pytest.fixture
def config(read: Callable[..., Config], text: str) -> Config:
    return read(text)


def network_of(system: System) -> Claims:
    """The network, which is one of claims."""
    assert isinstance(system.network, Claims)
    return system.network


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


def test_what_is_absent_is_a_null_object_and_leaves_hash_and_dump(
    read: Callable[..., Config], sound_text: str
) -> None:
    config = read(sound_text)
    system = system_of(config)
    assert isinstance(system.network, NoNetwork)
    assert isinstance(system.credit, NoCredit)
    dumped = config.model_dump(mode="json")["assets"]["WETH"]
    assert list(dumped) == ["price_usd", "volatility", "drift", "jumps", "peg"]
    assert read(sound_text).hash == config.hash


def test_a_config_with_claims_reads_back(config: Config) -> None:
    assert Config.model_validate_json(config.model_dump_json()) == config


def test_prices_follow_all_that_they_rest_on(config: Config) -> None:
    names = list(config.assets)
    prices = system_of(config).prices
    row = np.asarray(prices.lift)[names.index("vLP")]
    rests = {name: row[at] for at, name in enumerate(names) if row[at]}
    assert rests == {
        "WETH": 0.5, "USDC": 0.5, "stWETH": 0.5, "bWETH": 0.5, "bUSDC": 0.5,
        "LP": 1.0, "vLP": 1.0,
    }  # fmt: skip
    start = np.exp(np.asarray(prices.anchor) + np.asarray(prices.lift @ prices.initial))
    given = [asset.price_usd for asset in config.assets.values()]
    np.testing.assert_allclose(start, given, rtol=1e-6)
    assert prices.trend[names.index("stWETH")] == np.float32(0.03)
    assert prices.scale[0, names.index("vLP")] == 0


def test_failures_losses_and_stablecoins_are_those_of_the_config(
    config: Config,
) -> None:
    names = list(config.assets)
    network = network_of(system_of(config))
    failures = network.failures
    np.testing.assert_allclose(failures.hazard, [0.01, 2.0, 0.0], rtol=1e-6)
    assert np.asarray(failures.at).tolist() == [2**32 - 1, 2**32 - 1, 35]
    assert np.asarray(failures.repeats).tolist() == [False, True, False]
    left = np.exp(np.asarray(failures.log_left, np.float64))
    found = {
        (names[row], int(source)): round(float(left[row, source]), 6)
        for row, source in np.argwhere(left != 1)
    }
    assert found == {
        ("USDC", 0): 0.9,
        ("stWETH", 1): 0.95,
        ("bWETH", 2): 0.0,
        ("bUSDC", 2): 0.5,
    }
    receipts = np.argwhere(np.asarray(network.receipts))
    assert receipts.tolist() == [[names.index("aWETH"), 0]]
    spirals = network.spirals
    assert spirals.stable == (names.index("UST"),)
    assert spirals.token == (names.index("LUNA"),)
    np.testing.assert_allclose(spirals.capacity, 365e9, rtol=1e-6)
    np.testing.assert_allclose(spirals.by_depeg, 3 * 365, rtol=1e-6)
    marked = tuple(names[row] for row in network.claims)
    assert marked == marked_assets(config)
    assert set(marked) == {"USDC", "stWETH", "bWETH", "bUSDC", "aWETH", "UST", "LUNA"}


def test_a_tier_lifts_the_limit_of_its_lines(config: Config) -> None:
    system = system_of(config)
    assert isinstance(system.credit, CreditLines)
    assert system.credit.accounts == (1,)
    np.testing.assert_allclose(system.credit.hazard, [12.0])
    accounts = system.accounts
    limit = accounts.weighted.sum(axis=1) / accounts.collateral.sum(axis=1)
    np.testing.assert_allclose(limit, [0.83, 1.4], rtol=1e-6)


def test_rows_have_the_names_of_the_config(config: Config) -> None:
    model = prepare(config)
    names = config.asset_names
    network = network_of(model.system)
    assert model.axes.assets == names
    assert model.axes.claims == tuple(names[row] for row in network.claims)
    assert model.axes.spirals == ("UST",)
    assert model.axes.lines == ("bob",)
    facts = pledges(model)
    at = names.index("aWETH")
    assert facts["locked_share"][at] == 0
    assert facts["claim_depth"][names.index("vLP")] == 4
    assert facts["longest_chain"] == 1
    np.testing.assert_allclose(
        facts["collateral_velocity"][names.index("WETH")], 1 + 2060 * 100 / 180e3
    )


def test_claims_are_alike_to_cohorts_if_what_they_rest_on_is(config: Config) -> None:
    """A receipt varies as its asset does; its own basis is none."""
    given = parameters(config, "loss")
    assert [each.name for each in given][:2] == [
        "assets.USDC.failure.loss",
        "assets.stWETH.failure.loss",
    ]
    assert parameters(config, "assets.bWETH.failure.at_hours")[0].whole_steps


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("at_hours: 36", "at_hours: 169", "the run ends after 7 days, before this"),
        ("backing_supply_tokens: 350e6", "backing_supply_tokens: 3e6", "are behind"),
        ("lines: {bob: trusted}", "lines: {bobby: trusted}", "no account of the book"),
        ("collateral: {wstETH: 100}, ", "", "it has no collateral"),
    ],
)
def test_what_only_the_whole_can_tell_is_refused_with_a_remedy(
    read: Callable[..., Config], text: str, old: str, new: str, match: str
) -> None:
    assert old in text
    config = read(text.replace(old, new, 1))
    with pytest.raises(ConfigError, match=match) as caught:
        build_system(config, load_book(config))
    assert "; " in str(caught.value)


def test_a_failure_strikes_in_the_step_at_whose_end_its_hour_has_come(
    read: Callable[..., Config], text: str
) -> None:
    for hours, step in ((36, 35), (36.5, 36), (0.1, 0), (168, 167)):
        config = read(text.replace("at_hours: 36", f"at_hours: {hours}"))
        at = network_of(system_of(config)).failures.at
        assert int(np.asarray(at)[2]) == step
    assert math.isclose(config.steps, 168)

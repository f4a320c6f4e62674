"""Every fault is named with file, line, field, value, reason and remedy."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from jaxrisk.config import Config


FAULTS = YAML(typ="safe", pure=True).load(Path(__file__).with_name("faults.yaml"))


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_one_sentence_with_place_value_reason_and_remedy(
    case: str, sound_text: str, faults: Callable[..., list[str]]
) -> None:
    old, new, expected = (FAULTS[case][part] for part in ("old", "new", "says"))
    assert old in sound_text
    found = faults(sound_text.replace(old, new, 1))
    matching = [line for line in found if expected in line]
    assert matching, "\n".join(found)
    assert all(line.startswith("run.yaml:") and ";" in line for line in matching)


def test_the_config_that_the_faults_spoil_is_sound(
    sound_text: str, read: Callable[..., Config]
) -> None:
    config = read(sound_text)
    assert config.steps == 168
    assert config.run.paths == 100_000
    assert config.warnings == ()


def test_all_faults_are_listed_at_once_in_the_order_of_the_file(
    sound_text: str, faults: Callable[..., list[str]]
) -> None:
    text = sound_text
    for case in ("volatility in percent", "unknown key", "unknown kind", "half a step"):
        text = text.replace(FAULTS[case]["old"], FAULTS[case]["new"], 1)
    found = faults(text)
    assert [line.split(":")[1] for line in found] == ["2", "5", "23", "26"]


def test_a_matrix_that_cannot_be_is_answered_with_the_nearest_that_can(
    sound_text: str, faults: Callable[..., list[str]], read: Callable[..., Config]
) -> None:
    text = sound_text.replace("WBTC: {LINK: 0.6}", "WBTC: {LINK: -0.9}")
    found = faults(text.replace(", correlation_floor: 0.8", ""))
    assert len(found) == 2, "both regimes have the matrix"
    assert found[0].startswith("run.yaml:16:3: market_model.correlation: the matrix is")
    offer = found[0].split("valid one: ")[1]
    mended = text.split("  correlation:\n")[0] + f"  correlation: {offer}\n"
    mended += "  common_jumps: " + text.split("  common_jumps: ")[1]
    assert read(mended).market_model.correlation["WETH"]["LINK"] < 0.7


def test_the_stress_matrix_is_checked_too(
    sound_text: str, faults: Callable[..., list[str]]
) -> None:
    bad = "correlation: {WETH: {WBTC: 0.99, LINK: 0.99}, WBTC: {LINK: 0.5}}"
    found = faults(sound_text.replace("correlation_floor: 0.8", bad))
    assert len(found) == 1
    assert "market_model.regimes.correlation: the matrix is not positive" in found[0]


def test_a_toxic_threshold_is_a_warning_and_no_fault(
    sound_text: str, read: Callable[..., Config], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="jaxrisk.config"):
        config = read(sound_text.replace("_bonus: 0.01", "_bonus: 0.08"))
    field = "markets.aave.e_modes.ETH.liquidation_threshold"
    assert [where for where, _ in config.warnings] == [field]
    assert f"run.yaml:53:32: {field}: got 0.93: toxic: " in caplog.text
    assert "is 1.004" in caplog.text


def test_a_book_is_a_file_or_accounts_and_not_empty(
    sound_text: str, faults: Callable[..., list[str]]
) -> None:
    head, tail = sound_text.split("  accounts:\n")[0], "run: {paths: 10}\n"
    missing = faults(head + "  file: none.csv\n" + tail)
    assert missing[0].startswith(
        'run.yaml:57:9: book.file: got "none.csv": there is no'
    )
    lido = faults(head + "  file: b1.csv\n  format: lido_aave_v2\n" + tail)
    assert "lidofinance/aave-liquidation-model" in lido[0]
    empty = faults(head + "  accounts: []\n" + tail)
    assert "book.accounts: got []: the book is empty; add at least one" in empty[0]
    neither = faults(head + "  cohorts: 8\n" + tail)
    assert "book: got " in neither[0]
    assert "a book is either a file or accounts; write" in neither[0]


def test_an_account_names_its_market_where_there_are_two(
    sound_text: str, faults: Callable[..., list[str]]
) -> None:
    other = (
        "  other:\n    close_factor: {kind: full}\n    reserves: {WETH: "
        "{loan_to_value: 0.5, liquidation_threshold: 0.6, liquidation_bonus: 0.1}}\n"
        "book:"
    )
    found = faults(sound_text.replace("book:", other, 1))
    assert len(found) == 2
    assert "book.accounts[0].market: it is missing; name one of the markets" in found[0]

"""Entities that owe each other: from settings to arrays, and faults in words."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from jaxrisk.config import Config
from jaxrisk.network import NoObligations, Obligations
from jaxrisk.run import prepare

from .derivatives import system_of


OBLIGATIONS = """\
obligations:
  netting: bilateral
  entities:
    fund:
      cash_usd: 1e6
      tokens: {WETH: 1000}
      owes_usd: {maker: 2e6}
      outside_usd: 4e5
      hidden_usd: 3e6
      hidden_log_sd: 1.5
      bears: {aave: 0.25}
    maker:
      owes_usd: {fund: 5e5, treasury: 1e5}
      recovery_assets: 0.8
      recovery_claims: 0.9
    treasury:
      tokens: {USDC: 2e6}
      bears: {aave: 0.6}
"""

FAULTS = YAML(typ="safe", pure=True).load(
    Path(__file__).with_name("obligations_faults.yaml")
)


@pytest.fixture
def text(sound_text: str) -> str:
    return sound_text + OBLIGATIONS


def test_obligations_have_the_config_s_numbers(
    read: Callable[..., Config], text: str
) -> None:
    system = system_of(read(text))
    found = system.obligations
    assert isinstance(found, Obligations)
    np.testing.assert_allclose(found.cash, [1e6, 0, 0])
    np.testing.assert_allclose(found.tokens[:, [0, 4]], [[1000, 0], [0, 0], [0, 2e6]])
    np.testing.assert_allclose(
        found.liabilities, [[0, 1.5e6, 0], [0, 0, 1e5], [0, 0, 0]]
    )
    np.testing.assert_allclose(found.outside, [4e5, 0, 0])
    np.testing.assert_allclose(found.hidden, [3e6, 0, 0])
    np.testing.assert_allclose(found.hidden_sd, [1.5, 0, 0])
    np.testing.assert_allclose(found.bears, [[0.25], [0], [0.6]])
    np.testing.assert_allclose(found.recovery.assets, [1, 0.8, 1])
    np.testing.assert_allclose(found.recovery.claims, [1, 0.9, 1])


def test_gross_debts_stay_as_agreed(read: Callable[..., Config], text: str) -> None:
    found = system_of(read(text, "obligations.netting=none")).obligations
    assert isinstance(found, Obligations)
    np.testing.assert_allclose(
        found.liabilities, [[0, 2e6, 0], [5e5, 0, 1e5], [0, 0, 0]]
    )


def test_without_the_section_there_is_nobody(
    read: Callable[..., Config], sound_text: str, text: str
) -> None:
    plain, known = read(sound_text), read(text)
    assert isinstance(system_of(plain).obligations, NoObligations)
    assert prepare(plain).axes.entities == ()
    assert prepare(known).axes.entities == ("fund", "maker", "treasury")
    assert plain.hash != known.hash
    assert plain.hash == read(sound_text + "obligations:\n").hash


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

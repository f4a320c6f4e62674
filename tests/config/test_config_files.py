"""The configs that are shipped, and a config's life outside its file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxrisk.config import Config, load, load_book, nearest_correlation, parse, schema
from jaxrisk.config._correlation import rounded_correlation
from jaxrisk.config._yaml import parse_tree
from jaxrisk.options import Dealers

from .conftest import SOUND
from .derivatives import system_of


CONFIGS = Path(__file__).resolve().parents[2] / "configs"
SHIPPED = sorted(path.name for path in CONFIGS.glob("*.yaml"))


def load_shipped(name: str) -> Config:
    """Load a shipped config, or skip where its data are not."""
    if "lido" in name and not (CONFIGS / "../../shared/data").is_dir():
        pytest.skip("Lido's data are absent; see the config for where they come from")
    return load(CONFIGS / name)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_config_loads_without_a_warning_and_names_the_schema(
    name: str,
) -> None:
    assert load_shipped(name).warnings == ()
    first = (CONFIGS / name).read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema.json"


def test_the_schema_for_editors_is_up_to_date() -> None:
    """Write it anew with `jaxrisk schema > configs/schema.json`."""
    stored = json.loads((CONFIGS / "schema.json").read_text(encoding="utf-8"))
    assert stored == json.loads(json.dumps(schema()))


def test_the_schema_carries_units_and_bounds() -> None:
    asset = schema()["$defs"]["AssetConfig"]["properties"]["price_usd"]
    assert asset["exclusiveMinimum"] == 0
    assert "[USD]" in asset["description"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_config_is_equal_after_a_trip_through_json(name: str) -> None:
    config = load_shipped(name)
    stored = json.loads(json.dumps(config.model_dump(mode="json")))
    again = parse(stored, folder=config.folder)
    assert again == config
    assert again.hash == config.hash


def test_aave_parameters_are_those_of_the_chain(shared_data: Path) -> None:
    report = shared_data / "aave_v3_params_2023-11"
    file = report / "AaveV3Ethereum_20231031_after.json"
    chain = json.loads(file.read_text(encoding="utf-8"))
    by_symbol = {entry["symbol"]: entry for entry in chain["reserves"].values()}
    config = load_shipped("aave_v3_ethereum.yaml")
    assert len(config.markets["aave_v3"].reserves) >= 12
    for name, reserve in config.markets["aave_v3"].reserves.items():
        fact = by_symbol[name]
        curve = chain["strategies"][fact["interestRateStrategy"]]
        given_here = [
            config.assets[name].price_usd,
            reserve.loan_to_value,
            reserve.liquidation_threshold,
            1 + reserve.liquidation_bonus,
            reserve.protocol_fee,
            reserve.reserve_factor,
            reserve.rates.base,
            reserve.rates.kink,
            reserve.rates.slope_below,
            reserve.rates.slope_above,
        ]
        facts = [
            int(fact["oracleLatestAnswer"]) / 1e8,
            fact["ltv"] / 1e4,
            fact["liquidationThreshold"] / 1e4,
            fact["liquidationBonus"] / 1e4,
            fact["liquidationProtocolFee"] / 1e4,
            fact["reserveFactor"] / 1e4,
            int(curve["baseVariableBorrowRate"]) / 1e27,
            int(curve["optimalUsageRatio"]) / 1e27,
            int(curve["variableRateSlope1"]) / 1e27,
            int(curve["variableRateSlope2"]) / 1e27,
        ]
        np.testing.assert_allclose(given_here, facts, rtol=1e-9, atol=1e-9)


def test_the_lido_book_is_read_where_its_data_are() -> None:
    book = load_book(load_shipped("lido_steth.yaml"))
    assert book.account.size == 271


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


ratio = st.floats(0, 1)
PRINTABLE = st.characters(min_codepoint=32, max_codepoint=126)


@st.composite
def variants(draw: st.DrawFn) -> list[tuple[str, Any]]:
    """Settings to put over the sound config."""
    threshold = draw(ratio)
    sizes = st.floats(1e-6, 1e12)
    keepers = (
        {"kind": "greedy"},
        {"kind": "rational", "gas_usd": draw(sizes), "capital_usd": draw(sizes)},
    )
    oracles = ({"kind": "instant"}, {"kind": "delayed", "delay_seconds": 3600.0})
    return [
        ("assets.WETH.price_usd", draw(sizes)),
        ("assets.WETH.volatility", draw(st.floats(0, 10))),
        ("markets.aave.reserves.WETH.liquidation_threshold", threshold),
        ("markets.aave.reserves.WETH.loan_to_value", threshold * draw(ratio)),
        ("book.accounts.0.debt.coins", draw(sizes)),
        ("run.seed", draw(st.integers(0, 2**64 - 1))),
        ("description", draw(st.text(PRINTABLE, max_size=20))),
        ("keeper", draw(st.sampled_from(keepers))),
        ("oracle", draw(st.sampled_from(oracles))),
    ]


@settings(max_examples=25)
@given(changes=variants())
def test_any_config_is_equal_after_a_trip_through_yaml(
    changes: list[tuple[str, Any]],
) -> None:
    data: Any = parse_tree(SOUND, name="sound").plain()
    for path, value in changes:
        *above, last = path.split(".")
        place: Any = data
        for key in above:
            place = place[int(key) if key.isdigit() else key]
        place[last] = value
    config = parse(data)
    # JSON is YAML, and keeps the order.
    stored: Any = parse_tree(config.model_dump_json(indent=1), name="again").plain()
    again = parse(stored)
    assert again == config
    assert again.hash == config.hash


def test_the_hash_tells_what_changes_numbers_from_what_does_not(
    sound_text: str, read: Callable[..., Config]
) -> None:
    config = read(sound_text)
    for same in ("run.paths=5", "run.seed=5", "name=other", "description=words"):
        assert read(sound_text, same).hash == config.hash
        assert read(sound_text, same) != config
    for other in ("engine.rounds=5", "assets.WETH.price_usd=1", "run.levels=[0.9]"):
        assert read(sound_text, other).hash != config.hash
    line = "  LINK: {price_usd: 11, volatility: 0.9}\n"
    moved = sound_text.replace(line, "").replace("assets:\n", "assets:\n" + line)
    assert read(moved).hash != config.hash, "order is that of the random draws"


@given(
    entries=st.lists(st.floats(-0.99, 0.99), min_size=15, max_size=15),
)
def test_the_nearest_correlation_is_one_and_a_valid_one_is_its_own_nearest(
    entries: list[float],
) -> None:
    matrix = np.eye(6)
    matrix[np.triu_indices(6, 1)] = entries
    matrix = np.triu(matrix) + np.triu(matrix, 1).T
    nearest = nearest_correlation(matrix)
    np.testing.assert_allclose(np.diag(nearest), 1)
    assert np.linalg.eigvalsh(nearest)[0] > -1e-6
    assert np.linalg.eigvalsh(rounded_correlation(matrix))[0] > 0
    valid = 0.5 * nearest + 0.5 * np.eye(6)
    np.testing.assert_allclose(nearest_correlation(valid), valid, atol=1e-12)


def test_the_nearest_correlation_is_that_of_higham() -> None:
    """Higham (2002), section 5: distance 0.528 in the Frobenius norm."""
    matrix = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    nearest = nearest_correlation(matrix, least_eigenvalue=0.0)
    expected = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    np.testing.assert_allclose(nearest, expected, atol=5e-5)

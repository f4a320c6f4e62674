"""The section `scenarios` of a config: what it says, and what it refuses."""

import pytest

from jaxrisk.config import ConfigError, load, schema
from jaxrisk.config._scenario import ScenarioConfig
from jaxrisk.run import prepare
from jaxrisk.scenario import Catalogue, scenarios_of
from jaxrisk.scenario._library import CRISES, built_in

from .markets import CONFIGS


MINIMAL = CONFIGS / "minimal.yaml"


def test_scenarios_change_no_run() -> None:
    plain, told = load(MINIMAL), load(MINIMAL, ("scenarios={a: {drop: 0.1}}",))
    assert told.hash == plain.hash
    assert told != plain


def test_the_shipped_scenarios_can_be_run() -> None:
    model = prepare(load(CONFIGS / "stress.yaml"))
    catalogue = Catalogue(model)
    own = [name for name in scenarios_of(model.config) if built_in(name) is None]
    assert own == ["weekend", "made_up_day"]
    said = {name: catalogue.words(catalogue.stress(name)) for name in own}
    assert "WETH -30 %" in said["weekend"]
    assert "gas x 10" in said["weekend"]
    assert "WETH -44.42 %" in said["made_up_day"]


def test_every_field_is_described_for_editors() -> None:
    fields = schema()["$defs"]["ScenarioConfig"]["properties"]
    assert set(fields) == set(ScenarioConfig.model_fields)
    assert all(field.get("description") or "$ref" in field for field in fields.values())


def test_what_is_made_up_says_so() -> None:
    assert all("made up" in one.description for one in CRISES.values())


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("{drop: 30}", "write 0.3 if 30 % is meant"),
        ("{drop: 1}", "a fall of a price"),
        ("{depth_cut: 1}", "below 1"),
        ("{gas: 0}", "above 0"),
        ("{correlation: 1}", "below 1"),
        ("{freeze_hours: -1}", "a time in hours"),
        ("{dorp: 0.3}", "did you mean drop"),
        ("{assets: [DOGE], drop: 0.3}", "there is no such asset"),
        ("{assets: []}", "must not be empty"),
    ],
)
def test_a_scenario_that_cannot_be_is_a_fault(scenario: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as told:
        load(MINIMAL, (f"scenarios={{mine: {scenario}}}",))
    assert "scenarios.mine" in str(told.value)
    assert ";" in str(told.value)


def test_names_do_not_join_names() -> None:
    with pytest.raises(ConfigError, match="choose another name"):
        load(MINIMAL, ("scenarios={a+b: {drop: 0.1}}",))

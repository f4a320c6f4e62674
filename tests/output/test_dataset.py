"""Every number that leaves has dimensions, a unit and a sentence."""

import numpy as np
import pytest

from jaxrisk.output import COORDINATES, SCHEMA, Result, to_dataset
from jaxrisk.risk import QUANTILES, Axes, FeedbackComparison, Measures, cohort_error
from tests.risk.outcomes import behaviour, claims, derivatives, entities

from . import results


UNITS = {"USD", "1", "day"}


def test_an_array_that_is_not_in_the_schema_cannot_be_written() -> None:
    with pytest.raises(KeyError, match=r"Not in the output schema: \['x', 'y'\]\."):
        to_dataset({"y": np.ones(1), "x": np.ones(1)}, coordinates={}, attributes={})
    with pytest.raises(KeyError, match=r"Not in the output schema: \['pool'\]\."):
        to_dataset({}, coordinates={"pool": np.ones(1)}, attributes={})


def test_every_variable_has_a_unit_and_a_sentence() -> None:
    dataset = results.dataset()
    for name, variable in dataset.variables.items():
        assert variable.attrs["units"] in UNITS, name
        assert variable.attrs["long_name"], name


def test_every_dimension_of_the_schema_has_a_label_and_every_error_a_number() -> None:
    for name, variable in SCHEMA.items():
        assert set(variable.dims) <= set(COORDINATES), name
        assert variable.unit in UNITS, name
        for ending in ("_se", "_low", "_high"):
            stem = name.removesuffix(ending)
            if stem != name and name not in ("bin_low", "bin_high"):
                assert SCHEMA[stem].dims == variable.dims


def test_an_array_of_another_shape_than_its_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="scope"):
        to_dataset(
            {"bad_debt_mean": np.ones(4)},
            coordinates={"scope": np.array(["total"])},
            attributes={},
        )


def test_all_that_the_risk_measures_give_is_in_the_schema_and_has_its_shape() -> None:
    rng = np.random.default_rng(0)
    axes = Axes(
        ("m",),
        ("m.A", "m.B"),
        np.zeros(2, int),
        ("A", "B", "C"),
        dealers=("A",),
        perps=("A", "C"),
        entities=("fund", "maker"),
        claims=("A", "C"),
        spirals=("C",),
        lines=("alice",),
        behaviour=("borrowers", "suppliers", "providers"),
    )
    rows = {"realized": 2, "unrealized": 2, "seized": 2, "covered": 1, "repaid": 1}
    drawdowns = {"drawdown": 3, "fundamental_drawdown": 3}
    outcome = {
        name: rng.random((count, 50)).astype(np.float32)
        for name, count in {**rows, **drawdowns}.items()
    }
    outcome |= {name: rng.random(50) for name in ("keeper_profit", "protocol_fee")}
    outcome |= derivatives(50, dealers=1, perps=2) | entities(50, count=2)
    outcome |= claims(50, claims=2, spirals=1, lines=1)
    outcome |= behaviour(50, markets=1, reserves=2, assets=3)
    outcome |= {"status": np.zeros(50, int), "first_deficit": np.arange(50)}
    outcome |= {"market_first_deficit": np.arange(50)[None]}
    measures = Measures(axes, levels=(0.9,), steps=24, step_days=1 / 24)
    measures.push(outcome)
    comparison = FeedbackComparison(axes)
    comparison.push(outcome, outcome)
    dataset = to_dataset(
        {
            **measures.estimates(),
            **comparison.estimates(),
            **cohort_error(outcome, outcome, first=25),
        },
        coordinates=measures.coordinates(),
        attributes=measures.attributes(),
    )
    assert dataset.sizes["quantile"] == QUANTILES.size
    assert dataset.sizes["rank"] == 20
    assert dataset["bad_debt_var"].sel(scope="m", level=0.9) > 0
    assert dataset["perp_liquidated_mean"].sel(perp="C") > 0
    assert dataset["lowest_backing_tail"].sel(claim="C") < 1
    assert dataset["redeemed_mean"].sel(spiral="C") > 0
    assert dataset["default_probability"].sel(line="alice") > 0
    assert dataset["entity_shortfall_es"].sel(entity="maker", level=0.9) > 0
    assert dataset["unwound_mean"].sel(scope="m") > 0
    assert (dataset["frozen_probability"] > 0).all()
    assert (dataset["depth_lost_var"] > 0.9).all()


def test_labels_select_and_a_table_of_the_whole_can_be_made() -> None:
    dataset = results.dataset()
    assert dataset["bad_debt_mean"].sel(scope="compound") == 1.84e6 / 4
    assert dataset[["bad_debt_var"]].to_dataframe().shape == (6, 1)


def test_a_result_that_cannot_be_traced_is_refused() -> None:
    dataset = results.dataset()
    del dataset.attrs["seed"]
    with pytest.raises(ValueError, match=r"needs the attributes \['seed'\]"):
        Result(dataset)

"""Scenarios as vectors: they add up, in any order, and have any size."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.scenario import Catalogue, ScenarioError, Stress, scenarios_of

from .markets import SHORT, market


NAMES = (
    *("drop_30", "drop_10:WETH", "rise_5", "depeg_5", "depth_cut_50", "freeze_2h"),
    *("volatility_2x", "correlation_50", "gas_10x", "crash", "turmoil", "peg_run"),
)
names = st.sampled_from(NAMES)
sizes = st.floats(0.0, 5.0)


def of(name: str) -> Stress:
    """A scenario of the small config, in numbers."""
    return Catalogue(market(*SHORT)).stress(name)


def assert_same(one: Stress, other: Stress) -> None:
    """Both do the same, to rounding."""
    for field in fields(Stress):
        left, right = getattr(one, field.name), getattr(other, field.name)
        np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-15)


@given(one=names, other=names, third=names)
def test_the_order_of_scenarios_says_nothing(one: str, other: str, third: str) -> None:
    assert_same(of(f"{one}+{other}"), of(f"{other}+{one}"))
    left, right = (of(one) + of(other)) + of(third), of(one) + (of(other) + of(third))
    assert_same(left, right)
    assert_same(left, of(f"{one}+{other}+{third}"))


@given(name=names, one=sizes, other=sizes)
def test_sizes_add_up_and_multiply(name: str, one: float, other: float) -> None:
    unit = of(name)
    assert_same(unit * one + unit * other, unit * (one + other))
    assert_same(unit * one * other, unit * (one * other))
    assert_same(unit * 2, of(f"{name}+{name}"))


@given(name=names)
def test_size_zero_is_nothing(name: str) -> None:
    nothing = Catalogue(market(*SHORT)).none
    for field in fields(Stress):
        value = getattr(of(name) * 0, field.name)
        assert np.array_equal(value, getattr(nothing, field.name))


def test_falls_compound() -> None:
    twice = of("drop_30") * 2
    assert np.exp(twice.moves.sum(axis=0)) == pytest.approx([0.49, 1.0])
    both = of("drop_30+drop_20:WETH")
    assert np.exp(both.moves.sum(axis=0)) == pytest.approx([0.56, 1.0])


def test_no_volatility_stays_none_at_any_size_but_zero() -> None:
    model = market(*SHORT, "scenarios={still: {volatility: 0}}")
    still = Catalogue(model).stress("still")
    assert np.exp((still * 0.5).volatility) == 0
    assert (still * 0).volatility == 0


def test_a_stress_has_no_opposite() -> None:
    with pytest.raises(ValueError, match="a stress has no opposite"):
        _ = of("drop_30") * -1.0


def test_oracles_freeze_at_the_earlier_time() -> None:
    early = "early: {freeze_hours: 2, at_hours: 3}"
    late = "late: {freeze_hours: 1, at_hours: 5}"
    calm = "calm: {gas: 2, at_hours: 1}"
    model = market(*SHORT, f"scenarios={{{early}, {late}, {calm}}}")
    catalogue = Catalogue(model)
    both = catalogue.stress("late+early+calm")
    assert both.start == 3
    assert both.frozen.tolist() == [3.0, 3.0]


def test_a_scenario_brings_those_that_it_names() -> None:
    crash = "{drop: 0.2, together_with: [gas_10x, storm]}"
    model = market(*SHORT, f"scenarios={{mine: {crash}, storm: {{depth_cut: 0.5}}}}")
    catalogue = Catalogue(model)
    assert_same(
        catalogue.stress("mine"), catalogue.stress("drop_20+gas_10x+depth_cut_50")
    )
    assert catalogue.words(catalogue.stress("mine")) == (
        "WETH -20 %, WETH USDC depth -50 %, gas x 10"
    )
    assert catalogue.words(catalogue.none) == "nothing"


def test_what_is_listed_can_be_run() -> None:
    model = market(*SHORT)
    catalogue = Catalogue(model)
    for name, sentence in scenarios_of(model.config).items():
        assert sentence
        assert catalogue.words(catalogue.stress(name)) != "nothing"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dorp_30", "did you mean drop_30"),
        ("drop_30:DOGE", "no asset DOGE; known: WETH, USDC"),
        ("gas_10x:WETH", "there is no such scenario"),
        ("freeze_6", "did you mean freeze_6h"),
        ("depeg_5:WETH", "WETH has no peg"),
        ("drop_30+", "there is no such scenario"),
        ("drop_100", "there is no such size"),
        ("gas_0x", "there is no such size"),
    ],
)
def test_a_scenario_that_cannot_be_is_told(name: str, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        of(name)


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("{at_hours: 12, drop: 0.1}", "the run ends after 12 h. Lower at_hours"),
        ("{together_with: [mine]}", "in a circle .mine -> mine."),
    ],
)
def test_a_scenario_of_the_config_that_cannot_be_is_told(
    scenario: str, reason: str
) -> None:
    model = market(*SHORT, f"scenarios={{mine: {scenario}}}")
    with pytest.raises(ScenarioError, match=reason):
        Catalogue(model).stress("mine")

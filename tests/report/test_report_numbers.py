"""How numbers are printed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.report._estimate import NOT_MEASURED, Estimate
from jaxrisk.report._format import (
    NO_NUMBER,
    PERCENT,
    PLAIN,
    align,
    column,
    dollars,
    exact,
    interval,
    money,
    percent,
    stated,
)
from jaxrisk.report._units import heading, sentence, setting


NUMBERS = st.floats(min_value=-1e13, max_value=1e13)


def around(value: float, half_width: float) -> Estimate:
    return Estimate(value, value - half_width, value + half_width)


@pytest.mark.parametrize(
    ("value", "half_width", "expected", "ends"),
    [
        (1.84e6, 0.021e6, "$1.840M", "$1.819M to $1.861M"),
        (1.84e6, 0.32e6, "$1.84M", "$1.52M to $2.16M"),
        (92_345.0, 25_000.0, "$92k", "$67k to $117k"),
        (0.0, 0.0, "$0", "$0 to $0"),
        (3.2e9, 2e8, "$3.20B", "$3.00B to $3.40B"),
        (12.0, math.inf, "$12.0", "without bound: too few paths"),
        (12.0, math.nan, "$12.0", "not measured"),
    ],
)
def test_an_amount_shows_two_digits_of_its_error(
    value: float, half_width: float, expected: str, ends: str
) -> None:
    estimate = around(value, half_width)
    assert stated(estimate, dollars(value)) == expected
    assert interval(estimate, dollars(value)) == ends


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "$0"),
        (950.0, "$950"),
        (1e3, "$1k"),
        (1.5e12, "$1.5T"),
        (-2e6, "$\N{MINUS SIGN}2M"),
    ],
)
def test_dollars_scale_themselves(value: float, expected: str) -> None:
    assert money(value) == expected


def test_a_percentage_has_a_space_that_does_not_break() -> None:
    assert percent(0.0321) == "3.21\N{NO-BREAK SPACE}%"


@given(NUMBERS, st.floats(min_value=0) | st.just(math.nan))
def test_nothing_prints_nan_or_infinity(value: float, half_width: float) -> None:
    estimate = around(value, half_width)
    printed = [
        *column([estimate, NOT_MEASURED], dollars(value)),
        *exact([value, math.nan, math.inf], PLAIN),
        stated(estimate, PERCENT),
        interval(estimate, PERCENT),
        money(math.nan),
    ]
    for text in printed:
        assert "nan" not in text.lower()
        assert "inf" not in text.lower()


@given(st.lists(NUMBERS, min_size=1, max_size=6))
def test_points_of_a_column_stand_below_each_other(values: list[float]) -> None:
    cells = exact(values, PLAIN)
    assert len({len(cell) for cell in cells}) == 1
    assert len({cell.index(".") for cell in cells if "." in cell}) <= 1


def test_what_was_not_measured_has_no_number_and_no_error() -> None:
    cells = [cell.strip() for cell in column([around(2.0, 0.5), NOT_MEASURED], PLAIN)]
    assert cells[0] == "2.00 ± 0.50"
    assert cells[1].startswith(NO_NUMBER)
    assert "±" not in cells[1]


def test_a_small_number_is_a_bound_and_not_zero() -> None:
    cells = column([around(50.0, 20.0), around(0.001, 0.0005)], PLAIN)
    assert cells[1].strip() == "<0.1 ± <0.1"


def test_numbers_without_a_point_are_padded_to_the_point_of_the_others() -> None:
    assert align(["1.25", "3"]) == ["1.25", "3\u2008\u2007\u2007"]


@pytest.mark.parametrize(
    ("key", "value", "head", "text"),
    [
        ("gas_usd", 40.0, "Gas [USD]", "40\N{NO-BREAK SPACE}USD"),
        ("liquidation_bonus", 0.05, "Liquidation bonus [%]", "5\N{NO-BREAK SPACE}%"),
        ("heartbeat_seconds", 3600.0, "Heartbeat [s]", "3,600\N{NO-BREAK SPACE}s"),
        ("tiers", 4, "Tiers", "4"),
        ("asset", None, "Asset", "\N{EN DASH}"),
    ],
)
def test_a_setting_is_printed_in_words_and_units(
    key: str, value: object, head: str, text: str
) -> None:
    assert heading(key) == head
    assert sentence(key, value) == text


def test_a_setting_is_not_rounded() -> None:
    assert setting("price_usd", 1816.8523) == "1,816.8523"
    assert setting("liquidation_threshold", 0.1 + 0.2) == "30"

"""The printed table."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxrisk.output import Result
from jaxrisk.output._format import quantity

from . import results


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (1.84e6, 2e4, "USD", "1.84 ± 0.02 MUSD"),
        (41.23e6, 0.88e6, "USD", "41.2 ± 0.9 MUSD"),
        (58.7e6, 1.12e6, "USD", "58.7 ± 1.1 MUSD"),
        (310e6, 2e6, "USD", "310 ± 2 MUSD"),
        (12_345e6, 34e6, "USD", "12,345 ± 34 MUSD"),
        (7125.0, 40.0, "USD", "7.12 ± 0.04 kUSD"),
        (12.0, 0.5, "USD", "12.0 ± 0.5 USD"),
        (0.0312, 0.00098, "1", "3.12 ± 0.10 %"),
        (0.0, 0.0, "USD", "0 USD"),
        (1.0, 0.0, "1", "100 %"),
        (0.0, 2e6, "USD", "0 ± 2 MUSD"),
        (5e6, math.inf, "USD", "5.00 ± inf MUSD"),
        (math.nan, 0.0, "USD", "n/a"),
    ],
)
def test_a_number_is_printed_to_the_digits_of_its_error(
    value: float, error: float, unit: str, text: str
) -> None:
    assert quantity(value, error, unit) == text


@given(
    value=st.floats(-1e12, 1e12), error=st.floats(1e-3, 1e12), unit=st.just("tokens")
)
def test_what_is_printed_is_within_half_an_error_of_the_number(
    value: float, error: float, unit: str
) -> None:
    shown = quantity(value, error, unit).replace(",", "").split()
    assert abs(float(shown[0]) - value) <= error / 2 + 1e-9 * abs(value)
    assert float(shown[2]) == pytest.approx(error, rel=0.5)


def test_the_table_reads_as_the_committee_expects() -> None:
    assert (
        results.full_result().summary()
        == """\
A small market: horizon 7 days, 20,000 paths, seed 7
bad debt      mean      1.84 ± 0.02 MUSD             P(> 0)  3.10 ± 0.10 %
              VaR95     0 USD, P(> 0) 3.10 ± 0.10 %  ES95    1.000 ± 0.010 MUSD
              VaR99     41.2 ± 0.9 MUSD              ES99    58.7 ± 0.9 MUSD
liquidations  mean      92.3 ± 0.3 MUSD              P(> 0)  100 %
              LaR95     310 ± 2 MUSD                 ES95    400 ± 2 MUSD
              LaR99     351 ± 2 MUSD                 ES99    441 ± inf MUSD
by market     aave      1.380 ± 0.015 MUSD           P(> 0)  2.32 ± 0.07 %
              compound  460 ± 5 kUSD                 P(> 0)  0.78 ± 0.03 %
drawdown      WETH      18.00 ± 0.10 %               impact  1.30 ± 0.02 %
              USDC      0.100 ± 0.010 %              impact  0 %
20,000 paths x 168 steps in 8.1 s + 2.5 s checks + 3.9 s compile
12 failed and left out; status: 12 price_not_finite, 88 cascade_still_running
± one standard error; of VaR and LaR half the 95 % interval over 1.96
± inf: too few paths to bound this number; raise the paths"""
    )


def test_var_of_zero_stands_beside_the_probability_of_bad_debt() -> None:
    line = next(
        line for line in results.full_result().summary().split("\n") if "VaR95" in line
    )
    assert "0 USD, P(> 0) 3.10" in line


def test_what_was_measured_beside_the_run_is_printed_when_it_is_there() -> None:
    dataset = results.dataset()
    for name, value in {"liquidations": 0.002, "es99": -0.004}.items():
        dataset[f"cohort_error_{name}"] = ((), value, {"units": "1"})
        dataset[f"cohort_error_{name}_se"] = ((), 0.001, {"units": "1"})
    for name in ("bad_debt_without_feedback_mean", "bad_debt_amplification_mean"):
        dataset[name] = dataset["bad_debt_mean"] / 2
        dataset[name].attrs["units"] = "USD"
        dataset[f"{name}_se"] = dataset["bad_debt_mean_se"]
    text = Result(dataset).summary()
    assert "liquidations 0.20 ± 0.10 %, ES99 -0.40 ± 0.10 %" in text
    assert "mean if sales moved no price" in text


def test_dealers_perpetuals_and_entities_have_lines_only_where_there_are_any() -> None:
    text = Result(results.with_derivatives()).summary()
    lines = {line.split("  ")[0]: line for line in text.split("\n")}
    assert "33.8 ± 0.3 MUSD traded" in lines["hedging"]
    assert "WETH" in lines["hedging"]
    assert "P(> 0) 27.0 ± 1.0 %" in lines["perpetuals"]
    assert "-0.80 ± 0.02 % lowest basis" in text
    assert "ES99" in lines["insurance"]
    said = "2.500 ± 0.010 MUSD  P(default)  12.0 ± 0.2 %, by contagion 3.00 ± 0.10 %"
    assert said in re.sub(r"  +", "  ", lines["unpaid debts"])
    plain = results.full_result().summary()
    assert not {"hedging", "perpetuals", "insurance", "unpaid"} & set(plain.split())
